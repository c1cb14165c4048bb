from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.calendar import Override, WorkingCalendar
from alerts.timetables import (
    DatedSpan,
    PublishedHours,
    WeeklySpan,
    is_open,
    next_change,
    span_at,
)

ALMATY = "Asia/Almaty"
POLICE = UUID(int=3)
HQKO = UUID(int=1)
EVER = date(2020, 1, 1)
WEEKDAYS = tuple(WeeklySpan(None, day, time(9), time(18), EVER) for day in range(1, 6))
# The police windows work shorter days, with lunch, and Saturdays.
POLICE_ROWS = (
    *(WeeklySpan(POLICE, day, time(9), time(13), EVER) for day in range(1, 7)),
    *(WeeklySpan(POLICE, day, time(14), time(17), EVER) for day in range(1, 6)),
)
HOURS = PublishedHours(
    ALMATY,
    WEEKDAYS + POLICE_ROWS,
    (
        DatedSpan(None, date(2026, 3, 26), time(9), time(13)),  # a short day for all
        DatedSpan(None, date(2026, 3, 28), time(10), time(14)),  # a duty Saturday
        DatedSpan(None, date(2026, 4, 2), None, None),  # closed by decision
        DatedSpan(POLICE, date(2026, 4, 2), time(10), time(12)),  # but not for the police
        DatedSpan(POLICE, date(2026, 4, 3), time(9), time(16)),  # the sport hour
    ),
    WorkingCalendar(
        {date(2026, 4, 6): Override(False, "decree"), date(2026, 3, 25): Override(True, "decree")}
    ),
)


def local(text: str, zone: str = ALMATY) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("window", "moment", "expected"),
    [
        (None, "2026-03-19 08:59:59", False),
        (None, "2026-03-19 09:00:00", True),
        (None, "2026-03-19 17:59:59", True),
        (None, "2026-03-19 18:00:00", False),
        (HQKO, "2026-03-19 12:00", True),  # no rows of its own: the office's
        (POLICE, "2026-03-19 13:30", False),  # own rows win: lunch
        (POLICE, "2026-03-19 17:30", False),
        (HQKO, "2026-03-21 10:00", False),  # Saturday
        (POLICE, "2026-04-11 10:00", True),  # own Saturday
        (POLICE, "2026-03-21 10:00", False),  # but that one is Nauryz
        (None, "2026-03-23 12:00", False),  # Nauryz
        (None, "2026-03-24 12:00", False),  # its day off in lieu
        (None, "2026-03-25 12:00", True),  # which a decree made working
        (None, "2026-04-06 12:00", False),  # a decree made free
        (HQKO, "2026-03-26 12:59", True),
        (HQKO, "2026-03-26 13:00", False),  # short day
        (POLICE, "2026-03-26 14:30", False),  # the office's exception bounds own rows
        (HQKO, "2026-03-28 13:00", True),  # duty Saturday
        (POLICE, "2026-03-28 09:30", False),
        (POLICE, "2026-03-28 12:30", True),
        (HQKO, "2026-04-02 11:00", False),
        (POLICE, "2026-04-02 11:00", True),  # the window's own exception wins
        (POLICE, "2026-04-03 13:30", True),  # and replaces the lunch of that day
        (POLICE, "2026-04-03 16:30", False),
    ],
)
def test_published_hours(window: UUID | None, moment: str, expected: bool) -> None:
    assert is_open(HOURS, window, local(moment)) is expected


@pytest.mark.parametrize(
    ("zone", "day", "opens_utc_hour"),
    [
        # Almaty was UTC+6 until 2024-03-01, then UTC+5; Aqtau always +5.
        (ALMATY, "2024-02-29", 3),
        (ALMATY, "2024-03-01", 4),
        ("Asia/Aqtau", "2024-02-29", 4),
        ("Asia/Aqtau", "2024-03-01", 4),
    ],
)
def test_zones_are_rules_not_offsets(zone: str, day: str, opens_utc_hour: int) -> None:
    hours = PublishedHours(zone, WEEKDAYS)
    opens = datetime.fromisoformat(day).replace(hour=opens_utc_hour, tzinfo=UTC)
    assert not is_open(hours, None, opens - timedelta(seconds=1))
    assert is_open(hours, None, opens)


def test_rows_hold_between_their_dates() -> None:
    hours = PublishedHours(
        ALMATY,
        (
            WeeklySpan(None, 4, time(9), time(18), EVER, date(2026, 3, 18)),
            WeeklySpan(None, 4, time(9), time(20), date(2026, 3, 19)),
        ),
    )
    assert not is_open(hours, None, local("2026-03-12 19:00"))
    assert is_open(hours, None, local("2026-03-19 19:00"))


@pytest.mark.parametrize(
    ("window", "moment", "expected"),
    [
        (None, "2026-03-19 12:00", "2026-03-19 18:00"),
        (POLICE, "2026-03-19 12:00", "2026-03-19 13:00"),
        (None, "2026-03-20 18:00", "2026-03-25 09:00"),  # over the weekend and Nauryz
        (None, "2026-03-26 13:00", "2026-03-27 09:00"),
    ],
)
def test_next_change(window: UUID | None, moment: str, expected: str) -> None:
    assert next_change(HOURS, window, local(moment)) == local(expected)


def test_round_the_clock_is_one_span_without_an_opening() -> None:
    for closes in (time(23, 59), time(23, 59, 59), time.max):
        rows = tuple(WeeklySpan(None, day, time(0), closes, EVER) for day in range(1, 8))
        span = span_at(PublishedHours(ALMATY, rows), None, local("2026-06-10 00:00"))
        assert is_open(PublishedHours(ALMATY, rows), None, local("2026-03-23 12:00"))  # Nauryz
        assert span.open
        assert span.since is not None
        assert span.since < local("2026-06-01 00:00")


def test_an_office_that_published_nothing_is_closed() -> None:
    span = span_at(PublishedHours(ALMATY), None, local("2026-03-19 12:00"))
    assert (span.open, span.since, span.until) == (False, None, None)


@given(
    st.integers(min_value=0, max_value=5 * 365 * 24 * 3600).map(
        lambda seconds: datetime(2023, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    ),
    st.sampled_from([None, HQKO, POLICE]),
)
def test_a_span_is_open_or_closed_throughout(moment: datetime, window: UUID | None) -> None:
    span = span_at(HOURS, window, moment)
    assert span.covers(moment)
    assert span.open is is_open(HOURS, window, moment)
    if span.until is not None:
        assert is_open(HOURS, window, span.until) is not span.open
        assert is_open(HOURS, window, span.until - timedelta(microseconds=1)) is span.open
