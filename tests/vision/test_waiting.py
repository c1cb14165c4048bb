"""Waits, visits and the minutes of an office: tables and properties."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vision.flow import Flow, Now, OfficeMinuteDone, finish, look
from vision.visits import Around, Spot
from vision.visits import look as look_at
from vision.waiting import by_flow, by_stays, forecast, service_time

NOON = datetime(2026, 3, 19, 7, 0, tzinfo=UTC)
OFFICE = UUID(int=1)


def test_little_s_law_in_a_steady_queue() -> None:
    figure = by_flow(person_s=5 * 1800, served=30, first=5, last=5)
    assert figure is not None
    assert figure.value == 300
    assert figure.low < 300
    assert figure.high is not None
    assert figure.high > 300


def test_a_queue_that_grew_had_more_arrivals_than_departures() -> None:
    grown = by_flow(person_s=9000, served=30, first=0, last=10)
    steady = by_flow(person_s=9000, served=30, first=5, last=5)
    assert grown is not None
    assert steady is not None
    assert grown.value < steady.value


def test_too_few_say_nothing() -> None:
    assert by_flow(900, 2, 1, 1) is None
    assert by_flow(900, 3, 9, 0) is None
    assert by_stays([30, 40]) is None
    assert service_time([]) is None
    assert forecast(3, [100, 110], 2, 2) is None
    assert forecast(3, [100] * 9, 0, 0) is None


@given(st.floats(0, 1e6), st.integers(0, 500), st.integers(0, 200), st.integers(0, 200))
def test_a_figure_lies_in_its_band(person_s: float, served: int, first: int, last: int) -> None:
    figure = by_flow(person_s, served, first, last)
    if figure is not None:
        assert 0 <= figure.low <= figure.value
        assert figure.high is None or figure.value <= figure.high


@given(st.integers(0, 50), st.integers(1, 8), st.lists(st.floats(5, 900), min_size=3, max_size=9))
def test_a_longer_queue_never_promises_less(
    length: int, staffed: int, services: list[float]
) -> None:
    shorter = forecast(length, services, staffed, staffed)
    longer = forecast(length + 1, services, staffed, staffed)
    assert shorter is not None
    assert longer is not None
    assert 0 <= shorter.p50_s <= shorter.p90_s
    assert shorter.p50_s <= longer.p50_s
    more = forecast(length, services, staffed + 1, staffed + 1)
    assert more is not None
    assert more.p50_s <= shorter.p50_s


def test_a_free_window_means_no_wait() -> None:
    now = forecast(0, [100, 120, 140], staffed=3, busy=2)
    assert now is not None
    assert (now.p50_s, now.p90_s) == (0, 0)


VISITS: dict[str, tuple[list[int | None], list[tuple[str, int]]]] = {
    "a visit begins with the third look and ends after twelve seconds": (
        [0, *[1] * 20, *[0] * 13],
        [("began", 3), ("ended", 32)],
    ),
    "who walks past is no visit": ([0, 1, 1, 0, 0, 0, 0, 0, 0, 0], []),
    "a short loss does not end it": ([*[1] * 10, *[0] * 6, *[1] * 10], [("began", 2)]),
    "short blindness does not end it": ([*[1] * 10, *[None] * 4, *[1] * 5], [("began", 2)]),
    "after long blindness nothing is known of it": (
        [*[1] * 10, *[None] * 8, *[0] * 20],
        [("began", 2)],
    ),
}


@pytest.mark.parametrize(("looks", "told"), VISITS.values(), ids=VISITS.keys())
def test_visits(looks: list[int | None], told: list[tuple[str, int]]) -> None:
    spot, seen = Spot(), []
    for second, people in enumerate(looks):
        spot, turn = look_at(spot, people, NOON + timedelta(seconds=second))
        seen += [("began", second)] if turn.began else []
        seen += [("ended", second)] if turn.ended else []
    assert seen == told


def test_the_next_one_may_come_at_once_if_the_last_is_seen_elsewhere() -> None:
    spot, ended, began = Spot(), [], 0
    for second in range(30):
        first = Around(frozenset({1}), frozenset(), frozenset({1}))
        none = Around(frozenset(), frozenset(), frozenset({1, 2}))
        second_one = Around(frozenset({2}), frozenset({2}), frozenset({1, 2}))
        around = first if second < 15 else none if second < 17 else second_one
        spot, turn = look_at(spot, len(around.here), NOON + timedelta(seconds=second), around)
        began += turn.began
        ended += [turn.ended] if turn.ended else []
    assert began == 2
    assert [visit.length_s for visit in ended] == [14]


def minutes(looks: list[Now]) -> list[OfficeMinuteDone]:
    flow, done = Flow(OFFICE), []
    for second, now in enumerate(looks):
        flow, finished = look(flow, now, NOON + timedelta(seconds=second))
        done += [finished] if finished else []
    last = finish(flow)
    return [*done, last] if last else done


def test_a_minute_holds_means_over_what_was_known() -> None:
    four = Now(waiting=4, staffed=2, has_spots=True)
    first, second = minutes([four] * 30 + [Now(None, None, has_spots=True)] * 30 + [four] * 5)
    assert first.known_s == 30
    assert (first.people_mean, first.people_max, first.staffed_mean) == (4, 4, 2)
    assert (first.wait, first.wait_from) == (None, None)
    assert second.minute_at - first.minute_at == timedelta(minutes=1)


def test_a_wait_comes_from_the_flow_and_without_spots_from_stays() -> None:
    looks = [
        Now(waiting=2, staffed=1, began=int(second % 60 == 30), has_spots=True)
        for second in range(600)
    ]
    wait = minutes(looks)[-1].wait
    assert wait is not None
    assert wait.value == pytest.approx(120, rel=0.02)
    stays = [Now(waiting=1, staffed=1, stays_s=(40.0,) if s % 20 == 0 else ()) for s in range(100)]
    last = minutes(stays)[-1]
    assert last.wait is not None
    assert (last.wait.value, last.wait_from) == (40, "stays")
