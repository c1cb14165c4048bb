"""Is a van silent for too long? What the clock says is a function of its fixes and the time."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from geo.judgement.facts import Book, MovementKind
from geo.judgement.fixes import Fix
from geo.judgement.keeping import Kept
from geo.judgement.plan import VanPlan
from geo.judgement.rules import DEAD_ZONE_CELL_DEG, PARKED_SPARE_S, STANDING_KM_H

Spot = Sequence[float]


def cell_of(latitude: float, longitude: float) -> str:
    """Return the cell of the map that a place is in; see models.movement.DeadZone."""
    south = math.floor(latitude / DEAD_ZONE_CELL_DEG)
    west = math.floor(longitude / DEAD_ZONE_CELL_DEG)
    return f"{south}:{west}"


@dataclass(slots=True)
class Silence(Kept):
    """Lost: silent while it moved, or while it should be on a trip.

    A device in a parked van reports rarely or sleeps: outside of trips its silence says nothing.
    """

    KEPT: ClassVar[tuple[str, ...]] = ("last", "parked", "said", "heard", "due")
    book: Book
    last: Spot | None = None
    parked: bool = False
    said: str | None = None
    heard: float | None = None  # the newest fix that was not believed
    due: float | None = None  # when silence since ``last`` becomes a loss

    def look(self, fix: Fix, speed: float, plan: VanPlan) -> None:
        """Take in the next believed fix: the silence before it is over."""
        if self.said is not None:
            self.book.end(self.said, fix.t)
            self.said = None
        self.last = (fix.t, fix.latitude, fix.longitude)
        self.parked = speed < STANDING_KM_H or fix.ignition is False
        self.heard = None
        if not self.parked:
            self.due = fix.t + max(plan.rules.lost_s, 3 * plan.report_interval_s)
            return
        self.due = self._parked_due(fix.t + plan.stop_interval_s + PARKED_SPARE_S, plan)

    def lose(self, plan: VanPlan) -> None:
        """Say that the van is lost since its last fix; ``due`` is over."""
        if self.last is None or self.due is None:
            return
        at, self.due = self.due, None
        place = (self.last[1], self.last[2])
        cell = cell_of(*place)
        trip = plan.trip_at(at)
        known = cell in plan.dead_cells
        details: dict[str, object] = {"cell": cell, "moving": not self.parked}
        if self.heard is not None:
            details["heard"] = True  # the device speaks, but knows no place
        if known:
            details["expected_at"] = self.last[0] + plan.dead_for_s.get(cell, 0.0)
        self.said = self.book.begin(
            MovementKind.DEAD_ZONE if known else MovementKind.LOST,
            self.last[0],
            place,
            at,
            trip_id=trip.id if trip else None,
            about=repr(self.last[0]),
            **details,
        )

    @staticmethod
    def _parked_due(earliest: float, plan: VanPlan) -> float | None:
        """Return when a parked van's silence is a loss: within the first trip that it reaches."""
        for trip in plan.trips:
            if earliest < trip.ends:
                return max(earliest, trip.starts)
        return None
