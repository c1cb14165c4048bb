"""Judgement against what is true of simulated vans: nobody's word but the simulator's counts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial

from dashboard_api.cli.bench import gps_kinds
from dashboard_api.cli.bench.gps_kinds import Kinds
from dashboard_api.cli.bench.report import Goal, Row, percentile
from geo.judgement.engine import VanEngine
from geo.judgement.facts import MovementFact, MovementKind, TripFact
from geo.judgement.fixes import Fix
from geo.judgement.line import Line
from geo.judgement.plan import StopPlan, TripPlan, VanPlan, windowed
from geo.map_layers import known_places
from geo.plans.lines import densified
from ingest.simulated.campaigns import VanDay, van_days
from ingest.simulated.fleet import Waypoint
from ingest.simulated.journeys import STOP_RADIUS_M
from models.observations import PositionFix, StopVisitState

HOURS = {True: 60.0, False: 1000.0}  # van-hours, by quick
SEED = 11
FIRST_DAY = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
WITHIN_S = 60.0  # two reports: an arrival told farther off is another arrival
_FOUND_AROUND_S = 300.0
_TRIP = "00000000-0000-4000-8000-000000000001"
_CAME = {StopVisitState.ARRIVED, StopVisitState.SERVED}


@dataclass(slots=True)
class Score:
    """What was true and what was said of it, added up over van-days."""

    hours: float = 0.0
    days: int = 0
    false_off_route: int = 0
    deviations: int = 0
    found: int = 0
    delays_s: list[float] = field(default_factory=list)
    stays: int = 0
    arrivals_said: int = 0
    arrivals_right: int = 0
    leavings: int = 0
    departures_said: int = 0
    departures_right: int = 0
    errors_s: list[float] = field(default_factory=list)
    kinds: Kinds = field(default_factory=Kinds)


def real_places() -> list[Waypoint]:
    """Return the places of the map, with which simulated routes are made."""
    return [
        Waypoint(place["name"]["en"], place["latitude"], place["longitude"])
        for place in known_places()
    ]


def plan_of(day: VanDay, vehicle_id: str = _TRIP) -> VanPlan:
    """Return the plan of a simulated trip as judgement takes it."""
    begins = day.starts_at.timestamp()
    stops = tuple(
        StopPlan(
            sequence,
            (stop.latitude, stop.longitude),
            STOP_RADIUS_M,
            stop.progress_m,
            begins + stop.arrive_after_s,
            begins + stop.arrive_after_s + stop.stay_s,
            float(stop.served_after_s),
        )
        for sequence, stop in enumerate(day.route.stops, 1)
    )
    line = Line.of(densified(day.route.line))
    ends = begins + day.route.duration_s
    trip = TripPlan(_TRIP, _TRIP, line, 300.0, begins, ends, stops)
    return VanPlan(
        vehicle_id,
        windowed([trip]),
        base=day.route.road[0],
        report_interval_s=day.tracker.report_interval_s,
    )


def judged(
    day: VanDay, fixes: Sequence[PositionFix], dead_cells: frozenset[str] = frozenset()
) -> tuple[list[MovementFact], TripFact]:
    """Return what the engine says of fixes, in order of time."""
    engine = VanEngine(replace(plan_of(day), dead_cells=dead_cells))
    said: dict[str, MovementFact | None] = {}
    trips: dict[str, TripFact] = {}
    for fix in fixes:
        engine.feed(as_judged(fix))
        movements, changed = engine.take()
        said |= movements
        trips |= changed
    return [movement for movement in said.values() if movement is not None], trips[_TRIP]


def as_judged(fix: PositionFix) -> Fix:
    """Return a fix as judgement reads it from its row."""
    return Fix(
        fix.fixed_at.timestamp(),
        fix.latitude,
        fix.longitude,
        fix.speed_km_h,
        fix.course_deg,
        fix.accuracy_m,
        fix.valid,
        fix.ignition,
        fix.external_power_v,
    )


def measure(hours: float, report_interval_s: float = 30.0) -> Score:
    """Judge seeded van-days until there are so many van-hours of them."""
    score = Score()
    days = van_days(real_places(), 10_000, SEED, FIRST_DAY, report_interval_s=report_interval_s)
    while score.hours < hours:
        day = next(days)
        movements, trip = judged(day, day.fixes)
        score.hours += day.hours
        score.days += 1
        _score_route(score, day, movements)
        _score_visits(score, day, trip)
        score.kinds.count(day, movements, partial(_movements, day))
    return score


def _movements(
    day: VanDay, fixes: Sequence[PositionFix], dead_cells: frozenset[str]
) -> list[MovementFact]:
    return judged(day, fixes, dead_cells)[0]


def _score_route(score: Score, day: VanDay, movements: Sequence[MovementFact]) -> None:
    begins = day.starts_at.timestamp()
    true = day.journey.deviation
    said = [m for m in movements if m.kind is MovementKind.OFF_ROUTE]
    right = []
    for one in said:
        ended = one.ended if one.ended is not None else one.started
        if (
            true is not None
            and one.started - begins < true.until_s + _FOUND_AROUND_S
            and ended - begins > true.from_s - _FOUND_AROUND_S
        ):
            right.append(one)
    score.false_off_route += len(said) - len(right)
    heard = true is not None and not any(
        hole.from_s < true.until_s and true.from_s < hole.until_s for hole in day.silent
    )
    if true is None or not heard:
        return  # a van that nobody heard on its detour cannot be found on it
    score.deviations += 1
    if right:
        score.found += 1
        score.delays_s.append(min(one.known for one in right) - begins - true.from_s)


def _score_visits(score: Score, day: VanDay, trip: TripFact) -> None:
    begins = day.starts_at.timestamp()
    for true, said in zip(day.journey.visits, trip.visits, strict=True):
        came = said.state in _CAME and said.arrived is not None
        score.stays += true.stayed
        score.arrivals_said += came
        if came and true.stayed and said.arrived is not None:
            error_s = said.arrived - begins - true.arrived_s
            score.errors_s.append(abs(error_s))
            score.arrivals_right += abs(error_s) <= WITHIN_S
        if true.sequence == len(day.route.stops):
            continue  # a trip ends where it comes home; nobody leaves
        left = came and said.departed is not None
        score.leavings += true.stayed
        score.departures_said += left
        if left and true.stayed and said.departed is not None:
            score.departures_right += abs(said.departed - begins - true.departed_s) <= WITHIN_S


def rows(score: Score) -> Iterator[Row]:
    """Return the score as rows of the bench."""
    about = f"{score.hours:.0f} van-hours in {score.days} trips, 30 s reports, seed {SEED}"
    yield Row(
        "off_route_false_per_1000_van_h",
        score.false_off_route / score.hours * 1000,
        "alarms",
        goal=1.0,
        note=f"{about}; half of the lines drawn by hand 40 m off, 0.1 % outliers",
    )
    yield Row(
        "off_route_delay_s",
        percentile(score.delays_s, 0.95) if score.delays_s else None,
        "s",
        goal=120.0,
        note=f"p95 from crossing the corridor to the fix that told; {score.found} of"
        f" {score.deviations} deviations found",
    )
    counted = (
        ("arrivals_precision", score.arrivals_right, score.arrivals_said),
        ("arrivals_recall", score.arrivals_right, score.stays),
        ("departures_precision", score.departures_right, score.departures_said),
        ("departures_recall", score.departures_right, score.leavings),
    )
    for metric, right, of in counted:
        yield Row(
            metric,
            right / of * 100 if of else None,
            "%",
            goal=99.0,
            direction=Goal.AT_LEAST,
            note=f"{right} of {of} within {WITHIN_S:.0f} s of the truth",
        )
    yield Row(
        "arrival_error_s_p95",
        percentile(score.errors_s, 0.95) if score.errors_s else None,
        "s",
        goal=30.0,
        note="one report interval",
    )
    yield from gps_kinds.rows(score.kinds)
