"""Each rule on a drive that breaks it, and on one that nearly does."""

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import time

import pytest

from geo.judgement.engine import judge
from geo.judgement.facts import MovementFact, MovementKind, TripFact
from geo.judgement.fixes import Fix
from geo.judgement.line import LatLon
from geo.judgement.plan import FencePlan, Hours, StopPlan, VanPlan
from geo.judgement.silence import cell_of
from ingest.gps.geodesy import bearing_deg, offset
from models.observations import StopVisitState, TripState
from tests.geo.judgement.drives import (
    BASE,
    DAY,
    STARTS,
    TRIP,
    Course,
    follow,
    report,
    trip_plan,
    van_plan,
    way,
)

WAY = way(2, back=False)  # one way only
PLAN = trip_plan(WAY, stay_s=1200)
VAN = van_plan(PLAN)
A, B, C = WAY.stop_at
HALF = (A + B) // 2


def begun() -> Course:
    """A van that has served its first stop as planned and is half way to the second."""
    course = Course(DAY + 4 * 3600, BASE).halt(3600)
    return course.drive(WAY.part(0, A)).halt(1200).drive(WAY.part(A, HALF))


def found(
    fixes: Sequence[Fix], kind: MovementKind, van: VanPlan = VAN, now: float | None = None
) -> list[MovementFact]:
    movements, _ = judge(van, fixes, now if now is not None else fixes[-1].t)
    return sorted(
        (fact for fact in movements.values() if fact.kind is kind), key=lambda fact: fact.started
    )


def the_trip(fixes: Sequence[Fix], now: float | None = None) -> TripFact:
    return judge(VAN, fixes, now if now is not None else fixes[-1].t)[1][TRIP]


def beside(points: Sequence[LatLon], metres: float) -> list[LatLon]:
    """Return the points moved to the right of the way through them."""
    turn = math.radians(bearing_deg(*points[0], *points[-1]) + 90)
    north, east = metres * math.cos(turn), metres * math.sin(turn)
    return [offset(*point, north_m=north, east_m=east) for point in points]


@pytest.mark.parametrize("every_s", [10.0, 30.0])
def test_off_route_is_found_soon_dated_back_and_ended(every_s: float) -> None:
    course = begun()
    left_at = course.at
    out = beside(WAY.part(HALF - 20, HALF), 4000)[-1]
    course.drive([course.place, out], 60.0)
    course.drive([out, WAY.points[HALF + 10]], 60.0)
    back_at = course.at
    course.drive(WAY.part(HALF + 10, B))
    (said,) = found(report(course, every_s=every_s), MovementKind.OFF_ROUTE)
    crossed = left_at + 300 / (60 / 3.6)
    assert said.trip_id == TRIP
    assert crossed - 30 <= said.started <= crossed + 60
    assert said.known <= crossed + 120
    assert said.ended == pytest.approx(back_at, abs=120)
    assert said.details["critical"]
    assert said.details["farthest_m"] > 2000


@pytest.mark.parametrize(
    ("metres", "fixes_off", "reason"),
    [
        (150.0, 20, "within the corridor"),
        (2000.0, 2, "too few fixes"),
    ],
)
def test_not_off_route(metres: float, fixes_off: int, reason: str) -> None:
    fixes = report(begun().drive(WAY.part(HALF, B)), outliers=0.0)
    first = next(i for i, fix in enumerate(fixes) if fix.t > begun().at - 400)
    for index in range(first, first + fixes_off):
        moved = offset(fixes[index].latitude, fixes[index].longitude, north_m=metres, east_m=0)
        fixes[index] = replace(fixes[index], latitude=moved[0], longitude=moved[1])
    assert found(fixes, MovementKind.OFF_ROUTE) == [], reason


def test_a_silence_off_the_route_is_not_off_route() -> None:
    course = begun()
    left_at = course.at
    out = offset(*course.place, north_m=6000, east_m=0)
    course.drive([course.place, out], 60.0).drive([out, WAY.points[HALF]], 60.0)
    back_at = course.at
    fixes = report(course.drive(WAY.part(HALF, B)))
    assert len(found(fixes, MovementKind.OFF_ROUTE)) == 1
    heard = [fix for fix in fixes if not left_at + 40 < fix.t < back_at - 40]
    assert found(heard, MovementKind.OFF_ROUTE) == []


def test_wrong_way_on_a_road_that_leads_on() -> None:
    course = begun()
    turned = course.at
    course.drive(WAY.part(A, HALF)[::-1], 60.0).drive(WAY.part(A, B))
    (said,) = found(report(course), MovementKind.WRONG_WAY)
    assert said.started == pytest.approx(turned, abs=31)
    assert turned + 300 <= said.known <= turned + 420
    assert said.ended is not None


def test_who_turns_round_on_an_out_and_back_road_is_on_its_way_home() -> None:
    there = way(2)
    plan = trip_plan(there, stay_s=1200)
    course = Course(DAY + 4 * 3600, BASE).halt(3600)
    course.drive(there.part(0, there.stop_at[0])).halt(1200)
    course.drive(there.part(there.stop_at[0], HALF)).drive(there.part(0, HALF)[::-1])
    fixes = report(course.halt(1200))
    van = van_plan(plan)
    (said,) = found(fixes, MovementKind.WRONG_WAY, van)
    assert said.ended == said.known
    trip = judge(van, fixes, fixes[-1].t)[1][TRIP]
    assert trip.progress_m == pytest.approx(plan.line.length_m, abs=600)
    assert trip.state is TripState.DONE
    assert len(found(fixes, MovementKind.OFF_ROUTE, van)) == 0


def test_a_drive_through_is_a_pass_and_a_bypass_a_skip() -> None:
    through = begun().drive(WAY.part(HALF, C)).halt(1200)
    trip = the_trip(report(through))
    assert [v.state for v in trip.visits] == ["served", "passed", "served"]
    around = begun().drive(WAY.part(HALF, B - 8))
    around.drive([around.place, *beside(WAY.points[B - 4 : B + 5], 220.0), WAY.points[B + 8]])
    around.drive(WAY.part(B + 8, C)).halt(1200)
    fixes = report(around, outliers=0.0)
    trip = the_trip(fixes)
    assert [v.state for v in trip.visits] == ["served", "skipped", "served"]
    (said,) = found(fixes, MovementKind.SKIPPED)
    assert said.started == trip.visits[2].arrived
    assert found(fixes, MovementKind.OFF_ROUTE) == []


def test_a_short_halt_in_a_village_is_no_visit() -> None:
    course = begun().drive(WAY.part(HALF, B)).halt(100).drive(WAY.part(B, C)).halt(1200)
    fixes = report(course, every_s=10.0)
    assert the_trip(fixes).visits[1].state is StopVisitState.PASSED
    assert [m.details["sequence"] for m in found(fixes, MovementKind.ARRIVED)] == [1, 3]


def test_a_tracker_that_sleeps_while_parked_still_tells_of_the_visit() -> None:
    fixes = report(follow(WAY, PLAN))
    stop = PLAN.stops[1]
    first = next(i for i, f in enumerate(fixes) if f.t > stop.arrival + 5)
    awake = [f for i, f in enumerate(fixes) if i <= first or f.t > stop.departure + 40]
    visit = the_trip(awake).visits[1]
    assert visit.inferred
    assert visit.state is StopVisitState.SERVED
    assert visit.arrived == pytest.approx(stop.arrival, abs=40)
    assert visit.departed == pytest.approx(stop.departure, abs=60)


def test_early_and_late() -> None:
    early = report(follow(WAY, replace(PLAN, starts=PLAN.starts - 900, stops=_moved(-900))))
    assert [m.details["sequence"] for m in found(early, MovementKind.EARLY)] == [1, 1, 2, 2, 3]
    late = report(follow(WAY, replace(PLAN, starts=PLAN.starts + 1200, stops=_moved(1200))))
    said = found(late, MovementKind.LATE)
    assert [m.details["sequence"] for m in said] == [1, 2, 3]
    for movement, stop, visit in zip(said, PLAN.stops, the_trip(late).visits, strict=True):
        assert movement.started == stop.arrival + 900
        assert movement.ended == visit.arrived
        assert movement.known == stop.arrival + 900  # by the clock, not by the arrival


def _moved(seconds: float) -> tuple[StopPlan, ...]:
    return tuple(
        replace(stop, arrival=stop.arrival + seconds, departure=stop.departure + seconds)
        for stop in PLAN.stops
    )


def test_an_unplanned_stop_and_getting_nowhere() -> None:
    halted = report(begun().halt(900).drive(WAY.part(HALF, B)))
    (said,) = found(halted, MovementKind.UNPLANNED_STOP)
    assert said.ended is not None
    assert said.ended - said.started == pytest.approx(900, abs=60)
    assert found(halted, MovementKind.NO_PROGRESS) == []
    course = begun()
    aside = beside(WAY.part(HALF - 1, HALF + 1), 240)[1]
    for _ in range(20):
        course.drive([course.place, aside], 30.0).drive([aside, course.legs[-1].points[0]], 30.0)
    circling = report(course.drive(WAY.part(HALF, B)), every_s=10.0, outliers=0.0)
    assert len(found(circling, MovementKind.NO_PROGRESS)) == 1
    served = report(follow(WAY, PLAN))
    assert found(served, MovementKind.UNPLANNED_STOP) == []


def test_lost_on_the_way_but_not_while_parked() -> None:
    fixes = report(begun().drive(WAY.part(HALF, B)).halt(7200))
    driving = [fix for fix in fixes if fix.t < STARTS + 3200]
    last = driving[-1]
    assert found(driving, MovementKind.LOST, now=last.t + 899) == []
    (said,) = found(driving, MovementKind.LOST, now=last.t + 901)
    assert (said.started, said.ended, said.known) == (last.t, None, last.t + 900)
    back = replace(last, t=last.t + 1500)
    (said,) = found([*driving, back], MovementKind.LOST)
    assert said.ended == back.t
    parked = [fix for fix in fixes if fix.t < PLAN.stops[1].arrival + 600]
    van = replace(VAN, stop_interval_s=600.0)
    assert found(parked, MovementKind.LOST, van, parked[-1].t + 1199) == []
    assert len(found(parked, MovementKind.LOST, van, parked[-1].t + 1201)) == 1


def test_where_others_fell_silent_it_is_a_dead_zone() -> None:
    driving = [fix for fix in report(begun()) if fix.t < STARTS + 3200]
    cell = cell_of(driving[-1].latitude, driving[-1].longitude)
    known = replace(VAN, dead_cells=frozenset({cell}), dead_for_s={cell: 2400.0})
    now = driving[-1].t + 1000
    assert found(driving, MovementKind.LOST, known, now) == []
    (said,) = found(driving, MovementKind.DEAD_ZONE, known, now)
    assert said.details["expected_at"] == driving[-1].t + 2400


def test_a_trip_that_nobody_began_was_missed_and_one_that_nobody_saw_is_unknown() -> None:
    stays = report(Course(DAY, BASE).halt(16 * 3600), every_s=300.0)
    trip = the_trip(stays)
    assert trip.state is TripState.MISSED
    assert [v.state for v in trip.visits] == ["skipped"] * 3
    assert len(found(stays, MovementKind.SKIPPED)) == 3
    silent = [fix for fix in stays if fix.t < PLAN.starts - 4500]
    trip = the_trip(silent, now=PLAN.ends + 7200)
    assert trip.state is TripState.PLANNED
    assert [v.state for v in trip.visits] == ["planned"] * 3
    assert found(silent, MovementKind.SKIPPED, now=PLAN.ends + 7200) == []
    assert found(silent, MovementKind.LATE, now=PLAN.ends + 7200) == []


def test_what_was_before_a_van_was_first_heard_is_unknown() -> None:
    fixes = [fix for fix in report(follow(WAY, PLAN)) if fix.t > PLAN.stops[1].departure + 300]
    trip = the_trip(fixes)
    assert [v.state for v in trip.visits] == ["planned", "planned", "served"]
    assert found(fixes, MovementKind.LATE) == found(fixes, MovementKind.SKIPPED) == []


def test_overspeed_needs_two_fixes() -> None:
    course = begun().drive(WAY.part(HALF, B), 128.0).halt(600)
    (said,) = found(report(course), MovementKind.OVERSPEED)
    assert said.details["speed_km_h"] in range(127, 132)
    calm = report(begun().halt(600))
    once = [replace(f, speed_km_h=140.0) if i == 150 else f for i, f in enumerate(calm)]
    assert found(once, MovementKind.OVERSPEED) == []


NIGHT = DAY + 22 * 3600  # Friday, 02:00 in Almaty


@pytest.mark.parametrize(
    ("begins", "ignition", "why"),
    [
        (NIGHT, True, ["after_hours"]),
        (NIGHT, False, ["ignition_off"]),
        (DAY + 8 * 3600, True, []),
        (DAY + 8 * 3600, False, ["ignition_off"]),
    ],
    ids=["night", "towed at night", "by day", "towed by day"],
)
def test_moved_without_permission(begins: float, ignition: bool, why: list[str]) -> None:
    course = Course(begins, BASE).halt(600).drive(WAY.part(0, 40)).halt(1800)
    fixes = [replace(fix, ignition=ignition) for fix in report(course)]
    said = found(fixes, MovementKind.UNAUTHORISED, van_plan())
    assert [movement.details["why"] for movement in said] == why
    assert all(movement.ended is not None for movement in said)


def test_power_that_is_cut_and_comes_back() -> None:
    fixes = report(Course(STARTS, BASE).halt(1200), outliers=0.0)
    volts = [12.5] * 10 + [0.0] * 10 + [12.4] * (len(fixes) - 20)
    told = [
        replace(fix, external_power_v=volt, usable=index != 11)
        for index, (fix, volt) in enumerate(zip(fixes, volts, strict=True))
    ]
    (said,) = found(told, MovementKind.POWER_LOST, van_plan())
    assert (said.started, said.known, said.ended) == (fixes[10].t, fixes[11].t, fixes[20].t)
    never = [replace(fix, external_power_v=0.0) for fix in fixes]
    assert found(never, MovementKind.POWER_LOST, van_plan()) == []


def _square(metres: float) -> tuple[LatLon, ...]:
    north, east = offset(*BASE, north_m=metres, east_m=metres)
    south, west = offset(*BASE, north_m=-metres, east_m=-metres)
    return ((south, west), (south, east), (north, east), (north, west), (south, west))


DAYTIME = Hours(frozenset({1, 2, 3, 4, 5}), time(9), time(18))


@pytest.mark.parametrize(
    ("rule", "hours", "begins", "kinds"),
    [
        ("stay_inside", None, STARTS, [MovementKind.FENCE_LEFT]),
        ("stay_outside", None, STARTS, [MovementKind.FENCE_ENTERED] * 2),
        ("note", None, STARTS, [MovementKind.FENCE_ENTERED] * 2),
        ("stay_inside", DAYTIME, STARTS, [MovementKind.FENCE_LEFT]),
        ("stay_inside", DAYTIME, NIGHT, []),
    ],
    ids=["left", "entered", "noted", "left by day", "left at night"],
)
def test_fences(rule: str, hours: Hours | None, begins: float, kinds: list[MovementKind]) -> None:
    out = WAY.part(0, 30)
    course = Course(begins, BASE).halt(600).drive(out).halt(300).drive(out[::-1]).halt(600)
    fence = FencePlan("00000000-0000-0000-0000-00000000000f", _square(2000), rule, 50, 60, hours)
    fixes = report(course, every_s=10.0, outliers=0.0)
    movements, _ = judge(van_plan(fences=(fence,)), fixes, fixes[-1].t)
    said = sorted(
        (fact for fact in movements.values() if "fence_id" in fact.details),
        key=lambda fact: fact.started,
    )
    assert [fact.kind for fact in said] == kinds
    if kinds == [MovementKind.FENCE_LEFT]:
        assert said[0].known - said[0].started == pytest.approx(60, abs=11)
        assert said[0].ended is not None


def test_a_fence_along_which_a_van_drives_does_not_flap() -> None:
    edge = offset(*BASE, north_m=0, east_m=2000)
    course = Course(STARTS, BASE).halt(600).drive([BASE, edge], 40.0).halt(3600)
    fence = FencePlan(
        "00000000-0000-0000-0000-00000000000f", _square(2000), "stay_inside", 50, 60, None
    )
    fixes = report(course, every_s=10.0, outliers=0.0)
    movements, _ = judge(van_plan(fences=(fence,)), fixes, fixes[-1].t)
    assert movements == {}


def test_outside_when_the_hours_begin_is_told_by_the_clock() -> None:
    away = offset(*BASE, north_m=5000, east_m=0)
    fence = FencePlan(
        "00000000-0000-0000-0000-00000000000f", _square(2000), "stay_inside", 50, 60, DAYTIME
    )
    fixes = report(Course(NIGHT, away).halt(600))
    nine, six = NIGHT + 7 * 3600, NIGHT + 16 * 3600
    van = van_plan(fences=(fence,))
    assert found(fixes, MovementKind.FENCE_LEFT, van, nine - 1) == []
    (said,) = found(fixes, MovementKind.FENCE_LEFT, van, nine)
    assert (said.started, said.ended) == (nine, None)
    (said,) = found(fixes, MovementKind.FENCE_LEFT, van, six + 5)
    assert said.ended == six


def test_three_jumps_that_agree_are_the_new_place() -> None:
    fixes = report(Course(STARTS, BASE).halt(600), outliers=0.0)
    there = offset(*BASE, north_m=200_000, east_m=0)
    wild = [
        replace(f, latitude=there[0], longitude=there[1]) if i in {5, 8, 9} or i > 14 else f
        for i, f in enumerate(fixes)
    ]
    fence = FencePlan(
        "00000000-0000-0000-0000-00000000000f", _square(2000), "stay_inside", 50, 0, None
    )
    (said,) = found(wild, MovementKind.FENCE_LEFT, van_plan(fences=(fence,)))
    assert said.started == wild[17].t
