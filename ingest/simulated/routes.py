"""Planned routes between real places, where no road data is to be had; pure and seeded.

A route leads from its base through villages and back home on the same road. Its plan is what a
careful dispatcher would write: the nominal drive with a stay at each village.
"""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingest.gps.geodesy import distance_m, offset
from ingest.simulated.fleet import Waypoint
from ingest.simulated.roads import LatLon, append_leg, measured, road

NOMINAL_KM_H = 72.0
DRAWN_EVERY_M = 800.0  # between two clicks of somebody who draws a road on a map
MINUTE_S = 60


@dataclass(frozen=True, slots=True)
class PlannedStop:
    """A village of a route; ``arrive_after_s`` counts from the trip's planned start.

    ``progress_m`` is along the planned line, ``index`` of its point on the road.
    """

    name: str
    latitude: float
    longitude: float
    progress_m: float
    arrive_after_s: int
    stay_s: int
    served_after_s: int
    index: int


@dataclass(frozen=True, slots=True)
class SimulatedRoute:
    """There and back.

    Attributes:
        road: (latitude, longitude) as it is driven, with ``road_m`` metres along it at each.
        line: as it was planned; the road itself, or that as drawn by hand.
        stops: in order; the last is the base again.
        duration_s: from the planned start to the end of the stay at the last stop.
    """

    road: tuple[LatLon, ...]
    road_m: tuple[float, ...]
    line: tuple[LatLon, ...]
    stops: tuple[PlannedStop, ...]
    duration_s: int


def route_through(
    places: Sequence[Waypoint],
    chance: random.Random,
    *,
    stay_s: int = 3600,
    served_after_s: int = 900,
    drawn_error_m: float = 0.0,
) -> SimulatedRoute:
    """Return the route from the first place through the others and back.

    ``drawn_error_m``: the line was drawn by hand with clicks that far beside the road; 0 means
    that it was made from a driven track.

    Raises:
        ValueError: fewer than two places.
    """
    if len(places) < 2:
        raise ValueError("A route needs two places.")
    points: list[LatLon] = [(places[0].latitude, places[0].longitude)]
    indices: list[int] = []
    for a, b in pairwise((place.latitude, place.longitude) for place in places):
        points += road(a, b, chance)[1:]
        indices.append(len(points) - 1)
    points += points[-2::-1]
    indices.append(len(points) - 1)
    metres = measured(points)
    line, kept = _drawn(points, metres, indices, chance, drawn_error_m)
    line_m = dict(zip(kept, measured(line), strict=True))
    names = [*(place.name for place in places[1:]), places[0].name]
    stops: list[PlannedStop] = []
    times, driven = [0.0], [0.0]
    for name, index in zip(names, indices, strict=True):
        append_leg(times, driven, driven[-1], metres[index], NOMINAL_KM_H / 3.6)
        arrive_s = math.ceil(times[-1] / MINUTE_S) * MINUTE_S
        place = (name, *points[index], line_m[index])
        stops.append(PlannedStop(*place, arrive_s, stay_s, served_after_s, index))
        times.append(arrive_s + stay_s)
        driven.append(metres[index])
    duration_s = stops[-1].arrive_after_s + stay_s
    return SimulatedRoute(tuple(points), tuple(metres), tuple(line), tuple(stops), duration_s)


def _drawn(
    points: Sequence[LatLon],
    metres: Sequence[float],
    stops: Sequence[int],
    chance: random.Random,
    error_m: float,
) -> tuple[list[LatLon], list[int]]:
    """Return the planned line and which point of the road each of its points stands for.

    Both ways of a drawn line are the same clicks; stops are exact.
    """
    if error_m == 0:
        return list(points), list(range(len(points)))
    last = len(points) - 1
    kept, drawn = [0], [points[0]]
    for index in range(1, last // 2 + 1):
        if index in stops:
            drawn.append(points[index])
        elif metres[index] - metres[kept[-1]] >= DRAWN_EVERY_M:
            north_m, east_m = (chance.uniform(-error_m, error_m) for _ in "ne")
            drawn.append(offset(*points[index], north_m=north_m, east_m=east_m))
        else:
            continue
        kept.append(index)
    return drawn + drawn[-2::-1], kept + [last - index for index in kept[-2::-1]]


def nearby(
    places: Sequence[Waypoint], chance: random.Random, *, stops: int, reach_m: float = 60_000.0
) -> list[Waypoint]:
    """Return a base and ``stops`` of its neighbours (10–60 km), each nearest to the one before.

    Where a base has too few neighbours, villages are made up 10–40 km from the last stop.
    """
    base = chance.choice(list(places))
    near = [p for p in places if 10_000 <= _apart_m(base, p) <= reach_m]
    chance.shuffle(near)
    left = near[:stops]
    chosen = [base]
    while len(chosen) <= stops:
        last = chosen[-1]
        left = [place for place in left if _apart_m(last, place) >= 10_000]
        if left:
            following = min(left, key=lambda place: _apart_m(last, place))
            left.remove(following)
        else:
            turn, far_m = chance.uniform(0, math.tau), chance.uniform(10_000, 40_000)
            made_up = offset(
                last.latitude,
                last.longitude,
                north_m=far_m * math.cos(turn),
                east_m=far_m * math.sin(turn),
            )
            following = Waypoint(f"{base.name}-{len(chosen)}", *made_up)
        chosen.append(following)
    return chosen


def _apart_m(a: Waypoint, b: Waypoint) -> float:
    return distance_m(a.latitude, a.longitude, b.latitude, b.longitude)
