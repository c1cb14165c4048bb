from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.engine import Cleared, Phase, Raised, Transition, Watch, dismiss, resume_firing, step
from alerts.rules.base import UNKNOWN, Sign, Verdict
from tests.builders import NOON

HOLDS = {Sign.FIRING: 60, Sign.CLEAR: 10, Sign.BETWEEN: 0, Sign.UNKNOWN: 0}
NO_WAIT = timedelta(0)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def verdict(sign: Sign, since: datetime | None) -> Verdict:
    return Verdict(sign, since, timedelta(seconds=HOLDS[sign]))


def live_through(
    timeline: list[tuple[Sign, int]], tick_s: int, reraise_after: timedelta = NO_WAIT
) -> list[Transition]:
    """Play spans of (sign, seconds) as the service does: at each change and at each tick."""
    watch, said = Watch(), []
    start = 0
    for sign, lasts_s in timeline:
        end = start + lasts_s
        moments = [start, *range(start - start % tick_s + tick_s, end, tick_s), end]
        for moment in moments:
            watch, change = step(watch, verdict(sign, at(start)), at(moment), reraise_after)
            if change is not None:
                said.append(change)
        start = end
    return said


TIMELINES = st.lists(
    st.tuples(st.sampled_from(Sign), st.integers(min_value=1, max_value=150)), max_size=12
)


@pytest.mark.parametrize(
    ("timeline", "expected"),
    [
        ([(Sign.FIRING, 59)], []),
        ([(Sign.FIRING, 60)], [("raised", 60)]),
        ([(Sign.FIRING, 59), (Sign.CLEAR, 1), (Sign.FIRING, 59)], []),
        ([(Sign.FIRING, 59), (Sign.BETWEEN, 1), (Sign.FIRING, 59)], []),
        # Unseen time counts for nothing: 40 s seen, 300 s dark, 20 s seen.
        ([(Sign.FIRING, 40), (Sign.UNKNOWN, 300), (Sign.FIRING, 20)], [("raised", 360)]),
        ([(Sign.FIRING, 40), (Sign.UNKNOWN, 300), (Sign.FIRING, 19)], []),
        ([(Sign.FIRING, 60), (Sign.CLEAR, 9), (Sign.FIRING, 100)], [("raised", 60)]),
        ([(Sign.FIRING, 60), (Sign.CLEAR, 10)], [("raised", 60), ("cleared", 70)]),
        # A camera that goes dark neither raises nor clears.
        ([(Sign.FIRING, 60), (Sign.UNKNOWN, 999)], [("raised", 60)]),
        ([(Sign.UNKNOWN, 999)], []),
        ([(Sign.FIRING, 60), (Sign.BETWEEN, 999)], [("raised", 60)]),
        (
            [(Sign.FIRING, 60), (Sign.CLEAR, 5), (Sign.UNKNOWN, 99), (Sign.CLEAR, 5)],
            [("raised", 60), ("cleared", 169)],
        ),
        ([(Sign.FIRING, 60), (Sign.CLEAR, 5), (Sign.BETWEEN, 60)], [("raised", 60)]),
    ],
)
def test_hold_times_and_hysteresis(
    timeline: list[tuple[Sign, int]], expected: list[tuple[str, int]]
) -> None:
    said = [
        ("raised" if isinstance(change, Raised) else "cleared", (change.at - NOON).total_seconds())
        for change in live_through(timeline, tick_s=1)
    ]
    assert said == expected


def test_the_alert_says_when_its_condition_began() -> None:
    (raised,) = live_through([(Sign.CLEAR, 7), (Sign.FIRING, 90)], tick_s=20)
    assert isinstance(raised, Raised)
    assert raised.since == at(7)


def test_what_was_said_of_unseen_time_is_no_evidence() -> None:
    watch, _ = step(Watch(), UNKNOWN, at(100), NO_WAIT)
    watch, said = step(watch, verdict(Sign.FIRING, at(0)), at(200), NO_WAIT)
    assert said is None
    assert watch.began_at == at(200)


def test_a_condition_that_returns_waits_for_the_interval() -> None:
    flapping = [(Sign.FIRING, 60), (Sign.CLEAR, 10), (Sign.FIRING, 200)]
    said = live_through(flapping, 1, reraise_after=timedelta(seconds=100))
    assert [change.at for change in said] == [at(60), at(70), at(170)]


def test_a_dismissed_alert_may_come_again_after_the_interval() -> None:
    watch = dismiss(resume_firing(at(0)), at(30))
    interval = timedelta(seconds=100)
    for moment in (31, 129):
        watch, said = step(watch, verdict(Sign.FIRING, at(0)), at(moment), interval)
        assert said is None
    _, said = step(watch, verdict(Sign.FIRING, at(0)), at(130), interval)
    assert isinstance(said, Raised)


def test_dismissing_what_does_not_fire_changes_nothing() -> None:
    pending, _ = step(Watch(), verdict(Sign.FIRING, at(0)), at(1), NO_WAIT)
    assert dismiss(pending, at(2)) == pending


@given(TIMELINES, st.integers(min_value=1, max_value=40))
def test_never_two_open_alerts(timeline: list[tuple[Sign, int]], tick_s: int) -> None:
    kinds = [type(change) for change in live_through(timeline, tick_s)]
    assert kinds == [Raised, Cleared] * (len(kinds) // 2) + [Raised] * (len(kinds) % 2)


@given(TIMELINES, st.integers(min_value=2, max_value=40))
def test_the_tick_changes_the_time_by_less_than_itself(
    timeline: list[tuple[Sign, int]], tick_s: int
) -> None:
    fine, coarse = live_through(timeline, 1), live_through(timeline, tick_s)
    assert [type(change) for change in fine] == [type(change) for change in coarse]
    for exact, late in zip(fine, coarse, strict=True):
        assert timedelta(0) <= late.at - exact.at < timedelta(seconds=tick_s)


@given(TIMELINES, st.integers(min_value=1, max_value=100_000))
def test_unknown_never_changes_the_phase(timeline: list[tuple[Sign, int]], dark_s: int) -> None:
    watch, start = Watch(), 0
    for sign, lasts_s in timeline:
        watch, _ = step(watch, verdict(sign, at(start)), at(start + lasts_s), NO_WAIT)
        start += lasts_s
        for later in (0, dark_s):
            dark, said = step(watch, UNKNOWN, at(start + later), NO_WAIT)
            assert said is None
            assert replace(dark, frozen_at=None) == replace(watch, frozen_at=None)
        assert watch.phase in Phase
