"""/vehicles and /positions: vans, where they are and where they were."""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from dashboard_api import pages, scope
from dashboard_api.dependencies import Centre, Cursor, Limit, Requires
from dashboard_api.permissions import Permission
from dashboard_api.schemas import vehicles
from dashboard_api.schemas.common import Moment, Page
from dashboard_api.sessions import Caller
from dashboard_api.spans import refuse_bad_span
from geo import repository
from geo.repository import TrackedVehicle
from models.vehicle import Position, Vehicle

router = APIRouter(tags=["vans"])
Viewer = Annotated[Caller, Depends(Requires(Permission.VANS_VIEW))]
From = Annotated[Moment, Query(alias="from")]
To = Annotated[Moment, Query(alias="to")]
LONGEST = timedelta(days=7)


def _shown(van: TrackedVehicle, now: datetime) -> vehicles.Vehicle:
    return vehicles.Vehicle.model_validate(asdict(van) | {"freshness": van.freshness(now)})


@router.get("/vehicles")
async def list_vehicles(
    caller: Viewer, centre: Centre, cursor: Cursor = None, limit: Limit = 200
) -> Page[vehicles.Vehicle]:
    """Vans by plate with their last good position and its freshness."""
    after = None if cursor is None else pages.decode(cursor, [Vehicle.plate])[0]
    async with centre.database.read() as session:
        found = await repository.vehicles(
            session, region_id=caller.region_id, after_plate=after, limit=limit + 1
        )
    now = centre.clock.now()
    return Page(
        items=[_shown(van, now) for van in found[:limit]],
        next_cursor=pages.encode([found[limit - 1].plate]) if len(found) > limit else None,
    )


@router.get("/vehicles/{vehicle_id}")
async def read_vehicle(vehicle_id: UUID, caller: Viewer, centre: Centre) -> vehicles.Vehicle:
    async with centre.database.read() as session:
        await scope.vehicle(session, vehicle_id, caller)
        van = await repository.vehicle(session, vehicle_id)
    return _shown(van, centre.clock.now())


@router.get("/vehicles/{vehicle_id}/track")
async def read_track(
    vehicle_id: UUID, caller: Viewer, centre: Centre, starts_at: From, ends_at: To
) -> vehicles.Track:
    """The good fixes of a span (7 days at most) as a GeoJSON line with a time for each corner."""
    refuse_bad_span(starts_at, ends_at, LONGEST)
    async with centre.database.read() as session:
        await scope.vehicle(session, vehicle_id, caller)
        points = await repository.track(session, vehicle_id, starts_at, ends_at)
    return vehicles.Track.model_validate(repository.track_feature(vehicle_id, points))


@router.get("/positions")
async def list_positions(
    caller: Viewer,
    centre: Centre,
    vehicle_id: UUID,
    starts_at: From,
    ends_at: To,
    cursor: Cursor = None,
    limit: Limit = 200,
) -> Page[vehicles.FlaggedPosition]:
    """Every raw fix of a span, oldest first, with the flags that say why one is not trusted."""
    refuse_bad_span(starts_at, ends_at, LONGEST)
    after = None if cursor is None else pages.decode(cursor, [Position.fixed_at])[0]
    async with centre.database.read() as session:
        await scope.vehicle(session, vehicle_id, caller)
        found = await repository.positions(
            session, vehicle_id, starts_at, ends_at, after=after, limit=limit + 1
        )
    return Page(
        items=[
            vehicles.FlaggedPosition.model_validate(row, from_attributes=True)
            for row in found[:limit]
        ],
        next_cursor=pages.encode([found[limit - 1].fixed_at]) if len(found) > limit else None,
    )
