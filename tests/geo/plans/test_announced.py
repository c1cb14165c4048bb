"""What a village is told of its van."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.plans.announced import VillageVisit, announcement
from models.observations import StopVisitState, TripState
from tests.builders import NOON

HOUR = timedelta(hours=1)


def _visit(**changes: object) -> VillageVisit:
    plain = VillageVisit("running", "planned", NOON + HOUR, NOON + 2 * HOUR, None, None, None, NOON)
    return replace(plain, **changes)  # type: ignore[arg-type]


HERE = _visit(state="arrived", arrived_at=NOON - HOUR, planned_departure_at=NOON + HOUR)


@pytest.mark.parametrize(
    ("visit", "now", "expected_at"),
    [
        (HERE, "here", None),
        (replace(HERE, state="served"), "here", None),
        (replace(HERE, departed_at=NOON), "nothing", None),
        (_visit(), "on_its_way", NOON + HOUR),
        (_visit(expected_at=NOON + 2 * HOUR), "on_its_way", NOON + 2 * HOUR),
        # Late by half an hour without an estimate: still waited for.
        (_visit(planned_arrival_at=NOON - HOUR / 2), "on_its_way", NOON - HOUR / 2),
        # The van is heard, and has no estimate for a visit whose time is over: it is behind.
        (
            _visit(planned_arrival_at=NOON - HOUR, planned_departure_at=NOON - HOUR / 2),
            "nothing",
            None,
        ),
        (
            _visit(
                planned_arrival_at=NOON - HOUR,
                planned_departure_at=NOON - HOUR / 2,
                known_at=NOON - HOUR,
            ),
            "on_its_way",
            NOON - HOUR,
        ),
        (_visit(planned_arrival_at=NOON - 4 * HOUR), "nothing", None),
        (_visit(planned_arrival_at=NOON + 7 * HOUR), "nothing", None),  # an earlier stop first
        (_visit(trip_state="planned"), "nothing", None),
        (_visit(trip_state="cancelled"), "nothing", None),
        (_visit(state="skipped"), "nothing", None),
    ],
    ids=[
        *("here", "served-here", "left", "coming", "estimated", "late"),
        *("behind", "unheard", "too-late", "far"),
        *("not-begun", "cancelled", "skipped"),
    ],
)
def test_what_is_said_now(visit: VillageVisit, now: str, expected_at: datetime | None) -> None:
    said = announcement([visit], NOON)
    assert (said.now, said.expected_at) == (now, expected_at)


def test_what_follows_are_visits_to_come_with_the_cancelled_ones() -> None:
    days = [
        _visit(trip_state=state, planned_arrival_at=NOON + timedelta(days=day))
        for day, state in enumerate(("done", "planned", "cancelled", "missed", "planned"), -1)
    ]
    said = announcement([days[0], HERE, *days[1:]], NOON)
    assert [visit.trip_state for visit in said.following] == ["cancelled", "planned"]


def test_an_estimate_that_is_old_is_told_with_its_time() -> None:
    old = NOON - timedelta(minutes=40)
    assert announcement([_visit(known_at=old)], NOON).known_at == old
    assert announcement([_visit()], NOON).known_at is None


_moments = st.timedeltas(timedelta(days=-1), timedelta(days=3)).map(lambda since: NOON + since)
_visits = st.builds(
    VillageVisit,
    st.sampled_from([state.value for state in TripState]),
    st.sampled_from([state.value for state in StopVisitState]),
    _moments,
    _moments,
    st.none() | _moments,
    st.none() | _moments,
    st.none() | _moments,
    st.none() | _moments,
)


@given(st.lists(_visits, max_size=8))
def test_nothing_past_is_told_as_to_come(visits: list[VillageVisit]) -> None:
    said = announcement(visits, NOON)
    assert all(visit.planned_arrival_at > NOON for visit in said.following)
    assert (said.now == "here") == (said.until is not None)
    assert (said.now == "on_its_way") == (said.expected_at is not None)
