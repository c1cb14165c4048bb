"""How far beside a line something is, on the small plane around it; pure."""

import math
from collections.abc import Sequence
from itertools import pairwise

from ingest.gps.geodesy import EARTH_RADIUS_M, distance_m
from ingest.simulated.roads import LatLon

_UNDER = math.tan(math.radians(30))  # the angle under which a road leaves another


def sideways(metres: float, length_m: float, off_m: float) -> float:
    """Return how far beside its road a detour is: it leaves and comes back under 30°."""
    return min(off_m, metres * _UNDER, max(length_m - metres, 0.0) * _UNDER)


def towards(bearing: float, metres: float) -> tuple[float, float]:
    """Return (north, east) metres of a way in a direction in degrees."""
    return metres * math.cos(math.radians(bearing)), metres * math.sin(math.radians(bearing))


def segments_around(
    line: Sequence[LatLon], a: LatLon, b: LatLon, beside_m: float
) -> list[tuple[LatLon, LatLon]]:
    """Return the segments of a line in the box around a and b that reaches far enough."""
    span_deg = math.degrees((distance_m(*a, *b) + beside_m) / EARTH_RADIUS_M)
    south, north = min(a[0], b[0]) - span_deg, max(a[0], b[0]) + span_deg
    aside_deg = span_deg / math.cos(math.radians(max(abs(south), abs(north))))
    west, east = min(a[1], b[1]) - aside_deg, max(a[1], b[1]) + aside_deg
    return [
        (p, q)
        for p, q in pairwise(line)
        if (south <= p[0] <= north and west <= p[1] <= east)
        or (south <= q[0] <= north and west <= q[1] <= east)
    ]


def distance_to_line_m(place: LatLon, line: Sequence[LatLon]) -> float:
    """Return metres from a place to a line of at least two points near it."""
    return distance_m_to(place, list(pairwise(line)))


def distance_m_to(place: LatLon, segments: Sequence[tuple[LatLon, LatLon]]) -> float:
    """Return metres from a place to the nearest of some segments."""
    shrink = math.cos(math.radians(place[0]))
    scale = math.radians(1) * EARTH_RADIUS_M

    def flat(point: LatLon) -> tuple[float, float]:
        return (point[1] - place[1]) * shrink * scale, (point[0] - place[0]) * scale

    return min(_to_segment(flat(a), flat(b)) for a, b in segments)


def _to_segment(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Return the distance of the origin to a segment."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    square = dx * dx + dy * dy
    share = 0.0 if square == 0 else min(1.0, max(0.0, -(a[0] * dx + a[1] * dy) / square))
    return math.hypot(a[0] + share * dx, a[1] + share * dy)
