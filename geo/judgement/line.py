"""A route's line: how far a point is from it and how far along it; pure.

Its edges are at most 0.01° long, so that planar distances to it are exact to centimetres. A window
of progress is searched in plain Python, which for a dozen segments is faster than arrays; the
whole line is searched with them.
"""

import bisect
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np

from geo.judgement.fixes import DEGREE_M, apart_m
from geo.judgement.rules import SEARCH_M

_EDGE_DEG = 0.01
_AGAINST_M = 200.0  # a stretch that leads elsewhere than the van must be this much nearer
_FAR_SHARE = 0.03  # metres a metre of progress that a match is away from the expected one
_FAR_MOST_M = 100.0
LatLon = tuple[float, float]
Heading = tuple[float, float]  # north and east parts, any length


@dataclass(frozen=True, slots=True)
class Match:
    """Where a point is on the line; ``agrees``: the van heads where the line leads."""

    off_m: float
    along_m: float
    agrees: bool


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A polyline of at least two points (latitude, longitude); build it with ``Line.of``."""

    latitudes: list[float]
    longitudes: list[float]
    along_m: list[float]
    _arrays: tuple[Any, ...] = field(repr=False)

    @classmethod
    def of(cls, points: Sequence[LatLon], along_m: Sequence[float] | None = None) -> "Line":
        """Return the line through the points; one that is said twice counts once.

        ``along_m``: the progress at each point, where the line is a thinned one. Long edges are
        divided, since planar distances hold for short ones only.

        Raises:
            ValueError: fewer than two different points.
        """
        given = list(along_m) if along_m is not None else _progress(points)
        kept = list(zip(points, given, strict=True))[:1]
        for (a, from_m), (b, to_m) in pairwise(zip(points, given, strict=True)):
            parts = math.ceil(math.hypot(b[0] - a[0], b[1] - a[1]) / _EDGE_DEG)
            for part in range(1, parts + 1):
                share = part / parts
                at = (
                    b
                    if part == parts
                    else (_between(a[0], b[0], share), _between(a[1], b[1], share))
                )
                kept.append((at, _between(from_m, to_m, share)))
        if len(kept) < 2:
            raise ValueError("A line needs two different points.")
        latitudes, longitudes = [p[0] for p, _ in kept], [p[1] for p, _ in kept]
        along = [metres for _, metres in kept]
        arrays = (np.array(latitudes), np.array(longitudes), np.array(along))
        return cls(latitudes, longitudes, along, arrays)

    @property
    def length_m(self) -> float:
        return self.along_m[-1]

    def near(
        self, point: LatLon, expected_m: float, reach_m: float, heading: Heading | None
    ) -> Match:
        """Return the best match between ``SEARCH_M`` before ``expected_m`` and ``reach_m`` beyond.

        ``reach_m`` counts from ``expected_m``; ``heading`` tells the way out from the way back.
        """
        first = max(bisect.bisect_right(self.along_m, expected_m - SEARCH_M) - 1, 0)
        last = min(bisect.bisect_left(self.along_m, expected_m + reach_m), len(self.along_m) - 1)
        middle = bisect.bisect_right(self.along_m, expected_m, first, last)
        latitude, longitude = point
        east_m = DEGREE_M * math.cos(math.radians(latitude))
        latitudes, longitudes, along = self.latitudes, self.longitudes, self.along_m
        best, best_square = (math.inf, math.inf, 0.0, True), math.inf
        # From where it should be, outwards: then most of the others are too far at first sight.
        for index in (*range(middle - 1, max(last, first + 1)), *range(middle - 2, first - 1, -1)):
            if index < first:
                continue
            ay = (latitudes[index] - latitude) * DEGREE_M
            ax = (longitudes[index] - longitude) * east_m
            dy = (latitudes[index + 1] - latitude) * DEGREE_M - ay
            dx = (longitudes[index + 1] - longitude) * east_m - ax
            share = -(ay * dy + ax * dx) / (dy * dy + dx * dx)
            share = 0.0 if share < 0.0 else 1.0 if share > 1.0 else share
            y, x = ay + share * dy, ax + share * dx
            square = y * y + x * x
            if square >= best_square:
                continue
            off = math.sqrt(square)
            at = along[index] + share * (along[index + 1] - along[index])
            agrees = heading is None or heading[0] * dy + heading[1] * dx >= 0.0
            cost = off + min(abs(at - expected_m) * _FAR_SHARE, _FAR_MOST_M)
            if not agrees:
                cost += _AGAINST_M
            if cost < best[0]:
                best, best_square = (cost, off, at, agrees), cost * cost
        return Match(best[1], best[2], best[3])

    def anywhere(self, point: LatLon, expected_m: float, heading: Heading | None) -> Match:
        """Return the best match on the whole line."""
        latitudes, longitudes, along = self._arrays
        y = (latitudes - point[0]) * DEGREE_M
        x = (longitudes - point[1]) * (DEGREE_M * math.cos(math.radians(point[0])))
        dy, dx = np.diff(y), np.diff(x)
        share = np.clip(-(y[:-1] * dy + x[:-1] * dx) / (dy * dy + dx * dx), 0.0, 1.0)
        off = np.hypot(y[:-1] + share * dy, x[:-1] + share * dx)
        at = along[:-1] + share * np.diff(along)
        cost = off + np.minimum(np.abs(at - expected_m) * _FAR_SHARE, _FAR_MOST_M)
        against = (
            np.zeros(len(off), dtype=bool)
            if heading is None
            else heading[0] * dy + heading[1] * dx < 0.0
        )
        index = int(np.argmin(cost + against * _AGAINST_M))
        return Match(float(off[index]), float(at[index]), not bool(against[index]))


def _progress(points: Sequence[LatLon]) -> list[float]:
    metres = [0.0]
    for a, b in pairwise(points):
        metres.append(metres[-1] + apart_m(*a, *b))
    return metres[: len(points)]


def _between(a: float, b: float, share: float) -> float:
    return a + (b - a) * share
