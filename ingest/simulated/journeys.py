"""One drive of a planned route as it happened, and the truth about it; pure.

The truth is geometry and time, known without any receiver: what a judge of fixes should find.
"""

import bisect
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from ingest.gps.geodesy import bearing_deg, distance_m, offset
from ingest.simulated.roads import Drive, LatLon, Motion, append_leg, measured
from ingest.simulated.routes import SimulatedRoute
from ingest.simulated.sides import distance_m_to, segments_around, sideways, towards

STOP_RADIUS_M = 150.0
CORRIDOR_M = 300.0
_LOOK_EVERY_S = 5
_VARIES = 0.03  # of the cruising speed, from leg to leg
_TOWED_AFTER_S, _TOWED_M, _TOWED_KM_H = 300.0, 4000.0, 40.0


@dataclass(frozen=True, slots=True)
class Detour:
    """Between two points of the road (by index) the van drives up to ``off_m`` beside it."""

    from_index: int
    until_index: int
    off_m: float


@dataclass(frozen=True, slots=True)
class Happenings:
    """What goes otherwise than planned.

    Attributes:
        late_s: it sets out so much later.
        detour: where it leaves the route.
        turn_back: at this index it drives back ``turn_back_m``, then goes on.
        rests: unplanned stops: index of the road and seconds.
        skipped: sequences (from 1) of stops that it drives through.
        towed: somebody takes it away from its base afterwards, its ignition off.
    """

    late_s: float = 0.0
    detour: Detour | None = None
    turn_back: int | None = None
    turn_back_m: float = 5000.0
    rests: tuple[tuple[int, float], ...] = ()
    skipped: frozenset[int] = frozenset()
    towed: bool = False


@dataclass(frozen=True, slots=True)
class TrueVisit:
    """Seconds from the planned start when the van came into the radius of a stop and left it."""

    sequence: int
    arrived_s: float
    departed_s: float
    stayed: bool  # False: it only drove through


@dataclass(frozen=True, slots=True)
class TrueSpan:
    """Seconds from the planned start of something that lasted."""

    from_s: float
    until_s: float


@dataclass(frozen=True, slots=True)
class Journey:
    """Where the van was at each second from the planned start, and what is true of it.

    Attributes:
        drive: the path as driven; its times count from when the van set out.
        late_s: when that was.
        visits: of every stop that it came to.
        deviation: the longest stretch farther than the corridor from the planned line.
        wrong_way: from the turn until it was back where it had turned.
        rests: unplanned stops.
        tow: how it was taken away after its end; None: it stayed.
    """

    drive: Drive
    late_s: float
    visits: tuple[TrueVisit, ...]
    deviation: TrueSpan | None = None
    wrong_way: TrueSpan | None = None
    rests: tuple[TrueSpan, ...] = ()
    tow: Drive | None = None

    def when(self, metres: float) -> float:
        """Return the first second at which the van had driven so far."""
        along, times = self.drive.along_m, self.drive.times_s
        place = min(max(bisect.bisect_left(along, metres), 1), len(along) - 1)
        span = along[place] - along[place - 1]
        share = min(max((metres - along[place - 1]) / span, 0.0), 1.0) if span else 1.0
        return self.late_s + times[place - 1] + (times[place] - times[place - 1]) * share

    @property
    def ends_s(self) -> float:
        return self.late_s + self.drive.period_s

    @property
    def towed(self) -> TrueSpan | None:
        if self.tow is None:
            return None
        begins_s = self.ends_s + _TOWED_AFTER_S
        return TrueSpan(begins_s, begins_s + self.tow.period_s)

    @property
    def over_s(self) -> float:
        """Return when it stands for good."""
        return self.ends_s if self.towed is None else self.towed.until_s

    def at(self, seconds: float) -> Motion:
        """Return the motion; before the start and after the end the van is parked."""
        if self.tow is not None and self.towed is not None and seconds >= self.towed.from_s:
            since_s = min(seconds - self.towed.from_s, self.tow.period_s - 1e-3)
            motion = self.tow.at(since_s)
            return motion if seconds < self.towed.until_s else replace(motion, speed_km_h=0.0)
        motion = self.drive.at(min(max(seconds - self.late_s, 0.0), self.drive.period_s - 1e-3))
        return motion if self.late_s < seconds < self.ends_s else replace(motion, speed_km_h=0.0)


@dataclass(slots=True)
class _Path:
    """The road as driven: its points, and where each point of the planned road went."""

    points: list[LatLon]
    index: list[int]


def lived(route: SimulatedRoute, happened: Happenings, chance: random.Random) -> Journey:
    """Return the journey of a route under these happenings."""
    path = _Path(list(route.road), list(range(len(route.road))))
    if happened.detour is not None:
        _leave(path, happened.detour)
    turned: tuple[int, int] | None = None
    if happened.turn_back is not None:
        turned = _turn_back(path, happened.turn_back, happened.turn_back_m)
    metres = measured(path.points)
    times, along = [0.0], [0.0]
    rests: list[TrueSpan] = []
    for index, sequence, stay_s in _halts(route, happened):
        cruise = (72.0 / 3.6) * chance.uniform(1 - _VARIES, 1 + _VARIES)
        append_leg(times, along, along[-1], metres[path.index[index]], cruise)
        came_s = times[-1]
        if sequence:
            # A crew keeps to its plan: it leaves at the planned minute, or after the whole stay.
            stop = route.stops[sequence - 1]
            planned_s = stop.arrive_after_s + stop.stay_s - happened.late_s
            stay_s = max(stay_s * 0.8, planned_s - came_s)
        else:
            rests.append(TrueSpan(came_s + happened.late_s, came_s + stay_s + happened.late_s))
        times.append(came_s + stay_s)
        along.append(along[-1])
    drive = Drive(tuple(path.points), tuple(metres), tuple(times), tuple(along))
    journey = Journey(drive, happened.late_s, (), rests=tuple(rests))
    back = None if turned is None else TrueSpan(*(journey.when(metres[i]) for i in turned))
    return replace(
        journey,
        visits=tuple(_visits(journey, route, happened.skipped, [metres[i] for i in path.index])),
        deviation=_deviation(journey, route, path, happened.detour),
        wrong_way=back,
        tow=_tow(route) if happened.towed else None,
    )


def _tow(route: SimulatedRoute) -> Drive:
    metres = measured(route.road)
    last = bisect.bisect_left(metres, _TOWED_M)
    times, along = [0.0], [0.0]
    append_leg(times, along, 0.0, metres[last], _TOWED_KM_H / 3.6)
    points = tuple(route.road[: last + 1])
    return Drive(points, tuple(metres[: last + 1]), tuple(times), tuple(along))


def _halts(route: SimulatedRoute, happened: Happenings) -> list[tuple[int, int, float]]:
    """Return (index of the road, sequence or 0, seconds) of every halt, in order."""
    halts = [(index, 0, float(stay_s)) for index, stay_s in happened.rests]
    for sequence, stop in enumerate(route.stops, 1):
        if sequence not in happened.skipped:
            halts.append((stop.index, sequence, float(stop.stay_s)))
    return sorted(halts)


def _leave(path: _Path, detour: Detour) -> None:
    first, last = detour.from_index, detour.until_index
    middle = measured(path.points[first : last + 1])
    across = bearing_deg(*path.points[first], *path.points[last]) + 90
    for place, metres in enumerate(middle):
        off_m = sideways(metres, middle[-1], detour.off_m)
        north_m, east_m = towards(across, off_m)
        path.points[first + place] = offset(
            *path.points[first + place], north_m=north_m, east_m=east_m
        )


def _turn_back(path: _Path, index: int, by_m: float) -> tuple[int, int]:
    """Insert a way back and forth again; return where it begins and ends in the new path."""
    at = path.index[index]
    first = at
    while first > 0 and distance_m(*path.points[first], *path.points[at]) < by_m:
        first -= 1
    inserted = path.points[first:at][::-1] + path.points[first + 1 : at + 1]
    path.points[at + 1 : at + 1] = inserted
    path.index = [old + len(inserted) if old > at else old for old in path.index]
    return at, at + len(inserted)


def _visits(
    journey: Journey, route: SimulatedRoute, skipped: frozenset[int], metres: Sequence[float]
) -> Iterator[TrueVisit]:
    for sequence, stop in enumerate(route.stops, 1):
        at_m = metres[stop.index]
        last = sequence == len(route.stops)
        arrived_s = journey.when(at_m - STOP_RADIUS_M)
        departed_s = journey.ends_s if last else journey.when(at_m + STOP_RADIUS_M)
        yield TrueVisit(sequence, arrived_s, departed_s, sequence not in skipped)


def _deviation(
    journey: Journey, route: SimulatedRoute, path: _Path, detour: Detour | None
) -> TrueSpan | None:
    if detour is None:
        return None
    ends = [path.index[index] for index in (detour.from_index, detour.until_index)]
    begun_s, back_s = (round(journey.when(journey.drive.road_m[end])) for end in ends)
    # Another leg of the same route may pass where this one was left: that is no deviation.
    left, back = (route.road[index] for index in (detour.from_index, detour.until_index))
    near = segments_around(route.line, left, back, detour.off_m + CORRIDOR_M)

    def beyond(second: int) -> bool:
        motion = journey.at(second)
        return distance_m_to((motion.latitude, motion.longitude), near) > CORRIDOR_M

    # A detour may cross its own road again; the deviation is the longest stretch that does not.
    runs = [
        list(run) for out, run in groupby(range(begun_s, back_s, _LOOK_EVERY_S), key=beyond) if out
    ]
    if not runs:
        return None
    longest = max(runs, key=len)
    first = next(s for s in range(longest[0] - _LOOK_EVERY_S, longest[0] + 1) if beyond(s))
    last = next(s for s in range(longest[-1] + _LOOK_EVERY_S, longest[-1] - 1, -1) if beyond(s))
    return TrueSpan(first, last)
