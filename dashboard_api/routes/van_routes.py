"""/routes: the roads that vans are meant to drive, with their stops."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from sqlalchemy import Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from dashboard_api import audit, pages, scope
from dashboard_api.dependencies import Centre, Cursor, Limit, Requires
from dashboard_api.permissions import Permission
from dashboard_api.schemas import plans
from dashboard_api.schemas.common import Page
from dashboard_api.schemas.vehicles import LineString
from dashboard_api.sessions import Caller
from geo.plans.aligning import align_trips
from geo.plans.making import unmake_trips
from geo.plans.routes import RouteDraft, StopDraft, line_of, stops_of, store_route
from geo.plans.trips import announce_plan
from models.kit.clock import Clock
from models.kit.errors import Conflict, Forbidden
from models.observations import TripState
from models.plan import Route, Stop, Trip, VisitTimetable

router = APIRouter(tags=["plans"])
Viewer = Annotated[Caller, Depends(Requires(Permission.VANS_VIEW))]
Planner = Annotated[Caller, Depends(Requires(Permission.VANS_PLAN))]


def refuse_other_region(caller: Caller, region_id: UUID) -> None:
    if caller.region_id not in (None, region_id):
        raise Forbidden("You plan for your own region only; ask a dispatcher of that region")


def _draft(wanted: plans.RouteIn, caller: Caller, replaces: Route | None) -> RouteDraft:
    return RouteDraft(
        name=wanted.name.model_dump(),
        region_id=wanted.region_id,
        line=[(latitude, longitude) for longitude, latitude in wanted.line],
        stops=[StopDraft(**stop.model_dump()) for stop in wanted.stops],
        source=wanted.source,
        corridor_m=wanted.corridor_m,
        made_by_id=caller.operator_id,
        replaces=replaces,
    )


async def _shown(session: AsyncSession, route: Route) -> plans.Route:
    facts: dict[str, Any] = {
        column.key: getattr(route, column.key)
        for column in Route.__table__.columns
        if column.key != "geom"
    }
    facts["line"] = LineString(coordinates=await line_of(session, route.id))
    facts["stops"] = await stops_of(session, route.id)
    return plans.Route.model_validate(facts, from_attributes=True)


def _summaries() -> Select[Any]:
    stops = select(func.count()).where(Stop.route_id == Route.id).scalar_subquery()
    ahead = (
        select(func.count())
        .where(Trip.route_id == Route.id, Trip.state == TripState.PLANNED)
        .scalar_subquery()
    )
    return select(
        Route.id,
        Route.name,
        Route.region_id,
        Route.version,
        Route.length_m,
        Route.corridor_m,
        Route.source,
        Route.made_at,
        Route.archived_at,
        stops.label("stops"),
        ahead.label("trips_ahead"),
    )


@router.get("/routes")
async def list_routes(
    caller: Viewer,
    centre: Centre,
    archived: bool = False,
    cursor: Cursor = None,
    limit: Limit = 200,
) -> Page[plans.RouteSummary]:
    """Routes, oldest first; those that were replaced or put away only where asked for."""
    query = _summaries().order_by(Route.id).limit(limit + 1)
    if not archived:
        query = query.where(Route.archived_at.is_(None))
    if caller.region_id is not None:
        query = query.where(Route.region_id == caller.region_id)
    if cursor is not None:
        query = query.where(Route.id > pages.decode(cursor, [Route.id])[0])
    async with centre.database.read() as session:
        rows = (await session.execute(query)).all()
    items = [plans.RouteSummary.model_validate(row, from_attributes=True) for row in rows[:limit]]
    following = pages.encode([rows[limit - 1].id]) if len(rows) > limit else None
    return Page(items=items, next_cursor=following)


@router.get("/routes/{route_id}")
async def read_route(route_id: UUID, caller: Viewer, centre: Centre) -> plans.Route:
    async with centre.database.read() as session:
        return await _shown(session, await scope.route(session, route_id, caller))


@router.post("/routes", status_code=201)
async def add_route(
    wanted: plans.RouteIn, caller: Planner, centre: Centre, response: Response
) -> plans.Route:
    """Store a route; its line is made dense, and each stop finds its place along it."""
    refuse_other_region(caller, wanted.region_id)
    async with centre.database.transaction() as session:
        await scope.region(session, wanted.region_id)
        route = await store_route(session, _draft(wanted, caller, None), centre.clock.now())
        audit.record(
            session, caller.operator_id, "route.add", route.id, name=wanted.name.model_dump()
        )
        response.headers["Location"] = f"/api/v1/routes/{route.id}"
        return await _shown(session, route)


@router.put("/routes/{route_id}")
async def replace_route(
    route_id: UUID, wanted: plans.RouteIn, caller: Planner, centre: Centre
) -> plans.Route:
    """Store a new version; past trips keep the line they were planned on, later ones are remade."""
    refuse_other_region(caller, wanted.region_id)
    async with centre.database.transaction() as session:
        await scope.region(session, wanted.region_id)
        old = await _open(session, route_id, caller)
        now = centre.clock.now()
        new = await store_route(session, _draft(wanted, caller, old), now)
        old.archived_at = now
        await session.flush()
        await _move_timetables(session, old.id, new.id, centre.clock)
        audit.record(session, caller.operator_id, "route.replace", new.id, replaces=str(old.id))
        return await _shown(session, new)


@router.delete("/routes/{route_id}", status_code=204)
async def archive_route(route_id: UUID, caller: Planner, centre: Centre) -> None:
    """Put a route away with its timetables and the trips that have not begun."""
    async with centre.database.transaction() as session:
        route = await _open(session, route_id, caller)
        route.archived_at = now = centre.clock.now()
        for timetable in await _timetables(session, route_id):
            await unmake_trips(session, timetable.id, now)
            announce_plan(session, timetable.vehicle_id)
        await session.execute(
            update(VisitTimetable)
            .where(VisitTimetable.route_id == route_id, VisitTimetable.archived_at.is_(None))
            .values(archived_at=now)
        )
        audit.record(session, caller.operator_id, "route.archive", route_id)


async def _open(session: AsyncSession, route_id: UUID, caller: Caller) -> Route:
    await scope.route(session, route_id, caller)
    route = await session.get_one(Route, route_id, with_for_update=True)
    if route.archived_at is not None:
        raise Conflict("This route is archived; change the one that replaced it")
    return route


async def _timetables(session: AsyncSession, route_id: UUID) -> list[VisitTimetable]:
    query = select(VisitTimetable).where(
        VisitTimetable.route_id == route_id, VisitTimetable.archived_at.is_(None)
    )
    return list((await session.execute(query.order_by(VisitTimetable.id))).scalars())


async def _move_timetables(session: AsyncSession, from_id: UUID, to_id: UUID, clock: Clock) -> None:
    for timetable in await _timetables(session, from_id):
        timetable.route_id = to_id
        await session.flush()
        await align_trips(session, timetable, clock.now())
        announce_plan(session, timetable.vehicle_id)
