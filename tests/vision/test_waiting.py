"""Waits, visits and the minutes of an office: tables and properties."""

from datetime import UTC, datetime, timedelta
from itertools import accumulate
from statistics import fmean
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vision.flow import Flow, Now, OfficeMinuteDone, finish, look
from vision.tracker import Colours
from vision.visits import Appearance, Around, Spot
from vision.visits import look as look_at
from vision.waiting import Figure, Stretch, by_flow, by_stays, forecast, service_time

NOON = datetime(2026, 3, 19, 7, 0, tzinfo=UTC)
OFFICE = UUID(int=1)


def test_a_steady_queue_waits_its_length_times_the_pace() -> None:
    figure = by_flow([Stretch(60, 5, 1)] * 35)
    assert figure is not None
    assert figure.value == pytest.approx(300)
    assert figure.low < 300
    assert figure.high is not None
    assert figure.high > 300


def test_who_still_waits_is_no_part_of_the_mean() -> None:
    """Two come and one is served a minute: waits grow, and half of them are not over."""
    grows = [Stretch(60, n + 0.5, 1) for n in range(20)]
    waits = [60 * (n + 0.5) / 2 for n in range(20)]  # who goes n-th came when n / 2 minutes were by
    figure = by_flow(grows)
    assert figure is not None
    assert figure.value == pytest.approx(fmean(waits), rel=0.06)
    by_people_served = sum(each.seconds * each.people for each in grows) / 20
    assert by_people_served > 1.8 * figure.value


def test_only_those_who_went_after_the_span_began_count() -> None:
    long_ago = [Stretch(60, 10, 1)] * 30  # ten minutes each
    lately = [Stretch(60, 1, 1)] * 30
    figure = by_flow([*long_ago, *lately], before=40)
    assert figure is not None
    assert figure.value == pytest.approx(60)


def test_too_few_say_nothing() -> None:
    assert by_flow([]) is None
    assert by_flow([Stretch(900, 1, 2)]) is None
    assert by_flow([Stretch(10, 9, 0), Stretch(300, 5, 4)]) is None  # they had come before
    assert by_stays([30, 40]) is None
    assert service_time([]) is None
    assert forecast(3, [100, 110], 2, 2) is None
    assert forecast(3, [100] * 9, 0, 0) is None


STRETCHES = st.lists(
    st.builds(Stretch, st.floats(0, 600), st.floats(0, 200), st.floats(0, 50)), max_size=30
)


@given(STRETCHES, st.integers(0, 30))
def test_a_figure_lies_in_its_band(stretches: list[Stretch], before: int) -> None:
    figure = by_flow(stretches, before)
    if figure is not None:
        assert 0 <= figure.low <= figure.value
        assert figure.high is None or figure.value <= figure.high


@given(
    st.lists(st.integers(0, 90), min_size=12, max_size=30),
    st.lists(st.integers(5, 90), min_size=30, max_size=30),
)
def test_where_all_is_seen_the_mean_is_that_of_those_who_went(
    gaps: list[int], services: list[int]
) -> None:
    """One window, looks each second: the figure is the mean of the single waits."""
    came: list[int] = list(accumulate(gaps))
    went: list[int] = []
    for n, second in enumerate(came):
        went.append(max(second, went[-1] + services[n]) if went else second)
    looks = [
        Stretch(1, sum(came[n] <= s < went[n] for n in range(len(came))), went.count(s))
        for s in range(went[-1] + 1)
    ]
    figure = by_flow([Stretch(1, 0, 0), *looks])
    assert figure is not None
    waits = [left - entered for entered, left in zip(came, went, strict=True)]
    assert figure.value == pytest.approx(fmean(waits), abs=1.0)


def seen_badly(seed: int) -> tuple[float, Figure | None]:
    """Return the true mean wait, and the figure from lengths and visits that are told wrongly."""
    rng = np.random.default_rng(seed)
    windows, seconds = int(rng.integers(1, 5)), 3600
    pace = windows / 120 * rng.uniform(0.85, 1.1)
    came = np.cumsum(rng.exponential(1 / pace, int(2 * pace * seconds)))
    came = came[came < seconds]
    free = np.zeros(windows)
    went = np.zeros(len(came))
    for n, second in enumerate(came):
        window = int(free.argmin())
        went[n] = max(second, free[window])
        free[window] = went[n] + rng.lognormal(np.log(120) - 0.1, 0.45)
    seen_rate = rng.normal(1.0, 0.05)  # of people in a queue: hidden ones, double boxes
    told = went[rng.random(len(went)) > 0.05]  # visits that merge with the next one
    stretches = [
        Stretch(
            10.0,
            max(0.0, seen_rate * float(((came <= s) & (went > s)).sum()) + rng.normal(0, 0.2)),
            float(((told > s - 10) & (told <= s)).sum()),
        )
        for s in range(0, seconds, 10)
    ]
    over = (went > seconds / 2) & (went <= seconds - 10)
    return float((went - came)[over].mean()), by_flow(stretches, before=180)


def test_a_band_holds_the_truth_as_often_as_it_says() -> None:
    found = [(true, figure) for true, figure in map(seen_badly, range(60)) if figure is not None]
    assert len(found) >= 55
    held = [figure.low <= true <= (figure.high or true) for true, figure in found]
    assert fmean(held) >= 0.8
    off = [abs(figure.value - true) / true for true, figure in found if true >= 30]
    assert fmean(off) <= 0.1


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
    "a short loss does not end it": ([0, *[1] * 10, *[0] * 6, *[1] * 10], [("began", 3)]),
    "short blindness does not end it": ([0, *[1] * 10, *[None] * 4, *[1] * 5], [("began", 3)]),
    "after long blindness nothing is known of it": (
        [0, *[1] * 10, *[None] * 8, *[0] * 20],
        [("began", 3)],
    ),
    "who was there before anybody looked did not come now": ([*[1] * 10, *[0] * 20], []),
    "nor who is there after long blindness": (
        [0, *[1] * 10, *[None] * 8, *[1] * 20, *[0] * 20],
        [("began", 3)],
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
        nobody = Around()
        first = Around(frozenset({1}), frozenset(), frozenset({1}))
        none = Around(frozenset(), frozenset(), frozenset({1, 2}))
        second_one = Around(frozenset({2}), frozenset({2}), frozenset({1, 2}))
        around = first if second < 15 else none if second < 17 else second_one
        around = around if second else nobody
        spot, turn = look_at(spot, len(around.here), NOON + timedelta(seconds=second), around)
        began += turn.began
        ended += [turn.ended] if turn.ended else []
    assert began == 2
    assert [visit.length_s for visit in ended] == [13]


RED, BLUE = (np.eye(4, dtype=np.float32)[n] for n in (0, 1))
TURNED = np.array([0.6, 0.1, 0.2, 0.1], np.float32)  # the same clothes from behind
CLOTHES: dict[str, tuple[list[tuple[Colours, float] | None], list[tuple[str, int]]]] = {
    "another comes in the next second": (
        [*[(RED, 0.3)] * 20, *[(BLUE, 0.3)] * 20],
        [("began", 2), ("began", 23), ("ended", 23)],
    ),
    "another comes after two seconds": (
        [*[(RED, 0.3)] * 20, None, None, *[(BLUE, 0.3)] * 20],
        [("began", 2), ("began", 25), ("ended", 25)],
    ),
    "who turns round stays the same": ([*[(RED, 0.3)] * 20, *[(TURNED, 0.3)] * 20], [("began", 2)]),
    "who passes in front is no visitor": (
        [*[(RED, 0.3)] * 20, *[(BLUE, 0.3)] * 3, *[(RED, 0.3)] * 20],
        [("began", 2)],
    ),
    "a box over clerk and visitor is nobody else": (
        [*[(RED, 0.3)] * 20, *[(BLUE, 0.6)] * 8, *[(RED, 0.3)] * 20],
        [("began", 2)],
    ),
}


def _seen(clothes: Colours, height: float, *, walked_in: bool) -> Around:
    here = frozenset({int(clothes.argmax())})  # whoever looks otherwise is another track
    come = here if walked_in else frozenset()
    return Around(here, come, here, (Appearance(clothes, height),))


@pytest.mark.parametrize(("looks", "told"), CLOTHES.values(), ids=CLOTHES.keys())
def test_clothes_tell_one_visitor_from_the_next(
    looks: list[tuple[Colours, float] | None], told: list[tuple[str, int]]
) -> None:
    assert _turns(looks) == told


def test_who_has_come_from_nowhere_is_the_same_visitor() -> None:
    looks = CLOTHES["another comes in the next second"][0]
    assert _turns(looks, walked_in=False) == [("began", 2)]


def test_a_short_blindness_does_not_hide_who_is_next() -> None:
    before, blind = [(RED, 0.3)] * 20, range(20, 80)
    assert _turns([*before, *[(RED, 0.3)] * 80], blind) == [("began", 2)]
    assert _turns([*before, *[(BLUE, 0.3)] * 80], blind) == [("began", 2), ("began", 83)]
    assert _turns([*before, *[None] * 80], blind) == [("began", 2)]
    assert _turns([None] * 80 + [(BLUE, 0.3)] * 20, blind) == [("began", 82)]
    # After long blindness nobody knows.
    assert _turns([*before, *[(BLUE, 0.3)] * 120], range(20, 115)) == [("began", 2)]


def _turns(
    looks: list[tuple[Colours, float] | None], blind: range = range(0), *, walked_in: bool = True
) -> list[tuple[str, int]]:
    spot, seen = Spot(), []
    for second, one in enumerate([None, *looks], start=-1):
        around = Around() if one is None else _seen(*one, walked_in=walked_in)
        people = None if second in blind else len(around.looks)
        spot, turn = look_at(spot, people, NOON + timedelta(seconds=second), around)
        seen += [("began", second)] if turn.began else []
        seen += [("ended", second)] if turn.ended else []
    return seen


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
