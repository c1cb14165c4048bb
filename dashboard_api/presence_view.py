"""Presence at an office's windows over a day, from what vision stored of each operator's place."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from dashboard_api.schemas.waiting import PresenceDay, PresenceSpan, WindowDay
from models.observation import WindowPresence
from models.observations import ZoneState
from models.office import Office, ServiceWindow

_BY_CERTAINTY = (ZoneState.OCCUPIED, ZoneState.EMPTY, ZoneState.UNKNOWN)
Span = tuple[datetime, datetime, ZoneState]


async def show(
    session: AsyncSession, office: Office, day: date | None, now: datetime
) -> PresenceDay:
    """Return the spans of the office's local day, or of today."""
    zone = ZoneInfo(office.time_zone)
    day = day or now.astimezone(zone).date()
    starts_at = datetime.combine(day, time(), zone)
    ends_at = datetime.combine(day + timedelta(days=1), time(), zone)
    windows = await session.scalars(
        select(ServiceWindow)
        .where(ServiceWindow.office_id == office.id)
        .order_by(ServiceWindow.number)
    )
    found: dict[UUID, list[Span]] = defaultdict(list)
    numbers = {window.id: window.number for window in windows}
    rows = await session.scalars(
        select(WindowPresence)
        .where(
            WindowPresence.window_id.in_(numbers),
            WindowPresence.started_at < ends_at,
            WindowPresence.ended_at > starts_at,
        )
        .order_by(WindowPresence.started_at)
    )
    for row in rows:
        span = max(row.started_at, starts_at), min(row.ended_at, ends_at), ZoneState(row.state)
        found[row.window_id].append(span)
    return PresenceDay(
        starts_at=starts_at,
        ends_at=ends_at,
        windows=[
            WindowDay(
                window_id=window_id,
                number=number,
                spans=[
                    PresenceSpan(state=state, started_at=start, ended_at=end)
                    for start, end, state in merged(found[window_id])
                ],
            )
            for window_id, number in numbers.items()
        ],
    )


def merged(spans: Iterable[Span]) -> list[Span]:
    """Return spans that do not overlap: somebody seen by any camera is there, pure.

    Where one camera saw nobody and another nothing, nobody was seen.
    """
    spans = list(spans)
    edges = sorted({edge for start, end, _ in spans for edge in (start, end)})
    joined: list[Span] = []
    for start, end in pairwise(edges):
        states = {state for begins, ends, state in spans if begins <= start and end <= ends}
        if not states:
            continue
        state = min(states, key=_BY_CERTAINTY.index)
        if joined and joined[-1][1] == start and joined[-1][2] is state:
            joined[-1] = (joined[-1][0], end, state)
        else:
            joined.append((start, end, state))
    return joined
