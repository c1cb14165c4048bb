"""/trips: the day's plan of the vans, live; adding and cancelling single trips, and their crews."""

from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from dashboard_api import audit, pages, scope
from dashboard_api.dependencies import Centre, Cursor, Limit, Requires
from dashboard_api.permissions import Permission
from dashboard_api.schemas import plans
from dashboard_api.schemas.common import Page
from dashboard_api.sessions import Caller
from geo.plans.days import planned_trip
from geo.plans.making import planned_stops, store_trips
from geo.plans.manning import man_later
from geo.plans.trips import (
    TripSeen,
    TripsWanted,
    announce_plan,
    announce_trip,
    find_trip,
    find_trips,
)
from models.kit.errors import Conflict, InvalidInput, NotFound
from models.observations import TripState
from models.plan import CrewMember, Trip, TripCrew

router = APIRouter(tags=["plans"])
Viewer = Annotated[Caller, Depends(Requires(Permission.VANS_VIEW))]
Planner = Annotated[Caller, Depends(Requires(Permission.VANS_PLAN))]
_KEYS = [Trip.planned_start_at, Trip.id]


def shown(trip: TripSeen) -> plans.Trip:
    return plans.Trip.model_validate(
        asdict(trip) | {"route": {"id": trip.route_id, "name": trip.route_name}}
    )


async def the_trip(session: AsyncSession, trip_id: UUID, caller: Caller) -> TripSeen:
    """Return the trip.

    Raises:
        NotFound: there is none, or its van is of another region.
    """
    found = await find_trip(session, trip_id)
    if found is None or caller.region_id not in (None, found.region_id):
        raise NotFound(f"There is no trip {trip_id}")
    return found


def wanted_trips(
    caller: Viewer,
    first: Annotated[date, Query(alias="from")],
    last: Annotated[date, Query(alias="to")],
    vehicle_id: UUID | None = None,
    region_id: UUID | None = None,
    state: TripState | None = None,
) -> TripsWanted:
    """Return which trips the query asks for; the caller's region goes before the asked one.

    Raises:
        InvalidInput: the days are reversed.
    """
    if first > last:
        raise InvalidInput("from must not be after to", field="from")
    return TripsWanted(first, last, caller.region_id or region_id, vehicle_id, state)


Wanted = Annotated[TripsWanted, Depends(wanted_trips)]


@router.get("/trips")
async def list_trips(
    _caller: Viewer, centre: Centre, wanted: Wanted, cursor: Cursor = None, limit: Limit = 100
) -> Page[plans.Trip]:
    """Trips by planned start, for service dates (local days) from one to another, both in."""
    after = None if cursor is None else pages.decode(cursor, _KEYS)
    async with centre.database.read() as session:
        found = await find_trips(
            session, wanted, after=(after[0], after[1]) if after else None, limit=limit + 1
        )
    end = found[limit - 1] if len(found) > limit else None
    return Page(
        items=[shown(trip) for trip in found[:limit]],
        next_cursor=pages.encode([end.planned_start_at, end.id]) if end else None,
    )


@router.get("/trips/{trip_id}")
async def read_trip(trip_id: UUID, caller: Viewer, centre: Centre) -> plans.Trip:
    async with centre.database.read() as session:
        return shown(await the_trip(session, trip_id, caller))


@router.post("/trips", status_code=201)
async def add_trip(
    wanted: plans.TripIn, caller: Planner, centre: Centre, response: Response
) -> plans.Trip:
    """Add a single trip; 409 where the van has one that begins at that moment."""
    start_at = datetime.combine(
        wanted.service_date, wanted.starts_at.replace(tzinfo=None), ZoneInfo(wanted.time_zone)
    ).astimezone(UTC)
    async with centre.database.transaction() as session:
        await scope.vehicle(session, wanted.vehicle_id, caller)
        route = await scope.route(session, wanted.route_id, caller)
        if route.archived_at is not None:
            raise Conflict("This route is archived; choose the one that replaced it")
        planned = planned_trip(
            wanted.service_date,
            start_at,
            await planned_stops(session, wanted.route_id),
            route.length_m,
        )
        if planned.end_at <= centre.clock.now():
            raise InvalidInput("This trip would have ended already", field="starts_at")
        made = await store_trips(
            session,
            [planned],
            vehicle_id=wanted.vehicle_id,
            route_id=wanted.route_id,
            timetable_id=None,
        )
        if not made:
            raise Conflict("This van has a trip that begins at the same time; cancel that first")
        row = await session.get_one(Trip, made[0])
        row.note = wanted.note
        await session.flush()
        audit.record(session, caller.operator_id, "trip.add", made[0], note=wanted.note)
        added = await the_trip(session, made[0], caller)
        announce_plan(session, added.vehicle_id)
    response.headers["Location"] = f"/api/v1/trips/{made[0]}"
    return shown(added)


@router.post("/trips/{trip_id}/cancel")
async def cancel_trip(
    trip_id: UUID, wanted: plans.Cancellation, caller: Planner, centre: Centre
) -> plans.Trip:
    """Cancel a trip that has not ended, with the reason; its timetable makes no other instead."""
    async with centre.database.transaction() as session:
        await the_trip(session, trip_id, caller)
        row = await session.get_one(Trip, trip_id, with_for_update=True)
        if row.state not in (TripState.PLANNED, TripState.RUNNING):
            raise Conflict(f"This trip is {row.state} already and cannot be cancelled")
        row.state = TripState.CANCELLED
        row.cancelled_why = wanted.why
        row.version += 1
        await session.flush()
        audit.record(session, caller.operator_id, "trip.cancel", trip_id, why=wanted.why)
        cancelled = await the_trip(session, trip_id, caller)
        announce_trip(session, cancelled)
    return shown(cancelled)


@router.put("/trips/{trip_id}/crew")
async def put_crew(
    trip_id: UUID, wanted: plans.CrewOfTrip, caller: Planner, centre: Centre
) -> plans.Trip:
    """Say who goes on a trip, instead of who went so far."""
    async with centre.database.transaction() as session:
        trip = await the_trip(session, trip_id, caller)
        known = select(CrewMember.id).where(
            CrewMember.id.in_(wanted.crew),
            CrewMember.archived_at.is_(None),
            CrewMember.region_id == trip.region_id,
        )
        found = set((await session.execute(known)).scalars())
        if missing := set(wanted.crew) - found:
            raise InvalidInput(
                f"Nobody of this region has the id {min(missing)}; choose from GET /crew",
                field="crew",
            )
        row = await session.get_one(Trip, trip_id, with_for_update=True)
        if wanted.later and row.timetable_id is None:
            raise InvalidInput("This trip is of no timetable; no later ones follow", field="later")
        await session.execute(delete(TripCrew).where(TripCrew.trip_id == trip_id))
        session.add_all(TripCrew(trip_id=trip_id, crew_member_id=one) for one in sorted(found))
        await session.flush()
        later = await man_later(session, row, found) if wanted.later else 0
        announce_plan(session, trip.vehicle_id)
        audit.record(
            session, caller.operator_id, "trip.crew", trip_id, crew=[str(one) for one in found],
            later=later,
        )  # fmt: skip
        return shown(await the_trip(session, trip_id, caller))
