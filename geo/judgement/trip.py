"""One trip of a van: where along its route it is, and everything that is judged on the way."""

import math
from dataclasses import dataclass, field
from typing import Any, ClassVar

from geo.judgement.corridor import Corridor, Headway, Standing, Way
from geo.judgement.facts import Book, TripFact, VisitFact
from geo.judgement.fixes import Fix, apart_m
from geo.judgement.keeping import Kept
from geo.judgement.line import Heading, Match
from geo.judgement.pace import Pace
from geo.judgement.plan import TripPlan, VanPlan
from geo.judgement.rules import (
    EARLY_S,
    GUESSED_KM_H,
    JUMP_KM_H,
    NOT_JUDGED_M,
    SEARCH_M,
    SHOW_EVERY_S,
    STANDING_KM_H,
    START_WITHIN_S,
    STAY_AWAY_M,
    STAY_M,
)
from geo.judgement.visits import Visit, Visits
from models.observations import StopVisitState, TripState

_HEADING_FROM_M = 30.0
_HEADING_WITHIN_S = 120.0
_ERRORS = 3.0  # of the accuracy: a poor fix widens the corridor


@dataclass(slots=True)
class TripJudge(Kept):
    """Judges a trip while its window is open. ``along_m`` is the progress; None before any fix."""

    KEPT: ClassVar[tuple[str, ...]] = (
        "along_m", "started", "ended", "finished", "was_at_start", "seen", "half_way", "shown",
        "shown_slot", "off_m",
    )  # fmt: skip
    plan: TripPlan
    van: VanPlan
    book: Book
    pace: Pace
    visits: Visits = field(default_factory=Visits)
    along_m: float | None = None
    started: float | None = None
    ended: float | None = None
    finished: bool = False  # its last stop is behind it; what it drives now is no trip
    was_at_start: bool = False
    half_way: bool = False
    seen: float | None = None  # the newest believed fix
    shown: dict[str, Any] = field(default_factory=dict)  # progress and estimates as last written
    shown_slot: int | None = None
    off_m: float | None = None  # of the fix before
    corridor: Corridor = field(init=False)
    way: Way = field(init=False)
    standing: Standing = field(init=False)
    headway: Headway = field(init=False)
    home: int | None = field(init=False, default=None)  # the stop where a round trip begins too

    def __post_init__(self) -> None:
        rules = self.van.rules
        self.visits = Visits(
            [Visit(self.book, self.plan.id, stop, rules) for stop in self.plan.stops]
        )
        self.corridor = Corridor(self.book, self.plan.id, rules)
        self.way = Way(self.book, self.plan.id)
        self.standing = Standing(self.book, self.plan.id, rules)
        self.headway = Headway(self.book, self.plan.id, rules)
        line, last = self.plan.line, self.plan.stops[-1] if self.plan.stops else None
        if last is not None and last.along_m > line.length_m / 2:
            from_start_m = apart_m(line.latitudes[0], line.longitudes[0], *last.place)
            if from_start_m <= NOT_JUDGED_M + last.radius_m:
                self.home = last.sequence

    def look(self, fix: Fix, speed: float, before: Fix | None, leg_m: float) -> bool:
        """Take in the next believed fix; return whether the trip's fact changed."""
        first_seen, self.seen = self.seen is None, fix.t
        gap_s = fix.t - before.t if before is not None else math.inf
        # A round trip ends where it begins: before it has been half way, home is no stop of it.
        closed = None if self.half_way else self.home
        nearest_m, said = self.visits.look(fix, speed, before, leg_m, closed)
        if not self.finished:
            heading = _heading(fix, speed, before, leg_m, gap_s)
            match, near = self._match(fix, gap_s, heading)
            limit_m = max(self.plan.corridor_m, _ERRORS * fix.error_m)
            on = match.off_m <= limit_m
            if on:
                if first_seen and fix.t > self.plan.starts:
                    self._join(match.along_m)
                if near:
                    said |= self._drive_past(fix, match, leg_m, gap_s)
                self._advance_to(match, near=near, fix=fix)
            self.off_m = match.off_m
            start_m, end_m, base_m = self._ends(fix)
            said |= self._judge_start(fix, start_m, on=on)
            if self.started is not None:
                exempt_m = min(nearest_m, start_m, end_m, base_m)
                self._judge_way(fix, match, limit_m, exempt_m, leg_m, gap_s, heading)
                if on and gap_s <= _HEADING_WITHIN_S:
                    self.pace.drive(self.plan.route_id, match.along_m, leg_m, gap_s)
            said |= self._judge_end(fix, end_m, on=on and near)
        self.say_due_late(fix.t)
        slot = int(fix.t // SHOW_EVERY_S)
        if said or slot != self.shown_slot:
            self.shown_slot = slot
            self._show(fix.t)
            return True
        return False

    @property
    def late_due(self) -> float:
        """Return when the clock makes the next visit late."""
        return min((visit.late_due for visit in self.visits.each), default=math.inf)

    def say_due_late(self, at: float) -> bool:
        """Say which visits have become late by then; return whether any has."""
        late = [visit for visit in self.visits.each if visit.late_due <= at]
        for visit in late:
            visit.say_late(at)
        return bool(late)

    def close(self, at: float) -> None:
        """The window is over: what was not visited although we saw the van was left out."""
        for visit in self.visits.each:
            if self.seen is not None and self.seen >= visit.stop.arrival:
                visit.skip(at, at)
        self._rest(at)
        for visit in self.visits.each:
            visit.close(at)
        if self.started is not None and self.ended is None:
            self.ended = self.seen
        self.finished = True
        self.shown = {**self.shown, "closed": True, "expected": {}}

    def fact(self) -> TripFact:
        """Return the trip as it is to be shown."""
        closed = bool(self.shown.get("closed"))
        if self.started is not None:
            state = TripState.DONE if self.finished or closed else TripState.RUNNING
        elif closed and self.seen is not None and self.seen >= self.plan.starts:
            state = TripState.MISSED
        else:
            state = TripState.PLANNED
        return TripFact(
            self.plan.id,
            state,
            self.started,
            self.ended,
            self.shown.get("progress_m"),
            self.shown.get("until"),
            tuple(visit.fact() for visit in self.visits.each),
        )

    def kept(self) -> dict[str, Any]:
        """Return all that is remembered of the trip."""
        judges = [judge.kept() for judge in self._judges()]
        own = {name: getattr(self, name) for name in self.KEPT}
        return {**own, "judges": judges, "visits": self.visits.kept()}

    def recall(self, kept: Any) -> None:
        """Take up what ``kept`` returned."""
        for name in self.KEPT:
            setattr(self, name, kept[name])
        for judge, state in zip(self._judges(), kept["judges"], strict=True):
            judge.recall(state)
        for visit, state in zip(self.visits.each, kept["visits"], strict=True):
            visit.recall(state)

    def _judges(self) -> tuple[Kept, ...]:
        return self.corridor, self.way, self.standing, self.headway

    def _match(self, fix: Fix, gap_s: float, heading: Heading | None) -> tuple[Match, bool]:
        """Find the van on the line, first where it can be by now; return also if it was there."""
        expected = self.along_m or 0.0
        point = (fix.latitude, fix.longitude)
        reach = SEARCH_M + JUMP_KM_H / 3.6 * min(gap_s, self.plan.line.length_m)
        match = self.plan.line.near(point, expected, reach, heading)
        if match.off_m <= self.plan.corridor_m:
            return match, True
        return self.plan.line.anywhere(point, expected, heading), False

    def _advance_to(self, match: Match, *, near: bool, fix: Fix) -> None:
        if not near and self.along_m is not None:
            self.way.turned(fix, match.along_m)  # it joined its route elsewhere
        self.along_m = match.along_m
        if match.along_m > self.plan.line.length_m / 2:
            self.half_way = True

    def _join(self, along_m: float) -> None:
        """A van that is first heard on its way: nobody knows what it did at the stops behind it."""
        for visit in self.visits.each:
            if visit.stop.along_m < along_m - NOT_JUDGED_M:
                visit.unheard = True

    def _drive_past(self, fix: Fix, match: Match, leg_m: float, gap_s: float) -> bool:
        """Tell the stops between the last fix and this one that the way led past them.

        Both fixes have to be on the line, and the way along it no longer than can be.
        """
        was_m, along_m = self.along_m, match.along_m
        if was_m is None or self.off_m is None or not 0 < along_m - was_m < 2 * leg_m + SEARCH_M:
            return False
        spare_s = gap_s - (along_m - was_m) / (GUESSED_KM_H / 3.6)
        said = False
        for visit in self.visits.each:
            share = (visit.stop.along_m - was_m) / (along_m - was_m)
            if 0 < share < 1 and max(self.off_m, match.off_m) <= visit.stop.radius_m:
                said |= visit.drive_past(fix, fix.t - gap_s * (1 - share), spare_s)
        return said

    def _ends(self, fix: Fix) -> tuple[float, float, float]:
        line = self.plan.line
        start_m = apart_m(line.latitudes[0], line.longitudes[0], fix.latitude, fix.longitude)
        end_m = apart_m(line.latitudes[-1], line.longitudes[-1], fix.latitude, fix.longitude)
        base = self.van.base
        base_m = math.inf if base is None else apart_m(*base, fix.latitude, fix.longitude)
        return start_m, end_m, base_m

    def _judge_start(self, fix: Fix, start_m: float, *, on: bool) -> bool:
        if self.started is not None:
            return False
        if start_m <= NOT_JUDGED_M:
            self.was_at_start = True
            return False
        left = self.was_at_start and (on or fix.t >= self.plan.starts - START_WITHIN_S)
        joined = on and fix.t >= self.plan.starts - EARLY_S
        if left or joined:
            self.started = fix.t
            return True
        return False

    def _judge_way(
        self,
        fix: Fix,
        match: Match,
        limit_m: float,
        exempt_m: float,
        leg_m: float,
        gap_s: float,
        heading: Heading | None,
    ) -> None:
        self.corridor.look(fix, match.off_m, limit_m, exempt=exempt_m <= NOT_JUDGED_M, gap_s=gap_s)
        stays = self.standing.look(fix, exempt=exempt_m <= STAY_AWAY_M)
        on = match.off_m <= limit_m
        exempt = not on or stays or exempt_m <= NOT_JUDGED_M
        self.headway.look(fix, match.along_m, leg_m, exempt=exempt)
        if on and self.way.look(fix, match.along_m) and heading is not None:
            self._rejoin(fix, heading)

    def _rejoin(self, fix: Fix, heading: Heading) -> None:
        """Who turned round may be on its way back already, where the line has one."""
        point = (fix.latitude, fix.longitude)
        ahead = self.plan.line.near(point, self.plan.line.length_m, 0.0, heading)
        elsewhere = self.plan.line.anywhere(point, self.plan.line.length_m, heading)
        best = ahead if ahead.agrees and ahead.off_m <= elsewhere.off_m else elsewhere
        if best.agrees and best.off_m <= self.plan.corridor_m:
            self.along_m = best.along_m
            self.way.turned(fix, best.along_m)

    def _judge_end(self, fix: Fix, end_m: float, *, on: bool) -> bool:
        last = self.visits.each[-1] if self.visits.each else None
        line_m = self.plan.line.length_m
        said = False
        if last is not None and last.visited and self.ended is None:
            self.ended, said = last.arrived, True
        behind = last is not None and last.departed is not None
        ends_there = last is not None and line_m - last.stop.along_m <= 2 * NOT_JUDGED_M
        came_back = (
            on
            and self.half_way
            and self.started is not None
            and end_m <= NOT_JUDGED_M
            and self.along_m is not None
            and self.along_m >= line_m - NOT_JUDGED_M
            and (last is None or not ends_there)
        )
        if (behind and ends_there) or came_back:
            self.finished = said = True
            self.ended = self.ended or fix.t
            self._rest(fix.t)
        return said

    def _rest(self, at: float) -> None:
        self.corridor.close(at)
        self.way.close(at)
        self.standing.close(self.standing.inside)
        self.headway.close(at)

    def _show(self, at: float) -> None:
        """Note what the desk sees of progress and estimates, at this fix."""
        progress = None if self.along_m is None else round(self.along_m / 100) * 100.0
        self.shown = {"progress_m": progress, "until": at}
        ahead = [
            visit
            for visit in self.visits.each
            if visit.state in {StopVisitState.PLANNED, StopVisitState.PASSED}
            and visit.stop.along_m > (self.along_m or 0.0) - STAY_M
        ]
        for visit in self.visits.each:
            visit.expected = None
        if self.started is None or self.finished:
            return
        leaves = at
        for visit in self.visits.each:
            if visit.staying is not None:
                leaves = max(at, visit.stop.departure)
        times = self.pace.arrivals(
            self.plan.route_id, leaves, self.along_m or 0.0, [visit.stop for visit in ahead]
        )
        for visit, expected in zip(ahead, times, strict=True):
            if visit.state == StopVisitState.PLANNED:
                visit.expected = round(expected / 60) * 60.0


def unjudged(plan: TripPlan) -> TripFact:
    """Return the fact of a trip of which nothing is known."""
    visits = tuple(VisitFact(stop.sequence) for stop in plan.stops)
    return TripFact(plan.id, TripState.PLANNED, None, None, None, None, visits)


def _heading(
    fix: Fix, speed: float, before: Fix | None, leg_m: float, gap_s: float
) -> Heading | None:
    if fix.course_deg is not None and speed >= STANDING_KM_H:
        turn = math.radians(fix.course_deg)
        return math.cos(turn), math.sin(turn)
    if before is None or gap_s > _HEADING_WITHIN_S or leg_m < _HEADING_FROM_M:
        return None
    north = fix.latitude - before.latitude
    east = (fix.longitude - before.longitude) * math.cos(math.radians(fix.latitude))
    return north, east
