"""Which windows are open now by their published timetable."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alerts.hours import load_hours
from alerts.timetables import is_open
from models.office import ServiceWindow


async def open_windows(
    session: AsyncSession, windows: Sequence[ServiceWindow], now: datetime
) -> set[UUID]:
    """Return the ids of those that are open at ``now``."""
    hours = await load_hours(session, {window.office_id for window in windows})
    return {window.id for window in windows if is_open(hours[window.office_id], window.id, now)}
