"""Plausible roads and drives where no road data is to be had; pure and seeded.

A road is bent by midpoint displacement between real places. A drive is a function of time.
"""

import bisect
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingest.gps.geodesy import bearing_deg, distance_m, offset

POINT_EVERY_M = 200.0
BEND = 0.04  # of a leg, at most
STEP_M = 25.0
ACCELERATION_M_S2 = 1.0
SETTLEMENT_M = 1500.0
CREEP_M_S = 1.5
LatLon = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Motion:
    """Where a van is and how it moves; speed in km/h, course in degrees from north."""

    latitude: float
    longitude: float
    speed_km_h: float
    course_deg: float


@dataclass(frozen=True, slots=True)
class Drive:
    """Where along a road a van is at each time of a period.

    Attributes:
        road: points of the road, with ``road_m`` metres along it at each.
        times_s, along_m: breakpoints, both as long as each other.
    """

    road: tuple[LatLon, ...]
    road_m: tuple[float, ...]
    times_s: tuple[float, ...]
    along_m: tuple[float, ...]

    @property
    def period_s(self) -> float:
        return self.times_s[-1]

    def at(self, seconds: float) -> Motion:
        """Return the motion at a time of the period."""
        index = min(bisect.bisect_right(self.times_s, seconds), len(self.times_s) - 1)
        start_s, end_s = self.times_s[index - 1], self.times_s[index]
        start_m, end_m = self.along_m[index - 1], self.along_m[index]
        share = (seconds - start_s) / (end_s - start_s) if end_s > start_s else 0.0
        along = start_m + (end_m - start_m) * share
        speed = abs(end_m - start_m) / (end_s - start_s) * 3.6 if end_s > start_s else 0.0
        latitude, longitude, course = self._place(along)
        back = 180.0 if end_m < start_m else 0.0
        return Motion(latitude, longitude, speed, (course + back) % 360)

    def _place(self, along: float) -> tuple[float, float, float]:
        index = min(max(bisect.bisect_right(self.road_m, along), 1), len(self.road) - 1)
        a, b = self.road[index - 1], self.road[index]
        span = self.road_m[index] - self.road_m[index - 1]
        share = min(max((along - self.road_m[index - 1]) / span, 0.0), 1.0) if span else 0.0
        latitude = a[0] + (b[0] - a[0]) * share
        longitude = a[1] + (b[1] - a[1]) * share
        return latitude, longitude, bearing_deg(*a, *b)


def road(start: LatLon, end: LatLon, chance: random.Random) -> list[LatLon]:
    """Return a bent line from ``start`` to ``end`` with a point at least every 200 m."""
    points = [start, end]
    reach = BEND
    while distance_m(*points[0], *points[1]) > POINT_EVERY_M:
        bent = [points[0]]
        for a, b in pairwise(points):
            side = chance.uniform(-reach, reach) * distance_m(*a, *b)
            turn = math.radians(bearing_deg(*a, *b) + 90)
            middle = ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)
            moved = offset(*middle, north_m=side * math.cos(turn), east_m=side * math.sin(turn))
            bent += [moved, b]
        points = bent
        reach *= 0.9
    return points


def measured(points: Sequence[LatLon]) -> list[float]:
    """Return metres along a line at each of its points."""
    along = [0.0]
    for a, b in pairwise(points):
        along.append(along[-1] + distance_m(*a, *b))
    return along


def append_leg(
    times: list[float], metres: list[float], start_m: float, end_m: float, cruise_m_s: float
) -> None:
    """Go on from the last breakpoint to ``end_m``, with ramps and slowly near both ends."""
    length = abs(end_m - start_m)
    steps = max(1, round(length / STEP_M))
    town = min(cruise_m_s, 35 / 3.6)
    for step in range(1, steps + 1):
        middle = (step - 0.5) / steps * length
        to_stop = min(middle, length - middle)
        ramp = CREEP_M_S + math.sqrt(2 * ACCELERATION_M_S2 * to_stop)
        # Leaving a settlement is not instant either: the limit grows with the same ramp.
        limit = town + math.sqrt(2 * ACCELERATION_M_S2 * max(0.0, to_stop - SETTLEMENT_M))
        speed = min(cruise_m_s, ramp, limit)
        times.append(times[-1] + length / steps / speed)
        metres.append(start_m + (end_m - start_m) * step / steps)


class GpsNoise:
    """Correlated error of a receiver: first-order, metres, with its own memory."""

    def __init__(self, chance: random.Random, error_m: float = 4.0, memory_s: float = 60.0) -> None:
        self._chance = chance
        self._error_m = error_m
        self._memory_s = memory_s
        self._north_m = chance.gauss(0, error_m)
        self._east_m = chance.gauss(0, error_m)

    def after(self, seconds: float) -> tuple[float, float]:
        """Return the error (north, east) in metres some time after the last call."""
        kept = math.exp(-max(seconds, 0.0) / self._memory_s)
        fresh = self._error_m * math.sqrt(1 - kept * kept)
        self._north_m = self._north_m * kept + self._chance.gauss(0, fresh)
        self._east_m = self._east_m * kept + self._chance.gauss(0, fresh)
        return self._north_m, self._east_m
