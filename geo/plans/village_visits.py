"""Visits of a village from the database, for its public page."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from geo.plans.announced import OVERDUE_FOR, VillageVisit
from models.kit.errors import NotFound
from models.plan import Route, Stop, StopVisit, Trip

AHEAD = timedelta(days=62)


async def village_name(session: AsyncSession, village: str) -> dict[str, str]:
    """Return what the village is called, by its newest stop.

    Raises:
        NotFound: no route ever served a village of this address.
    """
    query = (
        select(Stop.name)
        .join(Route, Route.id == Stop.route_id)
        .where(Stop.village == village)
        .order_by(Route.made_at.desc(), Stop.sequence)
        .limit(1)
    )
    name: dict[str, str] | None = await session.scalar(query)
    if name is None:
        raise NotFound(f"No van serves a village with the address {village}")
    return name


async def village_visits(
    session: AsyncSession, village: str, now: datetime, limit: int = 40
) -> list[VillageVisit]:
    """Return the visits that may matter now or later, in the order of their plan."""
    stops = select(Stop.id).where(Stop.village == village)
    query = (
        select(
            Trip.state,
            StopVisit.state,
            StopVisit.planned_arrival_at,
            StopVisit.planned_departure_at,
            StopVisit.arrived_at,
            StopVisit.departed_at,
            StopVisit.expected_at,
            Trip.judged_until,
        )
        .join(Trip, Trip.id == StopVisit.trip_id)
        .where(
            StopVisit.stop_id.in_(stops),
            StopVisit.planned_departure_at.between(now - 2 * OVERDUE_FOR, now + AHEAD),
        )
        .order_by(StopVisit.planned_arrival_at)
        .limit(limit)
    )
    return [VillageVisit(*row) for row in await session.execute(query)]
