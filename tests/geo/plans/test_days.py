"""The days of a timetable and the times of a trip."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.plans.days import Pattern, PlannedStop, local_day, planned_trip

MONDAY = date(2026, 11, 23)
TWO_WEEKS = timedelta(days=13)


def _pattern(**changes: object) -> Pattern:
    plain = {
        "weekdays": frozenset({1, 4}),
        "every_weeks": 1,
        "starts_at": time(9, 0),
        "time_zone": "Asia/Almaty",
        "valid_from": MONDAY,
        "valid_until": None,
    }
    return Pattern(**{**plain, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "days"),
    [
        ({}, [23, 26, 30, 3]),
        ({"every_weeks": 2}, [23, 26]),
        # Weeks count from the week of the first day, also when that is its last.
        ({"valid_from": date(2026, 11, 26), "every_weeks": 2}, [26]),
        ({"valid_from": date(2026, 11, 24)}, [26, 30, 3]),
        ({"valid_until": date(2026, 11, 26)}, [23, 26]),
        ({"weekdays": frozenset({7})}, [29, 6]),
        ({"valid_from": date(2027, 1, 1)}, []),
    ],
    ids=["weekly", "fortnightly", "from-thursday", "from-tuesday", "until", "sunday", "later"],
)
def test_days_of_a_timetable(changes: dict[str, object], days: list[int]) -> None:
    found = list(_pattern(**changes).days(MONDAY, MONDAY + TWO_WEEKS))
    assert [day.day for day in found] == days


@given(
    st.frozensets(st.integers(1, 7), min_size=1),
    st.integers(1, 8),
    st.dates(date(2026, 1, 1), date(2027, 1, 1)),
    st.integers(0, 200),
)
def test_each_week_that_runs_has_all_its_weekdays(
    weekdays: frozenset[int], every: int, start: date, span: int
) -> None:
    pattern = _pattern(weekdays=weekdays, every_weeks=every, valid_from=start)
    found = list(pattern.days(start - timedelta(days=30), start + timedelta(days=span)))
    assert all(day >= start and day.isoweekday() in weekdays for day in found)
    weeks = sorted({day.isocalendar()[:2] for day in found})
    mondays = [date.fromisocalendar(year, week, 1) for year, week in weeks]
    assert all((b - a).days % (7 * every) == 0 for a, b in pairwise(mondays))


def test_a_start_is_local_also_across_a_change_of_offset() -> None:
    # Almaty went from UTC+6 to UTC+5 on 1 March 2024.
    pattern = _pattern(valid_from=date(2024, 1, 1))
    assert pattern.start_of(date(2024, 2, 29)) == datetime(2024, 2, 29, 3, 0, tzinfo=UTC)
    assert pattern.start_of(date(2024, 3, 4)) == datetime(2024, 3, 4, 4, 0, tzinfo=UTC)
    assert local_day(datetime(2026, 11, 22, 20, 0, tzinfo=UTC), "Asia/Almaty") == MONDAY


def _stop(sequence: int, arrive_min: int, stay_min: int, km: float) -> PlannedStop:
    return PlannedStop(uuid4(), sequence, arrive_min * 60, stay_min * 60, km * 1000)


def test_a_trip_ends_when_the_line_has_been_driven_home() -> None:
    start = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
    stops = [_stop(1, 60, 120, 50.0), _stop(2, 240, 60, 75.0)]
    trip = planned_trip(MONDAY, start, stops, length_m=100_000)
    assert [visit.arrival_at - start for visit in trip.visits] == [
        timedelta(hours=1),
        timedelta(hours=4),
    ]
    assert trip.visits[1].departure_at - start == timedelta(hours=5)
    assert trip.end_at - start == timedelta(hours=5, minutes=30)  # 25 km at 50 km/h


def test_a_route_without_stops_still_makes_a_trip() -> None:
    start = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
    trip = planned_trip(MONDAY, start, [], length_m=10.0)
    assert trip.end_at > start
    assert trip.visits == ()
