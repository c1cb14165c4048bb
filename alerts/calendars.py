"""Loads the working calendar: decree overrides from their table."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from alerts.calendar import Override, WorkingCalendar
from models.office import CalendarOverride


async def load_calendar(session: AsyncSession) -> WorkingCalendar:
    """Return the calendar as of this transaction."""
    rows = (await session.execute(select(CalendarOverride))).scalars()
    return WorkingCalendar({row.on_date: Override(row.working, row.reason) for row in rows})
