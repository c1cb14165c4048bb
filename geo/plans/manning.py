"""A crew for one trip and for all that follow from the same timetable."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.observations import TripState
from models.plan import TimetableCrew, Trip, TripCrew


async def man_later(session: AsyncSession, trip: Trip, crew: Collection[UUID]) -> int:
    """Let the same people go on the later trips of a trip's timetable; return how many are made.

    Those that are yet to be made get them from the timetable.
    """
    query = select(Trip.id).where(
        Trip.timetable_id == trip.timetable_id,
        Trip.state == TripState.PLANNED,
        Trip.planned_start_at > trip.planned_start_at,
    )
    later = list((await session.execute(query)).scalars())
    await session.execute(delete(TripCrew).where(TripCrew.trip_id.in_(later)))
    await session.execute(
        delete(TimetableCrew).where(TimetableCrew.timetable_id == trip.timetable_id)
    )
    people = sorted(crew)
    if people:
        await session.execute(
            insert(TimetableCrew),
            [{"timetable_id": trip.timetable_id, "crew_member_id": one} for one in people],
        )
        rows = [{"trip_id": each, "crew_member_id": one} for each in later for one in people]
        if rows:
            await session.execute(insert(TripCrew), rows)
    return len(later)
