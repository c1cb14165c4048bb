"""/vehicles and /positions: vans, where they are and where they were."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from sqlalchemy import select

from dashboard_api import pages, scope, van_view
from dashboard_api.dependencies import Centre, Cursor, Limit, Requires
from dashboard_api.permissions import Permission
from dashboard_api.schemas import vehicles
from dashboard_api.schemas.common import Moment, Page
from dashboard_api.sessions import Caller
from dashboard_api.spans import refuse_bad_span
from models.vehicle import Position, Vehicle

router = APIRouter(tags=["vans"])
Viewer = Annotated[Caller, Depends(Requires(Permission.VANS_VIEW))]
From = Annotated[Moment, Query(alias="from")]
To = Annotated[Moment, Query(alias="to")]
LONGEST = timedelta(days=7)


@router.get("/vehicles")
async def list_vehicles(
    caller: Viewer, centre: Centre, cursor: Cursor = None, limit: Limit = 200
) -> Page[vehicles.Vehicle]:
    """Vans by plate with their last good position and its freshness."""
    async with centre.database.read() as session:
        rows, following = await pages.fetch(
            session,
            select(Vehicle).where(scope.vehicles(caller)),
            [Vehicle.plate],
            cursor=cursor,
            limit=limit,
        )
        shown = await van_view.show(session, rows, centre.clock.now())
    return Page(items=shown, next_cursor=following)


@router.get("/vehicles/{vehicle_id}")
async def read_vehicle(vehicle_id: UUID, caller: Viewer, centre: Centre) -> vehicles.Vehicle:
    async with centre.database.read() as session:
        row = await scope.vehicle(session, vehicle_id, caller)
        return (await van_view.show(session, [row], centre.clock.now()))[0]


@router.get("/vehicles/{vehicle_id}/track")
async def read_track(
    vehicle_id: UUID, caller: Viewer, centre: Centre, starts_at: From, ends_at: To
) -> vehicles.Track:
    """The good fixes of a span (7 days at most) as a GeoJSON line with a time for each corner."""
    refuse_bad_span(starts_at, ends_at, LONGEST)
    async with centre.database.read() as session:
        await scope.vehicle(session, vehicle_id, caller)
        return await van_view.track(session, vehicle_id, starts_at, ends_at)


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
    query = select(Position).where(
        Position.vehicle_id == vehicle_id,
        Position.fixed_at >= starts_at,
        Position.fixed_at < ends_at,
    )
    async with centre.database.read() as session:
        await scope.vehicle(session, vehicle_id, caller)
        rows, following = await pages.fetch(
            session, query, [Position.fixed_at], cursor=cursor, limit=limit
        )
    return Page(items=[van_view.flagged(row) for row in rows], next_cursor=following)
