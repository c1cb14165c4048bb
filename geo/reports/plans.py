"""Report rows of plans: trips and their visits on a service day."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from geo.reports.lines import Scope, TripLine, Van, VisitLine
from models.observations import StopVisitState
from models.office import Region
from models.plan import Route, Stop, StopVisit, Trip
from models.vehicle import Vehicle

_VAN = (Trip.vehicle_id, Vehicle.plate, Vehicle.region_id, Region.name)


def _of(query: Select[Any], day: date, scope: Scope) -> Select[Any]:
    query = (
        query.join(Vehicle, Vehicle.id == Trip.vehicle_id)
        .join(Region, Region.id == Vehicle.region_id)
        .join(Route, Route.id == Trip.route_id)
        .where(Trip.service_date == day)
    )
    if scope.region_id is not None:
        query = query.where(Vehicle.region_id == scope.region_id)
    if scope.vehicle_id is not None:
        query = query.where(Trip.vehicle_id == scope.vehicle_id)
    return query.order_by(Vehicle.plate, Trip.planned_start_at)


async def trip_lines(session: AsyncSession, day: date, scope: Scope) -> list[TripLine]:
    """Return the trips of a day by plate and time."""

    def count(*states: StopVisitState) -> Any:
        return func.coalesce(func.sum(case((StopVisit.state.in_(states), 1), else_=0)), 0)

    visits = (
        select(
            func.count().label("stops"),
            count(StopVisitState.SERVED).label("served"),
            count(StopVisitState.SKIPPED, StopVisitState.PASSED).label("missed"),
            func.coalesce(func.sum(StopVisit.people_served), 0).label("people"),
        )
        .where(StopVisit.trip_id == Trip.id)
        .lateral()
    )
    query = select(
        *_VAN,
        Route.name,
        Trip.planned_start_at,
        Trip.planned_end_at,
        Trip.started_at,
        Trip.ended_at,
        Trip.state,
        visits.c.stops,
        visits.c.served,
        visits.c.missed,
        visits.c.people,
        func.coalesce(Trip.progress_m, 0.0),
        Trip.cancelled_why,
    )
    rows: Sequence[Sequence[Any]] = (await session.execute(_of(query, day, scope))).all()
    return [TripLine(day, Van(*row[:4]), *row[4:]) for row in rows]


async def visit_lines(session: AsyncSession, day: date, scope: Scope) -> list[VisitLine]:
    """Return each stop of each trip of a day, plan against fact."""
    query = select(
        *_VAN,
        Route.name,
        StopVisit.sequence,
        Stop.name,
        StopVisit.planned_arrival_at,
        StopVisit.planned_departure_at,
        StopVisit.arrived_at,
        StopVisit.departed_at,
        StopVisit.state,
        StopVisit.people_served,
    )
    query = _of(
        query.join(Trip, Trip.id == StopVisit.trip_id).join(Stop, Stop.id == StopVisit.stop_id),
        day,
        scope,
    ).order_by(StopVisit.sequence)
    lines = []
    for row in await session.execute(query):
        *_, planned_arrival, planned_departure, arrived, departed, state, people = row
        lines.append(
            VisitLine(
                day,
                Van(*row[:4]),
                row[4],
                row[5],
                row[6],
                planned_arrival,
                planned_departure,
                arrived,
                departed,
                (arrived - planned_arrival).total_seconds() if arrived else None,
                (departed - arrived).total_seconds() if arrived and departed else None,
                state,
                people,
            )
        )
    return lines
