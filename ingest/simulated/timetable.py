"""When the demo's vans drive which route, every day alike, and what usually happens; pure.

A trip begins at the same minutes of every local day, so that a weekly timetable describes it. The
same trip of the same day is the same drive however often it is asked for.
"""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, timezone
from functools import cache

from ingest.simulated.fleet import SimulatedVan
from ingest.simulated.journeys import Detour, Happenings, Journey, TrueSpan, lived
from ingest.simulated.routes import SimulatedRoute, route_through

SEED = 1
STAY_S = 720  # short, so that a person who watches the demo sees a van arrive
SERVED_AFTER_S = 480
LOCAL = timezone(timedelta(hours=5))  # Kazakhstan has one offset and no summer time
_LOCAL_AHEAD_S = 5 * 3600
_DAY_S = 86_400
_REST_S = 900.0  # at home between two trips, at least; a late trip eats into it
_LATE_S = 1500.0
_SILENT_S = 1320.0
_PARTS = (24, 20, 18, 16, 15, 12, 10, 9, 8, 6, 5, 4, 3, 2, 1)  # trips a day, whole minutes apart
_PHASE_S = 1200
DEVIATES, LATE, SILENT, RESTS = 2, 3, 6, 7  # numbers of vans in FLEET


@dataclass(frozen=True, slots=True)
class Departures:
    """When a van sets out: seconds after local midnight, and how long each turn lasts."""

    phase_s: int
    every_s: int

    def times(self) -> list[time]:
        """Return the local times of a day's departures."""
        first = datetime(2026, 1, 1, tzinfo=LOCAL)
        count = _DAY_S // self.every_s
        seconds = sorted((self.phase_s + n * self.every_s) % _DAY_S for n in range(count))
        return [(first + timedelta(seconds=second)).time() for second in seconds]

    def before(self, at: datetime) -> datetime:
        """Return the newest departure at or before an instant, aware UTC."""
        since_s = (at.timestamp() + _LOCAL_AHEAD_S - self.phase_s) % self.every_s
        return at.astimezone(UTC) - timedelta(seconds=since_s)


@cache
def route_of(van: SimulatedVan) -> SimulatedRoute:
    """Return the route that a van of the demo drives, from its first place and back."""
    chance = random.Random(f"{SEED} {van.identifier}")
    return route_through(van.stops, chance, stay_s=STAY_S, served_after_s=SERVED_AFTER_S)


@cache
def departures_of(van: SimulatedVan, number: int) -> Departures:
    """Return when a van sets out; ``number`` is its place in the fleet."""
    turn_s = route_of(van).duration_s + _REST_S + (_LATE_S if number == LATE else 0.0)
    parts = next(part for part in _PARTS if _DAY_S / part >= turn_s)
    return Departures(number * _PHASE_S, _DAY_S // parts)


def happenings(van: SimulatedVan, number: int) -> Happenings:
    """Return what makes a van's trips differ from the plan: most vans keep to it."""
    stops = route_of(van).stops
    if number == DEVIATES:
        a, b = stops[0].index, stops[1].index
        return Happenings(detour=Detour(a + (b - a) // 4, a + (b - a) * 3 // 4, 2500.0))
    if number == LATE:
        return Happenings(late_s=_LATE_S)
    if number == RESTS:
        return Happenings(rests=((stops[0].index // 2, 660.0),))
    return Happenings()


def silence(van: SimulatedVan, number: int) -> TrueSpan | None:
    """Return the seconds of each trip in which a van has no network."""
    if number != SILENT:
        return None
    begun_s = route_of(van).stops[0].arrive_after_s * 0.4
    return TrueSpan(begun_s, begun_s + _SILENT_S)


@cache
def _journey(van: SimulatedVan, number: int, set_out: datetime) -> Journey:
    chance = random.Random(f"{SEED} {van.identifier} {set_out.isoformat()}")
    return lived(route_of(van), happenings(van, number), chance)


def journey_at(van: SimulatedVan, number: int, at: datetime) -> tuple[Journey, float]:
    """Return the journey that a van is on, or parked after, and the seconds since its start."""
    set_out = departures_of(van, number).before(at)
    set_out = set_out.replace(microsecond=0)
    return _journey(van, number, set_out), (at - set_out).total_seconds()
