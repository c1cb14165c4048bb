"""What a van does wherever it is: too fast, moved by nobody who may, or without its power."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from geo.judgement.facts import Book, MovementKind
from geo.judgement.fixes import Fix, apart_m
from geo.judgement.keeping import Kept
from geo.judgement.plan import VanPlan
from geo.judgement.rules import (
    AWAY_FIXES,
    AWAY_M,
    OVERSPEED_FIXES,
    OVERSPEED_S,
    PARKED_AGAIN_S,
    POWER_LOST_V,
    POWER_V,
    STANDING_KM_H,
)

Spot = Sequence[float]


@dataclass(slots=True)
class Speeding(Kept):
    """Above the van's limit for more than one fix."""

    KEPT: ClassVar[tuple[str, ...]] = ("first", "fixes", "fastest", "said")
    book: Book
    first: Spot | None = None
    fixes: int = 0
    fastest: float = 0.0
    said: str | None = None

    def look(self, fix: Fix, speed: float, limit_km_h: float) -> None:
        """Take in the next believed fix."""
        if speed <= limit_km_h:
            if self.first is not None:
                self._end(fix.t)
            return
        if self.first is None:
            self.first, self.fixes, self.fastest = (fix.t, fix.latitude, fix.longitude), 0, 0.0
        self.fixes += 1
        self.fastest = max(self.fastest, speed)
        long_enough = fix.t - self.first[0] >= OVERSPEED_S
        if self.said is None and self.fixes >= OVERSPEED_FIXES and long_enough:
            self.said = self.book.begin(
                MovementKind.OVERSPEED,
                self.first[0],
                (self.first[1], self.first[2]),
                fix.t,
                speed_km_h=round(self.fastest),
                limit_km_h=round(limit_km_h),
            )

    def _end(self, at: float) -> None:
        if self.said is not None:
            self.book.end(self.said, at, speed_km_h=round(self.fastest))
        self.first = self.said = None


@dataclass(slots=True)
class Guard(Kept):
    """Moved outside its trips and working hours, or with the ignition off: driven off or towed."""

    KEPT: ClassVar[tuple[str, ...]] = ("parked", "away", "away_fixes", "said")
    book: Book
    parked: Spot | None = None  # where it stood last, since when
    away: float | None = None
    away_fixes: int = 0
    said: str | None = None
    hours: bool = False
    hours_until: float | None = None  # asked anew after a recall: the hours may have been changed

    def look(self, fix: Fix, speed: float, plan: VanPlan, *, in_trip: bool) -> None:
        """Take in the next believed fix."""
        parked = self.parked
        if parked is None or apart_m(parked[1], parked[2], fix.latitude, fix.longitude) <= AWAY_M:
            self._stands(fix, speed)
            return
        why = self._why(fix, plan, in_trip=in_trip)
        if why is None or (speed < STANDING_KM_H and self.said is None):
            self._stop_at(fix)
            return
        if self.said is not None:
            if speed < STANDING_KM_H:
                self._may_end(fix)
            else:
                self.away = fix.t
            return
        if self.away is None:
            self.away, self.away_fixes = fix.t, 0
        self.away_fixes += 1
        if self.away_fixes >= AWAY_FIXES:
            self.said = self.book.begin(
                MovementKind.UNAUTHORISED, self.away, (parked[1], parked[2]), fix.t, why=why
            )
            self.away = fix.t

    def _why(self, fix: Fix, plan: VanPlan, *, in_trip: bool) -> str | None:
        if fix.ignition is False:
            return "ignition_off"
        if in_trip:
            return None
        if self.hours_until is None or fix.t >= self.hours_until:
            self.hours, self.hours_until = plan.rules.working_hours.around(fix.t)
        return None if self.hours else "after_hours"

    def _stands(self, fix: Fix, speed: float) -> None:
        if self.said is not None:
            self._may_end(fix)
        elif self.parked is None or speed < STANDING_KM_H:
            self._stop_at(fix)

    def _may_end(self, fix: Fix) -> None:
        if self.away is not None and fix.t - self.away >= PARKED_AGAIN_S:
            self._stop_at(fix)

    def _stop_at(self, fix: Fix) -> None:
        """It may be where it is now: from here it is watched."""
        if self.said is not None:
            self.book.end(self.said, self.away if self.away is not None else fix.t)
            self.said = None
        self.parked = (fix.t, fix.latitude, fix.longitude)
        self.away, self.away_fixes = None, 0


@dataclass(slots=True)
class Power(Kept):
    """The tracker's own supply: who cuts it has a reason."""

    KEPT: ClassVar[tuple[str, ...]] = ("powered", "cut", "said")
    book: Book
    powered: bool = False
    cut: Spot | None = None
    said: str | None = None

    def look(self, fix: Fix, place: tuple[float, float]) -> None:
        """Take in any fix that names a voltage, believed or not; ``place``: the last believed."""
        voltage = fix.external_power_v
        if voltage is None:
            return
        if voltage >= POWER_V:
            if self.said is not None:
                self.book.end(self.said, fix.t)
            self.powered, self.cut, self.said = True, None, None
        elif voltage < POWER_LOST_V and self.powered:
            if self.cut is None:
                self.cut = (fix.t, *place)
            elif self.said is None:
                self.said = self.book.begin(
                    MovementKind.POWER_LOST, self.cut[0], place, fix.t, voltage=round(voltage, 1)
                )
