"""Offices with windows, presence and queue, as the API shows them."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from dashboard_api import opening, sightings, waiting_view
from dashboard_api.schemas import offices
from dashboard_api.schemas.common import Names
from dashboard_api.schemas.regions import Region
from dashboard_api.schemas.waiting import Waiting
from models.camera import Camera, Zone
from models.observation import ZoneObservationRow
from models.observations import ZoneKind, ZoneState
from models.office import Office, ServiceWindow


async def show(
    session: AsyncSession, office_ids: Sequence[UUID], now: datetime
) -> list[offices.Office]:
    """Return the offices in the order of the ids."""
    rows = await session.execute(
        select(Office, func.ST_X(Office.geom), func.ST_Y(Office.geom))
        .where(Office.id.in_(office_ids))
        .options(selectinload(Office.region))
    )
    found = {row.id: (row, (longitude, latitude)) for row, longitude, latitude in rows}
    windows: dict[UUID, list[ServiceWindow]] = defaultdict(list)
    query = select(ServiceWindow).where(ServiceWindow.office_id.in_(office_ids))
    for window in await session.scalars(query.order_by(ServiceWindow.number)):
        windows[window.office_id].append(window)
    cameras: dict[UUID, list[Camera]] = defaultdict(list)
    for camera in await session.scalars(
        select(Camera)
        .where(Camera.office_id.in_(office_ids))
        .options(selectinload(Camera.zones))
        .order_by(Camera.code)
    ):
        cameras[camera.office_id].append(camera)
    zones = [zone for group in cameras.values() for camera in group for zone in camera.zones]
    seen = await sightings.newest(session, [zone.id for zone in zones], now)
    open_now = await opening.open_windows(
        session, [window for group in windows.values() for window in group], now
    )
    waiting = await waiting_view.newest(session, office_ids, now)
    return [
        _office(*found[i], windows[i], cameras[i], seen, open_now, waiting.get(i))
        for i in office_ids
        if i in found
    ]


def _office(
    row: Office,
    place: tuple[float, float],
    windows: list[ServiceWindow],
    cameras: list[Camera],
    seen: dict[UUID, ZoneObservationRow],
    open_now: set[UUID],
    waiting: Waiting | None,
) -> offices.Office:
    zones = [zone for camera in cameras for zone in camera.zones]
    return offices.Office(
        id=row.id,
        code=row.code,
        name=Names(**row.name),
        address=row.address,
        phone=row.phone,
        time_zone=row.time_zone,
        latitude=place[1],
        longitude=place[0],
        region=Region.model_validate(row.region, from_attributes=True),
        queue=_queue([seen.get(zone.id) for zone in zones if zone.kind == ZoneKind.QUEUE]),
        waiting=waiting,
        windows=[
            offices.Window(
                id=window.id,
                number=window.number,
                owner=window.owner,
                name=Names(**window.name),
                open_now=window.id in open_now,
                presence=_presence(zones, window.id, seen),
            )
            for window in windows
        ],
        cameras=[
            offices.OfficeCamera.model_validate(camera, from_attributes=True) for camera in cameras
        ],
    )


def _queue(found: list[ZoneObservationRow | None]) -> int | None:
    known = [row.people for row in found if row is not None and row.people is not None]
    return sum(known) if known else None


_BY_CERTAINTY = (ZoneState.OCCUPIED, ZoneState.EMPTY, ZoneState.UNKNOWN)


def _presence(
    zones: list[Zone], window_id: UUID, seen: dict[UUID, ZoneObservationRow]
) -> offices.Presence | None:
    """Somebody seen by any camera is there; only sure absence is ``empty``."""
    looks = [
        seen[zone.id]
        for zone in zones
        if zone.window_id == window_id and zone.kind == ZoneKind.OPERATOR and zone.id in seen
    ]
    if not looks:
        return None
    best = min(looks, key=lambda row: _BY_CERTAINTY.index(ZoneState(row.state)))
    return offices.Presence(state=ZoneState(best.state), since=best.since)
