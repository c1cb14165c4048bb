"""Is a van on its route? Off it, against it, standing on it, or getting nowhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from geo.judgement.facts import Book, MovementKind
from geo.judgement.fixes import Fix, apart_m
from geo.judgement.keeping import Kept
from geo.judgement.plan import RULES, Rules
from geo.judgement.rules import (
    BACK_FIXES,
    BACK_SHARE,
    CRITICAL_CORRIDORS,
    CRITICAL_S,
    NO_PROGRESS_DRIVEN_M,
    NO_PROGRESS_M,
    OFF_ROUTE_FIXES,
    RIGHT_WAY_M,
    STANDS_S,
    STAY_M,
    UNKNOWN_GAP_S,
    WRONG_WAY_M,
    WRONG_WAY_S,
)

Spot = Sequence[float]  # time, latitude, longitude; a list once it was kept as JSON


@dataclass(slots=True)
class Corridor(Kept):
    """Off the route: several fixes and some time beyond the corridor, dated back to the first."""

    KEPT: ClassVar[tuple[str, ...]] = (
        "off", "off_fixes", "said", "critical", "back", "back_fixes", "farthest_m",
    )  # fmt: skip
    book: Book
    trip_id: str
    rules: Rules = RULES
    off: Spot | None = None
    off_fixes: int = 0
    said: str | None = None
    critical: bool = False
    back: float | None = None
    back_fixes: int = 0
    farthest_m: float = 0.0

    def look(
        self, fix: Fix, off_m: float, corridor_m: float, *, exempt: bool, gap_s: float
    ) -> None:
        """Take in the next fix; ``exempt``: so near a stop that no street there is off route."""
        if self.said is None:
            self._look_for_leaving(fix, off_m, corridor_m, exempt=exempt, gap_s=gap_s)
        else:
            self._look_for_return(fix, off_m, corridor_m, exempt=exempt)

    def close(self, at: float) -> None:
        """End what lasts: the trip is over."""
        if self.said is not None:
            self.book.end(self.said, at, farthest_m=round(self.farthest_m))
        self.said = self.off = None

    def _look_for_leaving(
        self, fix: Fix, off_m: float, corridor_m: float, *, exempt: bool, gap_s: float
    ) -> None:
        if off_m <= corridor_m or exempt:
            self.off = None
            return
        if self.off is None or gap_s > UNKNOWN_GAP_S:
            self.off, self.off_fixes, self.farthest_m = (fix.t, fix.latitude, fix.longitude), 0, 0.0
        self.off_fixes += 1
        self.farthest_m = max(self.farthest_m, off_m)
        if self.off_fixes < OFF_ROUTE_FIXES or fix.t - self.off[0] < self.rules.off_route_s:
            return
        self.said = self.book.begin(
            MovementKind.OFF_ROUTE,
            self.off[0],
            (self.off[1], self.off[2]),
            fix.t,
            trip_id=self.trip_id,
            corridor_m=round(corridor_m),
            off_m=round(off_m),
        )
        self.critical, self.back, self.back_fixes = False, None, 0
        self._judge_severity(fix, off_m, corridor_m)

    def _look_for_return(self, fix: Fix, off_m: float, corridor_m: float, *, exempt: bool) -> None:
        if off_m > corridor_m * BACK_SHARE and not exempt:
            self.back, self.back_fixes = None, 0
            self.farthest_m = max(self.farthest_m, off_m)
            self._judge_severity(fix, off_m, corridor_m)
            return
        if self.back is None:
            self.back = fix.t
        self.back_fixes += 1
        if self.back_fixes >= BACK_FIXES and self.said is not None:
            self.book.end(self.said, self.back, farthest_m=round(self.farthest_m))
            self.said = self.off = None

    def _judge_severity(self, fix: Fix, off_m: float, corridor_m: float) -> None:
        if self.critical or self.said is None or self.off is None:
            return
        if off_m > CRITICAL_CORRIDORS * corridor_m or fix.t - self.off[0] > CRITICAL_S:
            self.critical = True
            self.book.add(self.said, critical=True, off_m=round(off_m))


@dataclass(slots=True)
class Way(Kept):
    """Against the route: progress falls far and for long."""

    KEPT: ClassVar[tuple[str, ...]] = ("peak_m", "peak", "said", "trough_m")
    book: Book
    trip_id: str
    peak_m: float = 0.0
    peak: Spot | None = None
    said: str | None = None
    trough_m: float = 0.0

    def look(self, fix: Fix, along_m: float) -> bool:
        """Take in progress; return True at the moment when the way is found to be wrong."""
        if self.said is not None:
            self.trough_m = min(self.trough_m, along_m)
            if along_m - self.trough_m > RIGHT_WAY_M:
                self.turned(fix, along_m)
            return False
        if self.peak is None or along_m >= self.peak_m:
            self.peak_m, self.peak = along_m, (fix.t, fix.latitude, fix.longitude)
            return False
        if self.peak_m - along_m <= WRONG_WAY_M or fix.t - self.peak[0] <= WRONG_WAY_S:
            return False
        self.trough_m = along_m
        self.said = self.book.begin(
            MovementKind.WRONG_WAY,
            self.peak[0],
            (self.peak[1], self.peak[2]),
            fix.t,
            trip_id=self.trip_id,
            back_m=round(self.peak_m - along_m),
        )
        return True

    def turned(self, fix: Fix, along_m: float) -> None:
        """Start anew from here: the van drives forward, or joined its route elsewhere."""
        if self.said is not None:
            self.book.end(self.said, fix.t)
            self.said = None
        self.peak_m, self.peak = along_m, (fix.t, fix.latitude, fix.longitude)

    def close(self, at: float) -> None:
        """End what lasts."""
        if self.said is not None:
            self.book.end(self.said, at)
        self.said = None


@dataclass(slots=True)
class Standing(Kept):
    """A stop that nobody planned: long in one place, away from stops and base."""

    KEPT: ClassVar[tuple[str, ...]] = ("anchor", "inside", "said")
    book: Book
    trip_id: str
    rules: Rules = RULES
    anchor: Spot | None = None
    inside: float = 0.0
    said: str | None = None

    def look(self, fix: Fix, *, exempt: bool) -> bool:
        """Take in the next fix; return whether the van stands, as its last minutes tell."""
        anchor = self.anchor
        stays = anchor is not None and (
            apart_m(anchor[1], anchor[2], fix.latitude, fix.longitude) <= STAY_M
        )
        if exempt or anchor is None or not stays:
            self.close(self.inside)
            self.anchor = None if exempt else (fix.t, fix.latitude, fix.longitude)
            self.inside = fix.t
            return False
        self.inside = fix.t
        if self.said is None and fix.t - anchor[0] >= self.rules.stay_s:
            self.said = self.book.begin(
                MovementKind.UNPLANNED_STOP,
                anchor[0],
                (anchor[1], anchor[2]),
                fix.t,
                trip_id=self.trip_id,
            )
        return fix.t - anchor[0] >= STANDS_S

    def close(self, at: float) -> None:
        """End what lasts."""
        if self.said is not None:
            self.book.end(self.said, at)
        self.said = None


@dataclass(slots=True)
class Headway(Kept):
    """Driving without getting on: circling, or up and down one street."""

    KEPT: ClassVar[tuple[str, ...]] = ("anchor", "anchor_m", "driven_m", "said")
    book: Book
    trip_id: str
    rules: Rules = RULES
    anchor: Spot | None = None
    anchor_m: float = 0.0
    driven_m: float = 0.0
    said: str | None = None

    def look(self, fix: Fix, along_m: float, leg_m: float, *, exempt: bool) -> None:
        """Take in the next fix; ``exempt``: standing, off the route or near a stop."""
        if exempt or self.anchor is None or abs(along_m - self.anchor_m) >= NO_PROGRESS_M:
            self.close(fix.t)
            self.anchor = None if exempt else (fix.t, fix.latitude, fix.longitude)
            self.anchor_m, self.driven_m = along_m, 0.0
            return
        self.driven_m += leg_m
        if (
            self.said is None
            and fix.t - self.anchor[0] >= self.rules.no_progress_s
            and self.driven_m >= NO_PROGRESS_DRIVEN_M
        ):
            self.said = self.book.begin(
                MovementKind.NO_PROGRESS,
                self.anchor[0],
                (self.anchor[1], self.anchor[2]),
                fix.t,
                trip_id=self.trip_id,
            )

    def close(self, at: float) -> None:
        """End what lasts."""
        if self.said is not None:
            self.book.end(self.said, at)
        self.said = None
