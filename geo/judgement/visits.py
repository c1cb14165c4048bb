"""Arrived, passed, served, departed, skipped, early and late: a trip's stops against its plan."""

import math
from dataclasses import dataclass, field
from typing import Any, ClassVar

from geo.judgement.facts import Book, MovementKind, VisitFact
from geo.judgement.fixes import Fix, apart_m
from geo.judgement.keeping import Kept
from geo.judgement.plan import RULES, Rules, StopPlan
from geo.judgement.rules import (
    ARRIVE_FIXES,
    ARRIVE_S,
    GUESSED_KM_H,
    LEAVE_FIXES,
    LEAVE_S,
    LEAVE_SHARE,
    NOT_JUDGED_M,
    PASSED_S,
    STANDING_KM_H,
    UNKNOWN_GAP_S,
    WORST_ACCURACY_M,
)
from models.observations import StopVisitState

_UNSEEN = (StopVisitState.PLANNED, StopVisitState.SKIPPED)


@dataclass(slots=True)
class Visit(Kept):
    """One stop of one trip. ``first``: of the run of fixes inside, which may become a stay."""

    KEPT: ClassVar[tuple[str, ...]] = (
        "state", "arrived", "departed", "expected", "inferred", "first", "inside_fixes", "slow",
        "staying", "out", "out_fixes", "stays", "settled", "late", "late_said", "skipped",
        "unheard",
    )  # fmt: skip
    book: Book
    trip_id: str
    stop: StopPlan
    rules: Rules = RULES
    state: str = StopVisitState.PLANNED
    arrived: float | None = None
    departed: float | None = None
    expected: float | None = None
    inferred: bool = False
    first: float | None = None
    inside_fixes: int = 0
    slow: bool = False
    staying: str | None = None  # the movement «arrived» that lasts
    out: float | None = None
    out_fixes: int = 0
    stays: int = 0
    settled: bool = False  # it stayed too long for a mere halt
    late: str | None = None
    late_said: bool = False
    skipped: str | None = None
    unheard: bool = False  # the van was silent for long enough to have been here

    @property
    def visited(self) -> bool:
        return self.state in {StopVisitState.ARRIVED, StopVisitState.SERVED}

    @property
    def late_due(self) -> float:
        """Return when a visit that has not begun is late; infinite where it cannot be any more."""
        if (
            self.late_said
            or self.unheard
            or self.state not in {StopVisitState.PLANNED, StopVisitState.PASSED}
        ):
            return math.inf
        return self.stop.arrival + self.rules.late_s

    def look(self, fix: Fix, speed: float, off_m: float, before: Fix | None, leg_m: float) -> bool:
        """Take in a fix that is ``off_m`` from the stop; return whether anything was said."""
        radius = self.stop.radius_m
        if off_m + min(fix.error_m, WORST_ACCURACY_M) <= radius:
            return self._inside(fix, speed)
        if self.first is None:
            return leg_m > 0 and off_m <= leg_m + radius and self._crossed(fix, before, off_m)
        if self.staying is None and self.inside_fixes == 1 and self.slow and before is not None:
            guessed = fix.t - off_m / (GUESSED_KM_H / 3.6)
            if guessed - before.t >= PASSED_S:  # it stood there unheard
                self._arrive(fix, self.first, inferred=True)
                self._judge_stay(fix, guessed)
                self._depart(fix, guessed)
                return True
        if off_m - fix.error_m > LEAVE_SHARE * radius:
            return self._outside(fix)
        return False

    def drive_past(self, fix: Fix, at: float, spare_s: float) -> bool:
        """The way along the route led past here, unseen; ``spare_s``: it had this much time."""
        if self.state not in _UNSEEN or self.first is not None:
            return False
        if spare_s < PASSED_S:
            return self._pass(fix, at, inferred=True)
        self.unheard, self.expected = True, None
        self._end_late(fix.t)
        return True

    def say_late(self, known: float) -> None:
        """Say that the van is late here."""
        self.late_said = True
        self.late = self.book.begin(
            MovementKind.LATE,
            self.stop.arrival + self.rules.late_s,
            self.stop.place,
            known,
            trip_id=self.trip_id,
            about=str(self.stop.sequence),
            sequence=self.stop.sequence,
            planned_at=self.stop.arrival,
        )

    def skip(self, at: float, known: float) -> bool:
        """Say that the van left this stop out; return whether that is new."""
        if self.state != StopVisitState.PLANNED or self.unheard:
            return False
        self.state, self.expected = StopVisitState.SKIPPED, None
        self._end_late(at)
        self.skipped = self.book.begin(
            MovementKind.SKIPPED,
            at,
            self.stop.place,
            known,
            trip_id=self.trip_id,
            about=str(self.stop.sequence),
            sequence=self.stop.sequence,
            planned_at=self.stop.arrival,
        )
        return True

    def leave_behind(self, at: float, known: float) -> None:
        """A later stop is being visited: this one is not late any more, but skipped or passed."""
        self.skip(at, known)
        self._end_late(at)

    def close(self, at: float) -> None:
        """End what lasts: the trip is over."""
        self._end_late(at)
        self.expected = None
        if self.skipped is not None:
            self.book.end(self.skipped, at)
            self.skipped = None
        if self.staying is not None:
            self.book.end(self.staying, at)
            self.staying = None

    def fact(self) -> VisitFact:
        """Return what is known of the visit."""
        return VisitFact(
            self.stop.sequence,
            StopVisitState(self.state),
            self.arrived,
            self.departed,
            self.expected,
            self.inferred,
        )

    def _inside(self, fix: Fix, speed: float) -> bool:
        if self.first is None:
            self.first, self.inside_fixes, self.slow = fix.t, 0, False
        self.inside_fixes += 1
        self.slow = self.slow or speed < STANDING_KM_H
        self.out, self.out_fixes = None, 0
        if self.staying is None:
            if self.inside_fixes >= ARRIVE_FIXES and (self.slow or fix.t - self.first >= ARRIVE_S):
                self._arrive(fix, self.first, inferred=False)
                self._judge_stay(fix, fix.t)
                return True
            return False
        return self._judge_stay(fix, fix.t)

    def _outside(self, fix: Fix) -> bool:
        if self.staying is None:
            first, self.first = self.first, None
            return first is not None and self._pass(fix, first, inferred=False)
        if self.out is None:
            self.out = fix.t
        self.out_fixes += 1
        if self.out_fixes < LEAVE_FIXES or fix.t - self.out < LEAVE_S:
            return False
        self._depart(fix, self.out)
        return True

    def _crossed(self, fix: Fix, before: Fix | None, off_m: float) -> bool:
        """Between two fixes: did the way between them lead through the stop?"""
        if before is None or fix.t - before.t > UNKNOWN_GAP_S or self.state not in _UNSEEN:
            return False
        place = self.stop.place
        was_m = apart_m(*place, before.latitude, before.longitude)
        leg = apart_m(before.latitude, before.longitude, fix.latitude, fix.longitude)
        if leg == 0:
            return False
        share = (was_m * was_m - off_m * off_m + leg * leg) / (2 * leg * leg)
        if not 0 < share < 1 or was_m * was_m - (share * leg) ** 2 > self.stop.radius_m**2:
            return False
        return self._pass(fix, before.t + share * (fix.t - before.t), inferred=True)

    def _pass(self, fix: Fix, at: float, *, inferred: bool) -> bool:
        if self.state not in _UNSEEN:
            return False
        self._end_skipped(at)
        self.state, self.inferred, self.expected = StopVisitState.PASSED, inferred, None
        self._moment(MovementKind.PASSED, at, fix.t, inferred=inferred)
        return True

    def _arrive(self, fix: Fix, at: float, *, inferred: bool) -> None:
        self._end_late(at)
        self._end_skipped(at)
        self.stays += 1
        self.staying = self.book.begin(
            MovementKind.ARRIVED,
            at,
            self.stop.place,
            fix.t,
            trip_id=self.trip_id,
            about=f"{self.stop.sequence}:{self.stays}",
            sequence=self.stop.sequence,
            planned_at=self.stop.arrival,
        )
        self.departed = None
        if self.arrived is None:
            self.arrived, self.inferred, self.expected = at, inferred, None
            self.state = StopVisitState.ARRIVED

    def _judge_stay(self, fix: Fix, until: float) -> bool:
        """Judge a stay that is known to last until then; return whether anything was said."""
        if self.first is None or self.arrived is None:
            return False
        settles = not self.settled and until - self.first >= PASSED_S
        if settles:
            self.settled = True
            early = self.stop.arrival - self.arrived > self.rules.early_s
            if early and self.stop.along_m > NOT_JUDGED_M:
                self._moment(MovementKind.EARLY, self.arrived, fix.t, planned_at=self.stop.arrival)
        serves = self.state == StopVisitState.ARRIVED and (
            until - self.first >= self.stop.served_after_s
        )
        if serves:
            self.state = StopVisitState.SERVED
            self._moment(MovementKind.SERVED, self.first + self.stop.served_after_s, fix.t)
        return settles or serves

    def _depart(self, fix: Fix, at: float) -> None:
        stay, first = self.staying, self.first
        if stay is None or first is None:
            return
        if at - first >= PASSED_S:
            self._judge_stay(fix, at)
        self.staying = self.first = self.out = None
        self.out_fixes = 0
        if at - first < PASSED_S:  # a halt at a crossing is no visit
            self.book.take_back(stay)
            if self.stays == 1:
                self.arrived, self.state = None, StopVisitState.PLANNED
                self._pass(fix, first, inferred=False)
            return
        self.departed = at
        self.book.end(stay, at)
        self._moment(MovementKind.DEPARTED, at, fix.t, planned_at=self.stop.departure)
        if self.stop.departure - at > self.rules.early_s:
            self._moment(
                MovementKind.EARLY, at, fix.t, planned_at=self.stop.departure, leaving=True
            )

    def _moment(self, kind: MovementKind, at: float, known: float, **details: Any) -> None:
        about = f"{self.stop.sequence}:{self.stays}" + (":leaving" if "leaving" in details else "")
        self.book.moment(
            kind,
            at,
            self.stop.place,
            known,
            trip_id=self.trip_id,
            about=about,
            sequence=self.stop.sequence,
            **details,
        )

    def _end_late(self, at: float) -> None:
        if self.late is not None:
            self.book.end(self.late, at)
            self.late = None

    def _end_skipped(self, at: float) -> None:
        if self.skipped is not None:
            self.book.end(self.skipped, at)
            self.skipped = None


@dataclass(slots=True)
class Visits:
    """The stops of a trip in order."""

    each: list[Visit] = field(default_factory=list)

    def look(
        self, fix: Fix, speed: float, before: Fix | None, leg_m: float, closed: int | None = None
    ) -> tuple[float, bool]:
        """Take in a fix; return how far the nearest stop is, and whether anything was said.

        ``closed``: the sequence of a stop that cannot be visited yet.
        """
        nearest, said = math.inf, False
        for visit in self.each:
            off_m = apart_m(*visit.stop.place, fix.latitude, fix.longitude)
            nearest = min(nearest, off_m)
            if visit.stop.sequence == closed:
                continue
            # Away from the stop, neither in it nor on the way through it: nothing can have changed.
            if visit.first is None and off_m > leg_m + visit.stop.radius_m:
                continue
            was_settled = visit.settled
            if visit.look(fix, speed, off_m, before, leg_m):
                said = True
                if visit.settled and not was_settled and visit.arrived is not None:
                    for earlier in self.each:
                        if earlier.stop.sequence < visit.stop.sequence:
                            earlier.leave_behind(visit.arrived, fix.t)
        return nearest, said

    def kept(self) -> list[dict[str, Any]]:
        """Return what is remembered of each."""
        return [visit.kept() for visit in self.each]
