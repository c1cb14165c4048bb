"""Loads the published hours of offices from their tables."""

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from alerts.calendars import load_calendar
from alerts.timetables import DatedSpan, PublishedHours, WeeklySpan
from models.office import Office, Timetable, TimetableException


async def load_hours(
    session: AsyncSession, office_ids: Collection[UUID] | None = None
) -> dict[UUID, PublishedHours]:
    """Return what each office has published; None means every office."""
    wanted = select(Office.id, Office.time_zone)
    if office_ids is not None:
        wanted = wanted.where(Office.id.in_(office_ids))
    offices = (await session.execute(wanted)).all()
    ids = [office_id for office_id, _ in offices]
    weekly: dict[UUID, list[WeeklySpan]] = defaultdict(list)
    for row in (
        await session.execute(select(Timetable).where(Timetable.office_id.in_(ids)))
    ).scalars():
        weekly[row.office_id].append(
            WeeklySpan(
                row.window_id,
                row.weekday,
                row.opens_at,
                row.closes_at,
                row.valid_from,
                row.valid_to,
            )
        )
    dated: dict[UUID, list[DatedSpan]] = defaultdict(list)
    for exception in (
        await session.execute(
            select(TimetableException).where(TimetableException.office_id.in_(ids))
        )
    ).scalars():
        dated[exception.office_id].append(
            DatedSpan(
                exception.window_id, exception.on_date, exception.opens_at, exception.closes_at
            )
        )
    calendar = await load_calendar(session)
    return {
        office_id: PublishedHours(
            time_zone, tuple(weekly[office_id]), tuple(dated[office_id]), calendar
        )
        for office_id, time_zone in offices
    }
