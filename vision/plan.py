"""What is to be watched: cameras with their zones, and the media nodes that own them."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from models.camera import Camera, MediaNode, Stream, Zone
from models.kit.errors import InvalidInput, Unavailable
from models.kit.log import get
from models.looking import CameraLooking
from models.observation import OfficeMinute, ZoneMinute, ZoneObservationRow
from models.observations import Anchor, StreamKind, ZoneKind, ZoneObservation, ZoneState
from vision.flow import KEPT_MINUTES, OfficeMinuteDone
from vision.pace import KEYS_ENOUGH_S
from vision.slots import FOLLOW_EVERY_S, LOOK_EVERY_S
from vision.waiting import Figure
from vision.watched import Plan, WatchedCamera
from vision.zones import WatchedZone, watched_zone

log = get(__name__)
RESUME_WITHIN = timedelta(minutes=2)  # a look's minute is written up to a minute after it
_OLDEST = timedelta(days=14)


async def load(session: AsyncSession) -> Plan:
    """Return every enabled camera that has a zone; a zone that cannot be judged is left out."""
    rows = await session.execute(
        select(Camera, Zone, CameraLooking)
        .join(Zone, Zone.camera_id == Camera.id)
        .outerjoin(CameraLooking, CameraLooking.camera_id == Camera.id)
        .where(Camera.enabled)
        .order_by(Camera.id, Zone.id)
    )
    sharp = await _sharp(session)
    plan: Plan = {}
    for camera, zone, looking in rows:
        known = plan.get(camera.id)
        windows = dict(known.windows) if known else {}
        if zone.window_id is not None:
            windows[zone.id] = zone.window_id
        try:
            judged = watched_zone(zone.id, ZoneKind(zone.kind), zone.polygon, Anchor(zone.anchor))
        except InvalidInput as error:
            log.warning("zone.refused", camera=camera.code, zone=zone.name, error=error.detail)
            continue
        zones, masks, far = (known.zones, known.masks, known.far) if known else ((), (), ())
        if judged.kind is ZoneKind.MASK:
            masks = (*masks, judged.polygon)
        else:
            zones = (*zones, judged)
            far = (*far, judged.polygon) if zone.zoom else far
        plan[camera.id] = WatchedCamera(
            camera.id,
            camera.office_id,
            camera.node_name,
            zones,
            windows,
            masks,
            every_s=_every_s(looking, zones),
            score=looking.score if looking else None,
            far=far,
            stream=StreamKind.MAIN if far and camera.id in sharp else StreamKind.SUB,
        )
    return {camera_id: camera for camera_id, camera in plan.items() if camera.zones}


def _every_s(looking: CameraLooking | None, zones: tuple[WatchedZone, ...]) -> float:
    """Return how far apart looks are to be: as somebody set it, else closer where people walk."""
    if looking is not None and looking.looks_per_s:
        return 1 / looking.looks_per_s
    follows = any(zone.kind is ZoneKind.VISITOR for zone in zones)
    return FOLLOW_EVERY_S if follows else LOOK_EVERY_S


async def _sharp(session: AsyncSession) -> frozenset[UUID]:
    """Return the cameras whose main stream can be looked at by its key pictures."""
    main = select(Stream.camera_id).where(
        Stream.kind == StreamKind.MAIN.value,
        Stream.codec.startswith("avc1"),
        Stream.key_interval_s <= KEYS_ENOUGH_S,
    )
    return frozenset(await session.scalars(main))


async def concluded_before(session: AsyncSession, now: datetime) -> dict[UUID, ZoneObservation]:
    """Return what was known of each zone until a moment ago, for a process that starts again.

    A zone that was unknown, or that nobody looked at for RESUME_WITHIN, is left out.
    """
    last = (
        select(ZoneObservationRow, Zone.kind)
        .join(Zone, Zone.id == ZoneObservationRow.zone_id)
        .where(ZoneObservationRow.at > now - _OLDEST)
        .order_by(ZoneObservationRow.zone_id, ZoneObservationRow.at.desc())
        .ext(distinct_on(ZoneObservationRow.zone_id))
    )
    looked = select(ZoneMinute.zone_id).where(
        ZoneMinute.minute_at > now - RESUME_WITHIN, ZoneMinute.known_looks > 0
    )
    fresh = set(await session.scalars(looked))
    return {
        row.zone_id: ZoneObservation(
            row.zone_id, ZoneKind(kind), ZoneState(row.state), row.people, row.since, row.at
        )
        for row, kind in await session.execute(last)
        if row.people is not None and (row.zone_id in fresh or row.at > now - RESUME_WITHIN)
    }


async def waited_before(session: AsyncSession, now: datetime) -> dict[UUID, list[OfficeMinuteDone]]:
    """Return the last minutes of each office's waiting, oldest first."""
    rows = await session.scalars(
        select(OfficeMinute)
        .where(OfficeMinute.minute_at > now - timedelta(minutes=KEPT_MINUTES))
        .where(OfficeMinute.minute_at <= now)
        .order_by(OfficeMinute.minute_at)
    )
    found: dict[UUID, list[OfficeMinuteDone]] = {}
    for row in rows:
        service = None
        if row.service_s is not None and row.service_low_s is not None:
            service = Figure(row.service_s, row.service_low_s, row.service_high_s, row.served)
        done = OfficeMinuteDone(
            row.office_id,
            row.minute_at,
            row.known_s,
            row.served,
            row.people_mean,
            row.people_max,
            row.staffed_mean,
            wait=None,
            wait_from=None,
            forecast=None,
            service=service,
        )
        found.setdefault(row.office_id, []).append(done)
    return found


async def node_workers(session: AsyncSession) -> dict[str, int]:
    """Return how many workers each media node has that ever started."""
    query = select(MediaNode.name, MediaNode.workers).order_by(MediaNode.seen_at)
    return {row.name: row.workers for row in await session.execute(query)}


async def node_address(
    session: AsyncSession, name: str, worker: int = 0, *, secure: bool = False
) -> str:
    """Return ws://host:port (or wss://…) of a node's worker; ``secure``: nodes here serve TLS.

    Raises:
        Unavailable: the worker has never started.
    """
    query = select(MediaNode.public_url, MediaNode.port).where(
        MediaNode.name == name, MediaNode.worker == worker
    )
    row = (await session.execute(query)).one_or_none()
    if row is None:
        msg = (
            f"worker {worker} of media node {name} has not started yet; start ingest with "
            f"AHUAL_MEDIA_NODE={name} AHUAL_MEDIA_WORKER={worker}"
        )
        raise Unavailable(msg)
    public_url, port = row
    if public_url is None:
        return f"{'wss' if secure else 'ws'}://127.0.0.1:{port}"
    return "ws" + str(public_url).removeprefix("http").rstrip("/")
