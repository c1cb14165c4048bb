"""How long people wait at offices, as vision last said; beside it what the ticket system says."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from dashboard_api.schemas.waiting import Band, TicketTruth, Waiting
from models.observation import OfficeMinute, TicketCall

FRESH = timedelta(minutes=3)  # older words are of a time when somebody still looked
SPAN = timedelta(minutes=30)  # of the flow that vision looks at
_MINUTE = timedelta(minutes=1)


async def newest(
    session: AsyncSession, office_ids: Collection[UUID], now: datetime
) -> dict[UUID, Waiting]:
    """Return the waiting by office; offices of which nothing is known now are absent."""
    if not office_ids:
        return {}
    rows = await session.scalars(
        select(OfficeMinute)
        .where(OfficeMinute.office_id.in_(office_ids), OfficeMinute.minute_at > now - FRESH)
        .order_by(OfficeMinute.office_id, OfficeMinute.minute_at.desc())
        .ext(distinct_on(OfficeMinute.office_id))
    )
    tickets = await _tickets(session, office_ids, now)
    return {row.office_id: _waiting(row, tickets.get(row.office_id)) for row in rows}


async def _tickets(
    session: AsyncSession, office_ids: Collection[UUID], now: datetime
) -> dict[UUID, tuple[float, int]]:
    """Return the mean wait of tickets called lately, and how many those were, by office."""
    wait_s = func.extract("epoch", TicketCall.called_at - TicketCall.taken_at)
    rows = await session.execute(
        select(TicketCall.office_id, func.avg(wait_s), func.count())
        .where(
            TicketCall.office_id.in_(office_ids),
            TicketCall.called_at > now - SPAN,
            TicketCall.called_at <= now,
        )
        .group_by(TicketCall.office_id)
    )
    return {office_id: (float(mean), count) for office_id, mean, count in rows}


def _waiting(row: OfficeMinute, tickets: tuple[float, int] | None) -> Waiting:
    return Waiting(
        at=row.minute_at + _MINUTE,
        wait=_band(row.wait_s, row.wait_low_s, row.wait_high_s),
        wait_from=row.wait_from,
        forecast_s=row.forecast_s,
        forecast_high_s=row.forecast_high_s,
        service=_band(row.service_s, row.service_low_s, row.service_high_s),
        served=row.served,
        staffed=row.staffed_mean,
        tickets=None
        if tickets is None
        else TicketTruth(
            wait_s=tickets[0],
            calls=tickets[1],
            difference_s=None if row.wait_s is None else row.wait_s - tickets[0],
        ),
    )


def _band(value_s: float | None, low_s: float | None, high_s: float | None) -> Band | None:
    if value_s is None or low_s is None:
        return None
    return Band(value_s=value_s, low_s=low_s, high_s=high_s)
