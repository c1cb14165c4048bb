"""What a van is meant to do and to obey, as judgement needs it; times are Unix seconds."""

import bisect
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from geo.judgement.line import LatLon, Line
from geo.judgement.rules import (
    EARLY_S,
    LATE_S,
    LOST_S,
    NO_PROGRESS_S,
    OFF_ROUTE_S,
    STAY_S,
    TRIP_CLOSES_S,
    TRIP_OPENS_S,
)

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Hours:
    """Weekly hours; ``weekdays`` 1 = Monday … 7. Where they end before they begin it is night."""

    weekdays: frozenset[int]
    begins: time
    ends: time
    time_zone: str = "Asia/Almaty"

    def around(self, t: float) -> tuple[bool, float]:
        """Return whether ``t`` is within the hours, and when that changes next (or a look is due).

        The second is at most two days on, and always later than ``t``.
        """
        zone = ZoneInfo(self.time_zone)
        today = datetime.fromtimestamp(t, UTC).astimezone(zone).date()
        edges: list[tuple[float, float]] = []
        for day in (today - _DAY, today, today + _DAY):
            if day.isoweekday() not in self.weekdays:
                continue
            until = day if self.begins < self.ends else day + _DAY
            edges.append(
                (
                    datetime.combine(day, self.begins, zone).timestamp(),
                    datetime.combine(until, self.ends, zone).timestamp(),
                )
            )
        for begins, ends in edges:
            if begins <= t < ends:
                return True, ends
        later = [begins for begins, _ in edges if begins > t]
        midnight = datetime.combine(today + _DAY, time(0), zone).timestamp()
        return False, min([*later, midnight])


WORKING_HOURS = Hours(frozenset({1, 2, 3, 4, 5, 6}), time(7), time(21))


@dataclass(frozen=True, slots=True)
class Rules:
    """The numbers that a fleet or a van may have of its own; the product's reasons: ``rules.py``.

    Attributes:
        working_hours: who moves a van outside of them and of its trips does so without leave.
        late_s, early_s: from when on a van is told to be late at a stop, or early.
        off_route_s: how long it has to be off its route.
        stay_s: a stop that nobody planned.
        no_progress_s: driving without getting on.
        lost_s: silence, at least; three report intervals where those are longer.
    """

    working_hours: Hours = WORKING_HOURS
    late_s: float = LATE_S
    early_s: float = EARLY_S
    off_route_s: float = OFF_ROUTE_S
    stay_s: float = STAY_S
    no_progress_s: float = NO_PROGRESS_S
    lost_s: float = LOST_S


RULES = Rules()


@dataclass(frozen=True, slots=True)
class StopPlan:
    """A stop of a trip; ``along_m`` is its progress on the route's line."""

    sequence: int
    place: LatLon
    radius_m: float
    along_m: float
    arrival: float
    departure: float
    served_after_s: float


@dataclass(frozen=True, slots=True)
class TripPlan:
    """A trip as planned. It is judged from ``opens`` on until ``closes``."""

    id: str
    route_id: str
    line: Line
    corridor_m: float
    starts: float
    ends: float
    stops: tuple[StopPlan, ...]
    version: int = 1
    opens: float = 0.0
    closes: float = 0.0


@dataclass(frozen=True, slots=True)
class FencePlan:
    """An area; ``hours`` None means always. See models.plan.Geofence."""

    id: str
    ring: tuple[LatLon, ...]
    rule: str
    buffer_m: float
    hold_s: float
    hours: Hours | None


@dataclass(frozen=True, slots=True)
class VanPlan:
    """Everything that a van is judged by; ``trips`` in order, made by ``windowed``."""

    vehicle_id: str
    trips: tuple[TripPlan, ...] = ()
    fences: tuple[FencePlan, ...] = ()
    base: LatLon | None = None
    base_radius_m: float = 300.0
    report_interval_s: float = 30.0
    stop_interval_s: float = 3600.0
    speed_limit_km_h: float = 110.0
    rules: Rules = RULES
    dead_cells: frozenset[str] = field(default=frozenset())
    dead_for_s: dict[str, float] = field(default_factory=dict)  # longest silence by cell

    def trip_at(self, t: float) -> TripPlan | None:
        """Return the trip that is judged at this time."""
        index = bisect.bisect_right(self.trips, t, key=lambda trip: trip.opens) - 1
        if index >= 0 and t < self.trips[index].closes:
            return self.trips[index]
        return None


def windowed(trips: Sequence[TripPlan]) -> tuple[TripPlan, ...]:
    """Return trips in order with the times that each is judged in: one trip at a time."""
    ordered = sorted(trips, key=lambda trip: (trip.starts, trip.id))
    done: list[TripPlan] = []
    for index, trip in enumerate(ordered):
        closes = trip.ends + TRIP_CLOSES_S
        if index + 1 < len(ordered):
            closes = min(closes, max(trip.ends, ordered[index + 1].starts))
        opens = trip.starts - TRIP_OPENS_S
        if done:
            opens = max(opens, done[-1].closes)
        done.append(_with_window(trip, opens, max(closes, opens)))
    return tuple(done)


def _with_window(trip: TripPlan, opens: float, closes: float) -> TripPlan:
    return TripPlan(
        trip.id,
        trip.route_id,
        trip.line,
        trip.corridor_m,
        trip.starts,
        trip.ends,
        trip.stops,
        trip.version,
        opens,
        closes,
    )
