"""A route from a track that a van drove: its simplified line, and the places it stayed at; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from geo.plans.lines import LatLon, simplified
from ingest.gps.geodesy import distance_m
from models.kit.errors import InvalidInput

TOLERANCE_M = 15.0
STAY_M = 80.0
STAY_AT_LEAST = timedelta(minutes=5)
APART_M = 25.0  # nearer fixes are the receiver's error, not a road
GAP_M = 3000.0
SHORTEST_M = 1000.0
CORRIDOR_M = 150.0


@dataclass(frozen=True, slots=True)
class Driven:
    """A good fix."""

    at: datetime
    place: LatLon


@dataclass(frozen=True, slots=True)
class Stay:
    """A van stood here."""

    place: LatLon
    since: datetime
    until: datetime


def stays(track: Sequence[Driven]) -> list[Stay]:
    """Return where the van stayed within STAY_M for STAY_AT_LEAST, in order."""
    found = []
    first = 0
    while first < len(track):
        last = first
        while (
            last + 1 < len(track)
            and distance_m(*track[first].place, *track[last + 1].place) <= STAY_M
        ):
            last += 1
        if track[last].at - track[first].at >= STAY_AT_LEAST:
            middle = track[(first + last) // 2].place
            found.append(Stay(middle, track[first].at, track[last].at))
            first = last + 1
        else:
            first += 1
    return found


def line_of_track(track: Sequence[Driven]) -> tuple[list[LatLon], list[str]]:
    """Return the line that was driven and remarks; standing about makes no knots in it.

    Raises:
        InvalidInput: the van hardly moved.
    """
    kept: list[LatLon] = []
    for fix in track:
        if not kept or distance_m(*kept[-1], *fix.place) >= APART_M:
            kept.append(fix.place)
    if sum(distance_m(*a, *b) for a, b in pairwise(kept)) < SHORTEST_M:
        raise InvalidInput(
            "The van drove less than a kilometre then; choose a span in which it drove the route",
            field="from",
        )
    gaps = any(distance_m(*a, *b) > GAP_M for a, b in pairwise(kept))
    return simplified(kept, TOLERANCE_M), ["gaps"] if gaps else []
