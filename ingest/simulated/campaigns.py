"""Many van-days with everything that happens to vans, and the truth about them; pure and seeded."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ingest.simulated.fleet import Waypoint
from ingest.simulated.journeys import Detour, Happenings, Journey, TrueSpan, lived
from ingest.simulated.routes import SimulatedRoute, nearby, route_through
from ingest.simulated.trackers import Arrival, Tracker, delivered, measured_journey, silences
from models.observations import PositionFix

_DRAWN_ERROR_M = 40.0
_OFF_M = 1200.0


@dataclass(frozen=True, slots=True)
class VanDay:
    """A trip of a van: what was planned, what was true, what was measured.

    Attributes:
        starts_at: planned; all seconds of ``route.stops`` and ``journey`` count from it.
        fixes: in order of time.
        arrivals: the same, with repetitions, in the order in which they were received.
        silent: spans without network.
    """

    route: SimulatedRoute
    starts_at: datetime
    journey: Journey
    happened: Happenings
    tracker: Tracker
    fixes: tuple[PositionFix, ...]
    arrivals: tuple[Arrival, ...]
    silent: tuple[TrueSpan, ...]

    @property
    def hours(self) -> float:
        """Van-hours of the trip."""
        return self.journey.ends_s / 3600


def van_days(
    places: Sequence[Waypoint],
    count: int,
    seed: int,
    starts_at: datetime,
    *,
    report_interval_s: float = 30.0,
    parked_interval_s: float = 120.0,
    apart: timedelta = timedelta(days=1),
) -> Iterator[VanDay]:
    """Yield trips, one a day unless said otherwise; in most of them one thing goes wrong."""
    for number in range(count):
        chance = random.Random(f"{seed} day {number}")
        route = route_through(
            nearby(places, chance, stops=chance.randint(2, 5)),
            chance,
            stay_s=chance.choice((1800, 2700, 3600)),
            drawn_error_m=chance.choice((0.0, _DRAWN_ERROR_M)),
        )
        happened = _happenings(route, number, chance)
        journey = lived(route, happened, chance)
        cut_s = journey.ends_s * chance.random()
        tracker = Tracker(
            f"sim-{number:04d}",
            report_interval_s,
            parked_interval_s,
            clock_offset_s=chance.uniform(-2, 2),
            power_cut=TrueSpan(cut_s, cut_s + 1200) if number % 10 == 7 else None,
            newest_first=bool(number % 2),
            repeated=0.05,
        )
        day = starts_at + number * apart
        silent = silences(
            journey, [(p.latitude, p.longitude) for p in route.stops], tracker.reach_m
        )
        fixes = measured_journey(journey, day, tracker, chance)
        arrivals = delivered(fixes, day, silent, tracker, chance)
        yield VanDay(
            route, day, journey, happened, tracker, tuple(fixes), tuple(arrivals), tuple(silent)
        )


def _happenings(route: SimulatedRoute, number: int, chance: random.Random) -> Happenings:
    legs = [0, *(stop.index for stop in route.stops)]
    leg = chance.randrange(len(route.stops) - 1)
    a, b = legs[leg], legs[leg + 1]
    quarter = a + (b - a) // 4
    match number % 10:
        case 1 | 6:
            return Happenings(detour=Detour(quarter, a + (b - a) * 3 // 4, _OFF_M))
        case 3:
            return Happenings(late_s=chance.uniform(1800, 5400))
        case 4:
            return Happenings(rests=((a + (b - a) // 2, chance.uniform(780, 2400)),))
        case 5:
            return Happenings(turn_back=a + (b - a) * 2 // 3)
        case 8:
            return Happenings(skipped=frozenset({leg + 1}))
        case 9:
            return Happenings(towed=True)
        case _:
            return Happenings()
