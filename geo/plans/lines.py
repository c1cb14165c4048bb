"""Lines of routes: kept dense, measured in metres, with places found along them; pure.

Points are (latitude, longitude). Edges of at most 0.01° make a straight line on the map and the
shortest way on the ground the same within centimetres.
"""

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ingest.gps.geodesy import EARTH_RADIUS_M, distance_m

EDGE_DEG = 0.01
SAME_PLACE_M = 50.0  # of two passes of a place this much apart, the earlier one is meant
LatLon = tuple[float, float]


def densified(points: Sequence[LatLon], edge_deg: float = EDGE_DEG) -> list[LatLon]:
    """Return the line without repeated points and with no edge longer than ``edge_deg``."""
    dense = list(points[:1])
    for (a_lat, a_lon), (b_lat, b_lon) in pairwise(points):
        parts = math.ceil(math.hypot(b_lat - a_lat, b_lon - a_lon) / edge_deg)
        dense += [
            (a_lat + (b_lat - a_lat) * part / parts, a_lon + (b_lon - a_lon) * part / parts)
            for part in range(1, parts)
        ]
        if parts:
            dense.append((b_lat, b_lon))
    return dense


def along_m(points: Sequence[LatLon]) -> list[float]:
    """Return the metres along the line at each of its points."""
    metres = [0.0]
    for a, b in pairwise(points):
        metres.append(metres[-1] + distance_m(*a, *b))
    return metres


def _flat(points: Sequence[LatLon], around: LatLon) -> NDArray[np.float64]:
    """Return metres east and north of ``around``."""
    degrees = np.asarray(points, dtype=np.float64)
    north = np.radians(degrees[:, 0] - around[0]) * EARTH_RADIUS_M
    east = (
        np.radians(degrees[:, 1] - around[1]) * EARTH_RADIUS_M * math.cos(math.radians(around[0]))
    )
    return np.column_stack((east, north))


def place_on(
    points: Sequence[LatLon], metres: Sequence[float], place: LatLon, after_m: float = 0.0
) -> tuple[float, float]:
    """Return where a line of two points or more passes a place: (metres along it, metres off it).

    A road driven there and back passes twice. The first pass from ``after_m`` on is meant, unless
    a later one is nearer by more than SAME_PLACE_M.
    """
    flat = _flat(points, place)
    start, edge = flat[:-1], np.diff(flat, axis=0)
    along = np.asarray(metres, dtype=np.float64)
    lengths = np.diff(along)
    squares = np.maximum((edge**2).sum(axis=1), 1e-12)
    share = np.clip(-(start * edge).sum(axis=1) / squares, 0.0, 1.0)
    # What lies before after_m is not looked at, also on the edge that after_m is on.
    least = np.where(lengths > 0, (after_m - along[:-1]) / np.maximum(lengths, 1e-9), 0.0)
    share = np.maximum(share, np.clip(least, 0.0, 1.0))
    off = np.hypot(*(start + edge * share[:, None]).T)
    off[least > 1.0] = np.inf
    if not np.isfinite(off).any():
        return metres[-1], float(distance_m(*points[-1], *place))
    near = np.flatnonzero(off <= off.min() + SAME_PLACE_M)
    # The first run of near edges is the first pass; its nearest edge is where the place lies.
    run = near[: 1 + int(np.argmax(np.append(np.diff(near) > 1, [True])))]
    best = int(run[np.argmin(off[run])])
    return float(along[best] + lengths[best] * share[best]), float(off[best])


def simplified(points: Sequence[LatLon], tolerance_m: float) -> list[LatLon]:
    """Return the points that a line needs to stay within ``tolerance_m`` of the given one.

    Douglas and Peucker's way, with a stack of its own: a day's track is thousands of points deep.
    """
    if len(points) < 3:
        return list(points)
    flat = _flat(points, points[0])
    kept = np.zeros(len(points), dtype=bool)
    kept[[0, -1]] = True
    spans = [(0, len(points) - 1)]
    while spans:
        first, last = spans.pop()
        if last - first < 2:
            continue
        start, edge = flat[first], flat[last] - flat[first]
        inner = flat[first + 1 : last] - start
        square = float(edge @ edge)
        share = np.clip(inner @ edge / square, 0.0, 1.0) if square else np.zeros(len(inner))
        off = np.hypot(*(inner - share[:, None] * edge).T)
        worst = int(np.argmax(off))
        if off[worst] > tolerance_m:
            kept[first + 1 + worst] = True
            spans += [(first, first + 1 + worst), (first + 1 + worst, last)]
    return [point for point, keep in zip(points, kept, strict=True) if keep]
