"""When an office or a window is open by its published timetable. Pure; zones are IANA names."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from uuid import UUID
from zoneinfo import ZoneInfo

from alerts.calendar import WorkingCalendar

_END_OF_DAY = time(23, 59)  # a span that closes at 23:59 or later lasts until midnight
_NEAR_DAYS = 4
_HORIZON_DAYS = 14  # further than this nobody asks when a door opens or opened


@dataclass(frozen=True, slots=True)
class WeeklySpan:
    """One published span of one ISO weekday; of a window, or of the office where that is None."""

    window_id: UUID | None
    weekday: int
    opens_at: time
    closes_at: time
    valid_from: date
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class DatedSpan:
    """An exception for one date; no times means closed all day."""

    window_id: UUID | None
    on_date: date
    opens_at: time | None
    closes_at: time | None


@dataclass(frozen=True)
class PublishedHours:
    """Everything an office has published.

    On public holidays only dated exceptions open it, and spans published round the clock.
    """

    time_zone: str
    weekly: tuple[WeeklySpan, ...] = ()
    dated: tuple[DatedSpan, ...] = ()
    calendar: WorkingCalendar = field(default_factory=WorkingCalendar)

    def names(self, window_id: UUID) -> bool:
        """Say whether anything is published for this window alone."""
        return window_id in self._named

    @cached_property
    def _named(self) -> frozenset[UUID | None]:
        weekly = (row.window_id for row in self.weekly)
        return frozenset(weekly) | {row.window_id for row in self.dated}


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time that is open or closed throughout; None where it exceeds two weeks."""

    open: bool
    since: datetime | None
    until: datetime | None

    def covers(self, at: datetime) -> bool:
        return (self.since is None or self.since <= at) and (self.until is None or at < self.until)


def is_open(hours: PublishedHours, window_id: UUID | None, at: datetime) -> bool:
    """Say whether the window (None: the office) is open at that instant."""
    day = at.astimezone(ZoneInfo(hours.time_zone)).date()
    return any(
        start <= at < end
        for on in (day - timedelta(days=1), day)
        for start, end in _instants(hours, window_id, on)
    )


def next_change(hours: PublishedHours, window_id: UUID | None, at: datetime) -> datetime | None:
    """Return when it next opens or closes; None when not within two weeks."""
    return span_at(hours, window_id, at).until


def span_at(hours: PublishedHours, window_id: UUID | None, at: datetime) -> Span:
    """Return the open or closed stretch around an instant."""
    for horizon_days in (_NEAR_DAYS, _HORIZON_DAYS):
        span = _span_within(hours, window_id, at, horizon_days)
        margin = timedelta(days=horizon_days - 1)
        # A stretch that reaches the end of the search may go on behind it.
        if span.since and span.until and at - margin < span.since and span.until < at + margin:
            break
    return span


def _span_within(
    hours: PublishedHours, window_id: UUID | None, at: datetime, horizon_days: int
) -> Span:
    day = at.astimezone(ZoneInfo(hours.time_zone)).date()
    stretches = _merged(
        stretch
        for offset in range(-horizon_days, horizon_days + 1)
        for stretch in _instants(hours, window_id, day + timedelta(days=offset))
    )
    since: datetime | None = None
    for start, end in stretches:
        if at < start:
            return Span(False, since, start)
        if at < end:
            return Span(True, start, end)
        since = end
    return Span(False, since, None)


def _instants(
    hours: PublishedHours, window_id: UUID | None, day: date
) -> list[tuple[datetime, datetime]]:
    zone = ZoneInfo(hours.time_zone)
    return [
        (_instant(day, opens, zone), _instant(day, closes, zone))
        for opens, closes in _spans_on(hours, window_id, day)
    ]


def _instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    if at >= _END_OF_DAY:
        day, at = day + timedelta(days=1), time(0)
    return datetime.combine(day, at, zone).astimezone(UTC)


def _spans_on(hours: PublishedHours, window_id: UUID | None, day: date) -> list[tuple[time, time]]:
    """Return the local spans of a day.

    The window's own exception wins. Without one the office's exception bounds the window's own
    rows, and replaces those that it only borrows from the office.
    """
    own = [row for row in hours.dated if row.on_date == day and row.window_id == window_id]
    if own:
        return _dated(own)
    office = [row for row in hours.dated if row.on_date == day and row.window_id is None]
    has_own_rows = any(row.window_id == window_id for row in hours.weekly)
    if office and (window_id is None or not has_own_rows):
        return _dated(office)
    is_holiday = not office and hours.calendar.holiday(day) is not None
    source = window_id if has_own_rows else None
    weekly = [
        (row.opens_at, row.closes_at)
        for row in hours.weekly
        if row.window_id == source
        and row.weekday == day.isoweekday()
        and row.valid_from <= day
        and (row.valid_to is None or day <= row.valid_to)
        and (not is_holiday or _is_whole_day(row))
    ]
    if not office:
        return weekly
    return [
        (max(opens, bound_opens), min(closes, bound_closes))
        for opens, closes in weekly
        for bound_opens, bound_closes in _dated(office)
        if max(opens, bound_opens) < min(closes, bound_closes)
    ]


def _is_whole_day(row: WeeklySpan) -> bool:
    return row.opens_at == time(0) and row.closes_at >= _END_OF_DAY


def _dated(rows: list[DatedSpan]) -> list[tuple[time, time]]:
    if any(row.opens_at is None for row in rows):
        return []
    return [
        (row.opens_at, row.closes_at)
        for row in rows
        if row.opens_at is not None and row.closes_at is not None
    ]


def _merged(
    stretches: Iterable[tuple[datetime, datetime]],
) -> list[tuple[datetime, datetime]]:
    merged: list[tuple[datetime, datetime]] = []
    for start, end in sorted(stretches):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
