"""/movements and /trips/{id}/judgement: what vans did, and how that came to be known."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from dashboard_api import pages, scope
from dashboard_api.dependencies import Centre, Cursor, Limit
from dashboard_api.lists import one_of
from dashboard_api.routes.trips import the_trip
from dashboard_api.routes.vehicles import From, To, Viewer
from dashboard_api.schemas import movements as shown
from dashboard_api.schemas.common import Page
from dashboard_api.spans import refuse_bad_span
from geo.judgement.facts import MovementKind
from geo.movements import MovementsWanted, find_movements, trip_judgement
from models.movement import Movement

router = APIRouter(tags=["vans"])
LONGEST = timedelta(days=31)
_KEYS = [Movement.started_at, Movement.id]
Kinds = Annotated[str | None, Query(description="Kinds, separated by commas; none: all")]


@router.get("/movements")
async def list_movements(
    caller: Viewer,
    centre: Centre,
    starts_at: From,
    ends_at: To,
    vehicle_id: UUID | None = None,
    kind: Kinds = None,
    cursor: Cursor = None,
    limit: Limit = 200,
) -> Page[shown.Movement]:
    """Movements that touch a span (31 days at most), newest first; withdrawn ones are left out."""
    refuse_bad_span(starts_at, ends_at, LONGEST)
    before = None if cursor is None else pages.decode(cursor, _KEYS)
    kinds = None if kind is None else one_of(MovementKind, kind, field="kind")
    wanted = MovementsWanted(starts_at, ends_at, vehicle_id, caller.region_id, kinds)
    async with centre.database.read() as session:
        if vehicle_id is not None:
            await scope.vehicle(session, vehicle_id, caller)
        found = await find_movements(
            session, wanted, before=(before[0], before[1]) if before else None, limit=limit + 1
        )
    end = found[limit - 1] if len(found) > limit else None
    return Page(
        items=[shown.Movement.model_validate(row, from_attributes=True) for row in found[:limit]],
        next_cursor=pages.encode([end.started_at, end.id]) if end else None,
    )


@router.get("/trips/{trip_id}/judgement")
async def read_judgement(trip_id: UUID, caller: Viewer, centre: Centre) -> shown.TripJudgement:
    """Everything that was said of a trip, with its revisions: why the board shows what it shows."""
    async with centre.database.read() as session:
        trip = await the_trip(session, trip_id, caller)
        said = await trip_judgement(session, trip_id)
    movements = [shown.RevisedMovement.model_validate(row, from_attributes=True) for row in said]
    return shown.TripJudgement.model_validate(
        {
            "trip_id": trip_id,
            "state": trip.state,
            "judged_until": trip.judged_until,
            "movements": movements,
        }
    )
