"""The engine as a whole: any cut, any clock, any order gives what all fixes at once give."""

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.judgement.engine import VanEngine, judge, takes_up
from geo.judgement.facts import MovementFact, MovementKind, TripFact
from geo.judgement.fixes import Fix
from geo.judging.van import JudgedVan
from models.observations import StopVisitState, TripState
from tests.geo.judgement.drives import STARTS, Course, follow, report, trip_plan, van_plan, way

WAY = way(1)
PLAN = trip_plan(WAY, stay_s=1200)
VAN = van_plan(PLAN)
Said = tuple[dict[str, MovementFact], dict[str, TripFact]]


def eventful() -> tuple[list[Fix], float]:
    """A day with a detour, a halt on the way, a long silence and weak and wild fixes."""
    course = Course(STARTS - 3600, WAY.points[0]).halt(3600)
    a, b, c = WAY.stop_at
    middle = (a + b) // 2
    detour = [
        WAY.points[middle],
        (WAY.points[middle][0] + 0.05, WAY.points[middle][1]),
        WAY.points[middle + 1],
    ]
    course.drive(WAY.part(0, a)).halt(1200).drive(WAY.part(a, middle)).drive(detour)
    course.halt(900).drive(WAY.part(middle + 1, b)).drive(WAY.part(b, c)).halt(1200)
    course.drive(WAY.part(c, len(WAY.points) - 1), 130.0).halt(1800)
    chance = random.Random(5)
    fixes = [
        replace(fix, usable=chance.random() > 0.02)
        for fix in report(course, every_s=60.0, outliers=0.01)
        if not STARTS + 4900 < fix.t < STARTS + 6000
    ]
    return fixes, course.at + 5 * 3600


FIXES, NOW = eventful()
ALL = judge(VAN, FIXES, NOW)


def test_the_eventful_day_is_eventful() -> None:
    kinds = {fact.kind for fact in ALL[0].values()}
    assert kinds >= {
        MovementKind.OFF_ROUTE,
        MovementKind.UNPLANNED_STOP,
        MovementKind.LOST,
        MovementKind.OVERSPEED,
        MovementKind.ARRIVED,
        MovementKind.LATE,
    }


@given(st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None)
def test_order_and_repetition_do_not_matter(chance: random.Random) -> None:
    sent = FIXES + chance.sample(FIXES, 50)
    chance.shuffle(sent)
    assert judge(VAN, sent, NOW) == ALL


@given(st.lists(st.integers(1, len(FIXES) - 1), max_size=4))
@settings(max_examples=25, deadline=None)
def test_knowledge_can_be_taken_up_anywhere(cuts: list[int]) -> None:
    engine, said = VanEngine(VAN), _Said()
    for index, fix in enumerate(FIXES):
        if index in cuts:
            said.hear(*engine.take())
            knowledge = engine.kept()
            assert takes_up(knowledge, VAN, fix.t)
            engine = VanEngine(VAN, knowledge)
        engine.feed(fix)
    engine.advance(NOW)
    said.hear(*engine.take())
    assert said.all == ALL


@given(st.data())
@settings(max_examples=25, deadline=None)
def test_what_the_clock_said_is_taken_back(data: st.DataObject) -> None:
    """Whatever was said while fixes were on their way, in the end it is as if it never was."""
    van, said = JudgedVan(VanEngine(VAN)), _Said()
    at = 0
    while at < len(FIXES):
        size = data.draw(st.integers(1, 60))
        van.feed(FIXES[at : at + size])
        at += size
        ahead = data.draw(st.sampled_from([0.0, 60.0, 1000.0, 4000.0, 30_000.0]))
        said.hear(*van.say(FIXES[min(at, len(FIXES)) - 1].t + ahead))
    said.hear(*van.say(NOW))
    assert said.all == ALL


class _Said:
    """What stands after everything that was said."""

    def __init__(self) -> None:
        self.movements: dict[str, MovementFact] = {}
        self.trips: dict[str, TripFact] = {}

    def hear(self, movements: dict[str, MovementFact | None], trips: dict[str, TripFact]) -> None:
        self.trips |= trips
        for key, fact in movements.items():
            if fact is None:
                self.movements.pop(key, None)
            else:
                self.movements[key] = fact

    @property
    def all(self) -> Said:
        return self.movements, self.trips


@pytest.mark.parametrize("every_s", [10.0, 30.0, 120.0])
def test_a_trip_as_planned_says_only_what_was_planned(every_s: float) -> None:
    fixes = report(follow(WAY, PLAN), every_s=every_s)
    movements, trips = judge(VAN, fixes, fixes[-1].t)
    kinds = sorted(fact.kind for fact in movements.values())
    assert kinds == ["arrived"] * 3 + ["departed"] * 3 + ["served"] * 3
    trip = trips[PLAN.id]
    assert trip.state is TripState.DONE
    for stop, visit in zip(PLAN.stops, trip.visits, strict=True):
        assert visit.state is StopVisitState.SERVED
        assert visit.arrived == pytest.approx(stop.arrival, abs=every_s + 15)
        assert visit.departed == pytest.approx(stop.departure, abs=every_s + 15)


def test_another_plan_is_not_taken_up() -> None:
    engine = VanEngine(VAN)
    for fix in FIXES[:40]:
        engine.feed(fix)
    edited = van_plan(replace(PLAN, version=2))
    assert takes_up(engine.kept(), VAN, FIXES[39].t)
    assert not takes_up(engine.kept(), edited, FIXES[39].t)
    assert not takes_up(engine.kept(), van_plan(), FIXES[39].t)


def test_estimates_come_from_the_vans_own_pace() -> None:
    slow = Course(STARTS, WAY.points[0])
    slow.drive(WAY.part(0, WAY.stop_at[0]), 40.0)
    fixes = report(slow, every_s=30.0, outliers=0.0)
    first, second = VanEngine(VAN), None
    for fix in fixes[: len(fixes) // 2]:
        first.feed(fix)
    expected = _expected(first)
    left_m = PLAN.stops[0].along_m - 40 / 3.6 * (fixes[len(fixes) // 2].t - STARTS)
    assert expected == pytest.approx(fixes[len(fixes) // 2].t + left_m / 50 * 3.6, abs=120)
    for fix in fixes[len(fixes) // 2 :]:
        first.feed(fix)
    second = VanEngine(VAN)
    second._pace.speeds = first.kept()["pace"]["speeds"]
    for fix in fixes[: len(fixes) // 2]:
        second.feed(fix)
    assert _expected(second) == pytest.approx(slow.at, abs=120)


def _expected(engine: VanEngine) -> float | None:
    fact = engine.trip_fact(PLAN.id)
    assert fact is not None
    return fact.visits[0].expected
