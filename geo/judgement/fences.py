"""Fences with hysteresis in space (a buffer outside) and in time (a hold), and with hours."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

from geo.judgement.facts import Book, MovementKind
from geo.judgement.fixes import DEGREE_M, Fix
from geo.judgement.keeping import Kept
from geo.judgement.line import LatLon
from geo.judgement.plan import FencePlan

Spot = Sequence[float]


def inside(point: LatLon, ring: Sequence[LatLon]) -> bool:
    """Return whether a point is in a closed ring, by crossings to the east."""
    y, x = point
    found = False
    for (ay, ax), (by, bx) in pairwise(ring):
        if (ay > y) != (by > y) and x < ax + (y - ay) / (by - ay) * (bx - ax):
            found = not found
    return found


def edge_m(point: LatLon, ring: Sequence[LatLon]) -> float:
    """Return metres from a point to the nearest edge of a ring."""
    east = DEGREE_M * math.cos(math.radians(point[0]))
    nearest = math.inf
    for (ay, ax), (by, bx) in pairwise(ring):
        ny, nx = (ay - point[0]) * DEGREE_M, (ax - point[1]) * east
        dy, dx = (by - ay) * DEGREE_M, (bx - ax) * east
        length = dy * dy + dx * dx
        share = 0.0 if length == 0 else min(max(-(ny * dy + nx * dx) / length, 0.0), 1.0)
        nearest = min(nearest, math.hypot(ny + share * dy, nx + share * dx))
    return nearest


@dataclass(slots=True)
class Fence(Kept):
    """One fence of one van. ``within`` is None until the first fix tells.

    ``said`` is what the fence's rule watches for while its hours are on: being outside of a fence
    to stay in, being inside of any other.
    """

    KEPT: ClassVar[tuple[str, ...]] = ("within", "turned", "since", "last", "said", "on", "due")
    book: Book
    plan: FencePlan
    within: bool | None = None
    turned: Spot | None = None  # the first fix on the other side
    since: Spot | None = None  # since when it is on this side
    last: Spot | None = None
    said: str | None = None
    on: bool = True
    due: float | None = None  # when the hours turn
    box: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)

    def __post_init__(self) -> None:
        ring = self.plan.ring
        margin = self.plan.buffer_m / DEGREE_M
        wide = margin / max(math.cos(math.radians(ring[0][0])), 0.01)
        self.box = (
            min(p[0] for p in ring) - margin,
            min(p[1] for p in ring) - wide,
            max(p[0] for p in ring) + margin,
            max(p[1] for p in ring) + wide,
        )

    def look(self, fix: Fix) -> None:
        """Take in the next believed fix."""
        spot = (fix.t, fix.latitude, fix.longitude)
        within = self._within(fix)
        self.last = spot
        if self.within is None:
            if self.plan.hours is not None:
                self.on, self.due = self.plan.hours.around(fix.t)
            self.within, self.since = within, spot
            self._judge(fix.t, spot)
            return
        if within == self.within:
            self.turned = None
            return
        if self.turned is None:
            self.turned = spot
        if fix.t - self.turned[0] >= self.plan.hold_s:
            self.within, self.since, self.turned = within, self.turned, None
            self._judge(fix.t, self.since)

    def turn_hours(self) -> None:
        """The fence's hours begin or end now, at ``due``."""
        if self.due is None or self.plan.hours is None or self.last is None:
            return
        at = self.due
        self.on, self.due = self.plan.hours.around(at)
        self._judge(at, (at, self.last[1], self.last[2]))

    def _within(self, fix: Fix) -> bool:
        south, west, north, east = self.box
        if not (south <= fix.latitude <= north and west <= fix.longitude <= east):
            return False
        point = (fix.latitude, fix.longitude)
        if inside(point, self.plan.ring):
            return True
        # Whoever was inside is so until it is clearly outside.
        return bool(self.within) and edge_m(point, self.plan.ring) <= self.plan.buffer_m

    def _judge(self, known: float, since: Spot) -> None:
        watched = self.within is (self.plan.rule != "stay_inside")
        if watched and self.on:
            if self.said is None:
                kind = MovementKind.FENCE_ENTERED if self.within else MovementKind.FENCE_LEFT
                self.said = self.book.begin(
                    kind,
                    since[0],
                    (since[1], since[2]),
                    known,
                    about=f"{self.plan.id}:{since[0]!r}",
                    fence_id=self.plan.id,
                    rule=self.plan.rule,
                )
        elif self.said is not None:
            self.book.end(self.said, since[0])
            self.said = None
