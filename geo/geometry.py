"""Tracks as lines: direction, length, thinning; pure."""

from collections.abc import Sequence
from itertools import pairwise

from ingest.gps.geodesy import bearing_deg, distance_m, offset

__all__ = ["bearing_deg", "distance_m", "length_m", "offset", "thinned"]

LatLon = tuple[float, float]


def length_m(points: Sequence[LatLon]) -> float:
    """Return metres along (latitude, longitude) points."""
    return sum(distance_m(*a, *b) for a, b in pairwise(points))


def thinned(points: Sequence[LatLon], apart_m: float) -> list[int]:
    """Return indices to keep so that kept points are at least ``apart_m`` apart; ends are kept."""
    if not points:
        return []
    kept = [0]
    for index in range(1, len(points) - 1):
        if distance_m(*points[kept[-1]], *points[index]) >= apart_m:
            kept.append(index)
    if len(points) > 1:
        kept.append(len(points) - 1)
    return kept
