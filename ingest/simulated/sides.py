"""How far beside a line something is, on the small plane around it; pure."""

import math
from collections.abc import Sequence
from itertools import pairwise

from ingest.gps.geodesy import EARTH_RADIUS_M
from ingest.simulated.roads import LatLon

_UNDER = math.tan(math.radians(30))  # the angle under which a road leaves another


def sideways(metres: float, length_m: float, off_m: float) -> float:
    """Return how far beside its road a detour is: it leaves and comes back under 30°."""
    return min(off_m, metres * _UNDER, max(length_m - metres, 0.0) * _UNDER)


def towards(bearing: float, metres: float) -> tuple[float, float]:
    """Return (north, east) metres of a way in a direction in degrees."""
    return metres * math.cos(math.radians(bearing)), metres * math.sin(math.radians(bearing))


def distance_to_line_m(place: LatLon, line: Sequence[LatLon]) -> float:
    """Return metres from a place to a line of at least two points near it."""
    shrink = math.cos(math.radians(place[0]))
    scale = math.radians(1) * EARTH_RADIUS_M

    def flat(point: LatLon) -> tuple[float, float]:
        return (point[1] - place[1]) * shrink * scale, (point[0] - place[0]) * scale

    return min(_to_segment(flat(a), flat(b)) for a, b in pairwise(line))


def _to_segment(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Return the distance of the origin to a segment."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    square = dx * dx + dy * dy
    share = 0.0 if square == 0 else min(1.0, max(0.0, -(a[0] * dx + a[1] * dy) / square))
    return math.hypot(a[0] + share * dx, a[1] + share * dy)
