"""Seeded drives with their truth, for judging: a plan, a van that follows it or does not."""

import math
import random
from bisect import bisect_right
from dataclasses import dataclass, field, replace
from itertools import pairwise

from geo.judgement.fixes import Fix, apart_m
from geo.judgement.line import LatLon, Line
from geo.judgement.plan import StopPlan, TripPlan, VanPlan, windowed
from ingest.gps.geodesy import bearing_deg, offset
from ingest.simulated.roads import GpsNoise, road

VAN = "018e0000-0000-7000-8000-000000000001"
TRIP = "018e0000-0000-7000-8000-0000000000aa"
ROUTE = "018e0000-0000-7000-8000-0000000000bb"
DAY = 1_773_874_800.0  # Thursday, 19 March 2026, 04:00 in Almaty
STARTS = DAY + 5 * 3600
BASE = (43.30235, 77.23811)
KM_H = 70.0


@dataclass
class Leg:
    """From ``begins`` to ``ends`` along ``points``; one point is a halt."""

    begins: float
    ends: float
    points: list[LatLon]
    along: list[float] = field(default_factory=list)


@dataclass
class Course:
    """Where the van truly is at any time, put together leg by leg."""

    at: float
    place: LatLon
    legs: list[Leg] = field(default_factory=list)

    def halt(self, seconds: float) -> "Course":
        self.legs.append(Leg(self.at, self.at + seconds, [self.place], [0.0]))
        self.at += seconds
        return self

    def drive(self, points: list[LatLon], km_h: float = KM_H) -> "Course":
        along = [0.0]
        for a, b in pairwise(points):
            along.append(along[-1] + apart_m(*a, *b))
        ends = self.at + along[-1] / (km_h / 3.6)
        self.legs.append(Leg(self.at, ends, points, along))
        self.at, self.place = ends, points[-1]
        return self

    def where(self, t: float) -> tuple[LatLon, float, float]:
        """Return place, km/h and course."""
        index = min(bisect_right([leg.ends for leg in self.legs], t), len(self.legs) - 1)
        leg = self.legs[index]
        if len(leg.points) == 1 or t >= leg.ends:
            return leg.points[-1], 0.0, 0.0
        metres = leg.along[-1] * (t - leg.begins) / (leg.ends - leg.begins)
        k = min(max(bisect_right(leg.along, metres), 1), len(leg.points) - 1)
        a, b = leg.points[k - 1], leg.points[k]
        span = leg.along[k] - leg.along[k - 1]
        share = (metres - leg.along[k - 1]) / span if span else 0.0
        place = (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share)
        return place, leg.along[-1] / (leg.ends - leg.begins) * 3.6, bearing_deg(*a, *b)


@dataclass
class Way:
    """A line with stops, as points and indices; the way back is a part of it where ``back``."""

    points: list[LatLon]
    stop_at: list[int]

    def part(self, first: int, last: int) -> list[LatLon]:
        return self.points[first : last + 1]


def way(seed: int, stops: int = 3, *, back: bool = True) -> Way:
    """Return a line from the base through villages 15 to 30 km apart, and home again."""
    chance = random.Random(seed)
    points, stop_at, place = [BASE], [], BASE
    turn = chance.uniform(0, 2 * math.pi)
    for _ in range(stops):
        turn += chance.uniform(-0.6, 0.6)
        metres = chance.uniform(15_000, 30_000)
        place = offset(*place, north_m=metres * math.cos(turn), east_m=metres * math.sin(turn))
        points += road(points[-1], place, chance)[1:]
        stop_at.append(len(points) - 1)
    if back:
        points += points[-2::-1]
    return Way(points, stop_at)


def trip_plan(
    along: Way, *, starts: float = STARTS, stay_s: float = 3600, trip_id: str = TRIP
) -> TripPlan:
    """Return the plan of a drive at ``KM_H`` with equal stays."""
    line = Line.of(along.points)
    at, before, stops = starts, 0.0, []
    for number, index in enumerate(along.stop_at, 1):
        at += (line.along_m[index] - before) / (KM_H / 3.6)
        before = line.along_m[index]
        stops.append(StopPlan(number, along.points[index], 150.0, before, at, at + stay_s, 900.0))
        at += stay_s
    ends = at + (line.length_m - before) / (KM_H / 3.6)
    return TripPlan(trip_id, ROUTE, line, 300.0, starts, ends, tuple(stops))


def van_plan(*trips: TripPlan, **other: object) -> VanPlan:
    return replace(VanPlan(VAN, windowed(trips), base=BASE), **other)  # type: ignore[arg-type]


def follow(along: Way, plan: TripPlan, begins: float = DAY + 4 * 3600) -> Course:
    """Return the course of a van that does as planned."""
    course = Course(begins, BASE).halt(plan.starts - begins)
    before = 0
    for stop, index in zip(plan.stops, along.stop_at, strict=True):
        course.drive(along.part(before, index)).halt(stop.departure - stop.arrival)
        before = index
    if before < len(along.points) - 1:
        course.drive(along.part(before, len(along.points) - 1))
    return course.halt(3600)


def report(
    course: Course, seed: int = 1, every_s: float = 30.0, *, outliers: float = 0.001
) -> list[Fix]:
    """Return what a tracker measures: correlated error, now and then far off."""
    chance = random.Random(f"{seed} report")
    noise = GpsNoise(chance, 5.0)
    fixes: list[Fix] = []
    t = course.legs[0].begins + chance.uniform(0, every_s)
    while t < course.at:
        place, km_h, turn = course.where(t)
        north, east = noise.after(every_s)
        if chance.random() < outliers:
            north, east = north + chance.gauss(0, 150), east + chance.gauss(0, 150)
        latitude, longitude = offset(*place, north_m=north, east_m=east)
        speed = max(0.0, km_h + chance.gauss(0, 0.5)) if km_h else 0.0
        fixes.append(Fix(round(t, 3), latitude, longitude, speed, turn, chance.uniform(3, 9)))
        t += every_s
    return fixes
