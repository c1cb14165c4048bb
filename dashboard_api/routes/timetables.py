"""/timetables: which van drives which route on which days, and a look at those days before."""

from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from dashboard_api import audit, scope
from dashboard_api.dependencies import Centre, Requires
from dashboard_api.permissions import Permission
from dashboard_api.schemas import plans
from dashboard_api.schemas.common import NamedRef, Page
from dashboard_api.sessions import Caller
from geo.plans.aligning import align_trips
from geo.plans.days import Pattern, local_day, planned_trip
from geo.plans.making import make_trips, planned_stops, unmake_trips
from geo.plans.trips import announce_plan
from models.kit.errors import Conflict, InvalidInput, NotFound
from models.kit.ids import new_id
from models.observations import TripState
from models.plan import Route, Trip, VisitTimetable
from models.vehicle import Vehicle

router = APIRouter(tags=["plans"])
Viewer = Annotated[Caller, Depends(Requires(Permission.VANS_VIEW))]
Planner = Annotated[Caller, Depends(Requires(Permission.VANS_PLAN))]
PREVIEW = timedelta(days=8 * 7 * 2)  # two turns of the rarest timetable


def _pattern(wanted: plans.TimetableIn) -> Pattern:
    if wanted.valid_until is not None and wanted.valid_until < wanted.valid_from:
        raise InvalidInput("The last day must not be before the first", field="valid_until")
    return Pattern(
        weekdays=frozenset(wanted.weekdays),
        every_weeks=wanted.every_weeks,
        starts_at=wanted.starts_at.replace(tzinfo=None),
        time_zone=wanted.time_zone,
        valid_from=wanted.valid_from,
        valid_until=wanted.valid_until,
    )


def _facts(wanted: plans.TimetableIn, pattern: Pattern) -> dict[str, Any]:
    return wanted.model_dump() | {
        "weekdays": sorted(pattern.weekdays),
        "starts_at": pattern.starts_at,
    }


async def _open(session: AsyncSession, timetable_id: UUID, caller: Caller) -> VisitTimetable:
    row = await session.get(VisitTimetable, timetable_id, with_for_update=True)
    if row is None or row.archived_at is not None:
        raise NotFound(f"There is no timetable {timetable_id}")
    await scope.vehicle(session, row.vehicle_id, caller)
    return row


async def _route(session: AsyncSession, wanted: plans.TimetableIn, caller: Caller) -> Route:
    await scope.vehicle(session, wanted.vehicle_id, caller)
    route = await scope.route(session, wanted.route_id, caller)
    if route.archived_at is not None:
        raise Conflict("This route is archived; choose the one that replaced it")
    return route


@router.get("/timetables")
async def list_timetables(caller: Viewer, centre: Centre) -> Page[plans.Timetable]:
    """Every timetable that is in use, by van and time of day."""
    query = (
        select(VisitTimetable, Vehicle.plate, Route.name)
        .join(Vehicle, Vehicle.id == VisitTimetable.vehicle_id)
        .join(Route, Route.id == VisitTimetable.route_id)
        .where(VisitTimetable.archived_at.is_(None))
        .order_by(Vehicle.plate, VisitTimetable.starts_at, VisitTimetable.id)
    )
    if caller.region_id is not None:
        query = query.where(Vehicle.region_id == caller.region_id)
    async with centre.database.read() as session:
        rows = (await session.execute(query)).all()
    return Page(items=[_shown(*row) for row in rows], next_cursor=None)


def _shown(row: VisitTimetable, plate: str, route_name: dict[str, str]) -> plans.Timetable:
    return plans.Timetable(
        id=row.id,
        route=NamedRef.model_validate({"id": row.route_id, "name": route_name}),
        vehicle_id=row.vehicle_id,
        plate=plate,
        weekdays=row.weekdays,
        every_weeks=row.every_weeks,
        starts_at=row.starts_at,
        time_zone=row.time_zone,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        archived_at=row.archived_at,
    )


@router.post("/timetables/preview")
async def preview(
    wanted: plans.TimetablePreview, caller: Planner, centre: Centre
) -> list[plans.PreviewDay]:
    """The next days that such a timetable would run on, and where the van is taken already."""
    pattern = _pattern(wanted)
    first = max(pattern.valid_from, local_day(centre.clock.now(), pattern.time_zone))
    async with centre.database.read() as session:
        route = await _route(session, wanted, caller)
        stops = await planned_stops(session, route.id)
        days = [
            planned_trip(day, pattern.start_of(day), stops, route.length_m)
            for day in pattern.days(first, first + PREVIEW)
        ][:60]
        taken = select(Trip.planned_start_at, Trip.planned_end_at).where(
            Trip.vehicle_id == wanted.vehicle_id,
            Trip.service_date.between(first - timedelta(days=1), first + PREVIEW),
            Trip.state != TripState.CANCELLED,
        )
        if wanted.timetable_id is not None:
            taken = taken.where(Trip.timetable_id.is_distinct_from(wanted.timetable_id))
        busy = (await session.execute(taken)).all()
    return [
        plans.PreviewDay(
            service_date=day.service_date,
            start_at=day.start_at,
            end_at=day.end_at,
            taken=any(start < day.end_at and day.start_at < end for start, end in busy),
        )
        for day in days
    ]


@router.post("/timetables", status_code=201)
async def add_timetable(
    wanted: plans.TimetableIn, caller: Planner, centre: Centre, response: Response
) -> plans.Timetable:
    """Store a timetable and make its trips of the next 14 days at once."""
    pattern = _pattern(wanted)
    async with centre.database.transaction() as session:
        route = await _route(session, wanted, caller)
        row = VisitTimetable(id=new_id(), **_facts(wanted, pattern))
        session.add(row)
        await session.flush()
        made = await make_trips(session, centre.clock.now(), timetable_id=row.id)
        announce_plan(session, row.vehicle_id)
        audit.record(session, caller.operator_id, "timetable.add", row.id, trips=len(made))
        van = await session.get_one(Vehicle, row.vehicle_id)
        response.headers["Location"] = f"/api/v1/timetables/{row.id}"
        return _shown(row, van.plate, route.name)


@router.put("/timetables/{timetable_id}")
async def change_timetable(
    timetable_id: UUID, wanted: plans.TimetableIn, caller: Planner, centre: Centre
) -> plans.Timetable:
    """Change a timetable and the trips made from it that have not begun, with their crews."""
    pattern = _pattern(wanted)
    async with centre.database.transaction() as session:
        row = await _open(session, timetable_id, caller)
        before = row.vehicle_id
        route = await _route(session, wanted, caller)
        facts = _facts(wanted, pattern)
        changed = [name for name, value in facts.items() if getattr(row, name) != value]
        for name in changed:
            setattr(row, name, facts[name])
        await session.flush()
        aligned = await align_trips(session, row, centre.clock.now())
        announce_plan(session, before, row.vehicle_id)
        audit.record(
            session, caller.operator_id, "timetable.change", row.id, changed=changed,
            trips_moved=aligned.moved, trips_gone=aligned.gone, trips_made=aligned.made,
        )  # fmt: skip
        van = await session.get_one(Vehicle, row.vehicle_id)
        return _shown(row, van.plate, route.name)


@router.delete("/timetables/{timetable_id}", status_code=204)
async def archive_timetable(timetable_id: UUID, caller: Planner, centre: Centre) -> None:
    """End a timetable; its trips that have not begun go, except those with a crew of their own."""
    async with centre.database.transaction() as session:
        row = await _open(session, timetable_id, caller)
        row.archived_at = now = centre.clock.now()
        gone = await unmake_trips(session, timetable_id, now)
        announce_plan(session, row.vehicle_id)
        audit.record(
            session, caller.operator_id, "timetable.archive", timetable_id, trips_gone=gone
        )
