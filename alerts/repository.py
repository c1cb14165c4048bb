"""Loads what the watchtower needs to go on where it, or a killed leader, stopped; writes alerts."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import exists, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from alerts import record, ties
from alerts.facts import BLINDING, DiskReading, Reading, StreamReading, ToldSight
from alerts.hours import load_hours
from alerts.rules.table import RULES
from alerts.vans import moving_vans
from alerts.watchtower import ToClear, ToRaise, Watchtower
from alerts.world import CameraLayout, Layout, WindowLayout, World, ZoneLayout
from models.alert import Alert
from models.camera import Camera, CameraNotice, MediaNode, Stream, Zone
from models.looking import CameraHealth, VisionNode
from models.observation import ZoneMinute, ZoneObservationRow
from models.observations import DiskState, NoticeKind, StreamKind, StreamState, ZoneKind, ZoneState
from models.office import ServiceWindow

_LOOK_BACK = timedelta(days=1)
# Vision writes changes only; of a zone that has not changed for a while, a minute rollup with
# known looks says that somebody still looks. Without either the zone is unknown: vision is dead.
_CONFIRMED_WITHIN = timedelta(minutes=5)
_ENDED_WITHIN = timedelta(minutes=10)
_RULE_NAMES = tuple(rule.name for rules in RULES.values() for rule in rules)


async def load_world(session: AsyncSession, now: datetime, watched_since: datetime) -> World:
    """Return the layout of enabled cameras with the latest word about each part."""
    world = World(await _load_layout(session), watched_since)
    for stream in (await session.execute(select(Stream))).scalars():
        world.hear(
            stream.camera_id,
            StreamKind(stream.kind),
            StreamReading(StreamState(stream.state), stream.state_since),
        )
    await note_nodes(session, world)
    for van in await moving_vans(session, now):
        world.van_moved(van)
    await _load_notices(session, world, now)
    latest = (
        select(ZoneObservationRow)
        .where(
            ZoneObservationRow.zone_id == Zone.id,
            ZoneObservationRow.at >= now - _LOOK_BACK,
        )
        .order_by(ZoneObservationRow.at.desc())
        .limit(1)
        .lateral()
    )
    confirmed = exists().where(
        ZoneMinute.zone_id == Zone.id,
        ZoneMinute.minute_at >= now - _CONFIRMED_WITHIN,
        ZoneMinute.known_looks > 0,
    )
    for zone_id, state, people, since, attributes in await session.execute(
        select(Zone.id, latest.c.state, latest.c.people, latest.c.since, latest.c.attributes)
        .join(latest, true())
        .where(or_(latest.c.at >= now - _CONFIRMED_WITHIN, confirmed))
    ):
        sight = (attributes or {}).get("sight")
        world.observe(zone_id, Reading(ZoneState(state), people, since, sight))
    return world


async def _load_notices(session: AsyncSession, world: World, now: datetime) -> None:
    """Read what takes cameras' sight by their own word, and what did until lately."""
    query = (
        select(CameraNotice)
        .where(
            CameraNotice.kind.in_([kind.value for kind in BLINDING]),
            or_(CameraNotice.ended_at.is_(None), CameraNotice.ended_at >= now - _LOOK_BACK),
        )
        .order_by(CameraNotice.started_at)
    )
    for row in (await session.execute(query)).scalars():
        kind = NoticeKind(row.kind)
        blind = BLINDING[kind] if row.ended_at is None else None
        told = ToldSight(blind, row.ended_at or row.started_at, row.source)
        world.noticed(row.camera_id, kind, told)


async def note_nodes(session: AsyncSession, world: World) -> None:
    """Read the heartbeats of vision and of the media nodes' workers, the newest last."""
    beats = await session.execute(select(VisionNode.name, VisionNode.seen_at))
    lookers = await session.execute(select(CameraHealth.camera_id, CameraHealth.node))
    world.vision_seen(
        {row.name: row.seen_at for row in beats}, {row.camera_id: row.node for row in lookers}
    )
    for node in await session.scalars(select(MediaNode).order_by(MediaNode.seen_at)):
        world.node_seen(node.name, node.seen_at, worker=node.worker, workers=node.workers)
        if node.disk_state is not None:
            world.disk_seen(
                node.name,
                node.worker,
                DiskReading(
                    DiskState(node.disk_state),
                    node.disk_since or node.seen_at,
                    node.disk_detail,
                    node.free_bytes,
                    node.freeable_bytes,
                    node.write_bytes_per_s or 0.0,
                ),
            )


async def load_watchtower(session: AsyncSession, now: datetime) -> Watchtower:
    """Return a watchtower that knows the open alerts and those that ended just now."""
    tower = Watchtower()
    alerts = await session.execute(
        select(Alert)
        .where(
            Alert.rule.in_(_RULE_NAMES),
            or_(
                Alert.resolved_at.is_(None),
                Alert.resolved_at >= now - _ENDED_WITHIN,
            ),
        )
        .order_by(Alert.resolved_at.desc().nulls_first())
    )
    for alert in alerts.scalars():
        if alert.resolved_at is None:
            tower.resume(alert.rule, alert.subject, alert.since_at)
        else:
            tower.remember_end(alert.rule, alert.subject, alert.resolved_at)
    return tower


async def write(session: AsyncSession, decision: ToRaise | ToClear) -> None:
    """Write one decision with its history, ties and notices."""
    if isinstance(decision, ToClear):
        alert = await record.unresolved(session, decision.rule_name, decision.subject)
        if alert is not None:
            record.clear_alert(session, alert, decision.cleared.at)
            await record.publish(session, alert.id)
        return
    place, raised = decision.place, decision.raised
    alert = await record.raise_alert(
        session,
        record.NewAlert(
            rule=decision.rule.name,
            subject=place.subject,
            severity=decision.rule.severity,
            since_at=raised.since,
            office_id=place.office_id,
            window_id=place.window_id,
            camera_id=place.camera_id,
            vehicle_id=place.vehicle_id,
            details=raised.details,
        ),
        raised.at,
    )
    if alert is not None:
        await ties.tie_alert(session, alert, raised.at)
        await record.publish(session, alert.id)


async def _load_layout(session: AsyncSession) -> Layout:
    cameras = (
        await session.execute(
            select(Camera.id, Camera.office_id, Camera.node_name).where(Camera.enabled)
        )
    ).all()
    zones = (
        await session.execute(
            select(Zone).join(Camera, Camera.id == Zone.camera_id).where(Camera.enabled)
        )
    ).scalars()
    windows: Sequence[ServiceWindow] = (
        (await session.execute(select(ServiceWindow))).scalars().all()
    )
    return Layout(
        cameras={row.id: CameraLayout(row.id, row.office_id, row.node_name) for row in cameras},
        zones={
            zone.id: ZoneLayout(
                zone.id,
                ZoneKind(zone.kind),
                zone.camera_id,
                zone.window_id,
                zone.queue_limit,
                zone.queue_for_s,
            )
            for zone in zones
        },
        windows={
            window.id: WindowLayout(
                window.id,
                window.office_id,
                window.number,
                window.owner,
                window.unstaffed_after_s,
            )
            for window in windows
        },
        hours=await load_hours(session),
    )
