"""Cameras with their streams, zones and newest sightings, as the API shows them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from dashboard_api import sightings
from dashboard_api.schemas import cameras
from models.camera import Camera, Stream, Zone
from models.observation import ZoneObservationRow
from models.observations import Anchor, StreamKind, StreamState, ZoneKind, ZoneState


async def show(
    session: AsyncSession, camera_ids: Sequence[UUID], now: datetime
) -> list[cameras.Camera]:
    """Return the cameras in the order of the ids."""
    rows = await session.execute(
        select(Camera)
        .where(Camera.id.in_(camera_ids))
        .options(
            selectinload(Camera.office),
            selectinload(Camera.streams),
            selectinload(Camera.zones).selectinload(Zone.window),
        )
        .execution_options(populate_existing=True)
    )
    found = {row.id: row for row in rows.scalars()}
    seen = await sightings.newest(
        session, [zone.id for camera in found.values() for zone in camera.zones], now
    )
    return [_camera(found[camera_id], seen) for camera_id in camera_ids if camera_id in found]


def _camera(row: Camera, seen: dict[UUID, ZoneObservationRow]) -> cameras.Camera:
    return cameras.Camera.model_validate(
        {
            "id": row.id,
            "code": row.code,
            "name": row.name,
            "view": row.view,
            "office_id": row.office_id,
            "office_name": row.office.name,
            "enabled": row.enabled,
            "streams": [_stream(s) for s in sorted(row.streams, key=lambda s: s.kind)],
            "zones": [
                _zone(zone, seen.get(zone.id))
                for zone in sorted(row.zones, key=lambda z: (z.kind, z.name))
            ],
        }
    )


def _stream(row: Stream) -> cameras.StreamStatus:
    return cameras.StreamStatus(
        kind=StreamKind(row.kind),
        state=StreamState(row.state),
        since=row.state_since,
        detail=row.state_detail,
        codec=row.codec,
        width=row.width,
        height=row.height,
        recorded=row.recorded,
    )


def _zone(row: Zone, seen: ZoneObservationRow | None) -> cameras.Zone:
    return cameras.Zone(
        id=row.id,
        kind=ZoneKind(row.kind),
        name=row.name,
        polygon=row.polygon,
        anchor=Anchor(row.anchor),
        zoom=row.zoom,
        window_id=row.window_id,
        window_number=row.window.number if row.window else None,
        queue_limit=row.queue_limit,
        queue_for_s=row.queue_for_s,
        observation=None
        if seen is None
        else cameras.ZoneSighting(
            state=ZoneState(seen.state), people=seen.people, since=seen.since, at=seen.at
        ),
    )
