"""The engine of one van: fixes in the order of time go in, what they mean comes out; pure.

What it knows is plain JSON, so that judging may go on from any hour. The clock adds only what
follows from silence, and what it adds is thrown away as soon as a fix tells better: then the rows
are the same, in whatever order the fixes came.
"""

import json
import math
from collections.abc import Iterable
from typing import Any

from geo.judgement.driving import Guard, Power, Speeding
from geo.judgement.facts import Book, MovementFact, MovementKind, TripFact
from geo.judgement.fences import Fence
from geo.judgement.fixes import Fix, Trust, apart_m
from geo.judgement.pace import Pace
from geo.judgement.plan import TripPlan, VanPlan
from geo.judgement.silence import Silence
from geo.judgement.trip import TripJudge, unjudged

VERSION = 2  # of what is kept: another version's knowledge is not taken up
Knowledge = dict[str, Any]
_DERIVED_WITHIN_S = 120.0


class VanEngine:
    """Judges one van. Feed it fixes by growing time, and take what it says."""

    def __init__(self, plan: VanPlan, knowledge: Knowledge | None = None) -> None:
        self.plan = plan
        self.book = Book(plan.vehicle_id)
        self.last_t: float | None = None  # of the newest fix that was fed
        self._clock = -math.inf
        self._trust = Trust()
        self._before: Fix | None = None
        self._silence = Silence(self.book)
        self._speeding = Speeding(self.book)
        self._guard = Guard(self.book)
        self._power = Power(self.book)
        self._pace = Pace()
        self._trip: TripJudge | None = None
        self._fences = [Fence(self.book, fence) for fence in plan.fences]
        self._trips_said: dict[str, TripFact] = {}
        self._due = math.inf
        if knowledge is not None:
            self._recall(knowledge)

    @property
    def due(self) -> float:
        """Return when the clock alone has something to say; infinite: never."""
        return self._due

    def feed(self, fix: Fix) -> None:
        """Take in the next fix; its time is later than that of every fix before."""
        if self.last_t is None:
            self._begin(fix.t)
        if fix.t >= self._due:
            self.advance(fix.t)
        self.last_t = self._clock = fix.t
        before = self._before
        if not fix.usable or not self._trust.believes(fix):
            place = (before.latitude, before.longitude) if before else (fix.latitude, fix.longitude)
            self._power.look(fix, place)
            self._silence.heard = fix.t
            return
        leg_m = 0.0
        if before is not None:
            leg_m = apart_m(before.latitude, before.longitude, fix.latitude, fix.longitude)
        speed = _speed(fix, before, leg_m)
        self._silence.look(fix, speed, self.plan)
        self._speeding.look(fix, speed, self.plan.speed_limit_km_h)
        self._guard.look(fix, speed, self.plan, in_trip=self._trip is not None)
        if fix.external_power_v is not None:
            self._power.look(fix, (fix.latitude, fix.longitude))
        for fence in self._fences:
            fence.look(fix)
        if self._trip is not None and self._trip.look(fix, speed, before, leg_m):
            self._trips_said[self._trip.plan.id] = self._trip.fact()
        self._before = fix
        self._due = self._next_due()

    def advance(self, until: float) -> None:
        """Say what follows from the time alone, up to and with ``until``."""
        while self._due <= until:
            at = self._due
            if self._silence.due is not None and self._silence.due <= at:
                self._silence.lose(self.plan)
            for fence in self._fences:
                if fence.due is not None and fence.due <= at:
                    fence.turn_hours()
            trip = self._trip
            if trip is not None and at >= trip.plan.closes:
                trip.close(at)
                self._trips_said[trip.plan.id] = trip.fact()
                self._trip = None
            elif trip is not None and self._late_due() <= at and trip.say_due_late(at):
                self._trips_said[trip.plan.id] = trip.fact()
            self._clock = at
            if self._trip is None:
                planned = self.plan.trip_at(at)
                if planned is not None:
                    self._open(planned)
            self._due = self._next_due()

    def take(self) -> tuple[dict[str, MovementFact | None], dict[str, TripFact]]:
        """Return what was said since the last call: movements and trips by id."""
        trips, self._trips_said = self._trips_said, {}
        return self.book.take(), trips

    def trip_fact(self, trip_id: str) -> TripFact | None:
        """Return a trip as the fixes alone tell it; None where it is not in the plan."""
        if self._trip is not None and self._trip.plan.id == trip_id:
            return self._trip.fact()
        return next((unjudged(trip) for trip in self.plan.trips if trip.id == trip_id), None)

    def kept(self) -> Knowledge:
        """Return all that is known, as JSON that shares nothing with the engine."""
        before = self._before
        knowledge = {
            "last_t": self.last_t,
            "clock": self._clock if math.isfinite(self._clock) else None,
            "good": self._trust.good,
            "jumps": self._trust.jumps,
            "before": before
            and (before.t, before.latitude, before.longitude, before.speed_km_h, before.course_deg),
            "open": [_packed(fact) for fact in self.book.open.values()],
            "silence": self._silence.kept(),
            "speeding": self._speeding.kept(),
            "guard": self._guard.kept(),
            "power": self._power.kept(),
            "pace": self._pace.kept(),
            "fences": {fence.plan.id: fence.kept() for fence in self._fences},
            "trip": self._trip and {"id": self._trip.plan.id, **self._trip.kept()},
            "trips": {trip.id: trip.version for trip in self.plan.trips},
        }
        copied: Knowledge = json.loads(json.dumps(knowledge))
        return copied

    def twin(self) -> "VanEngine":
        """Return an engine that knows the same, to ask it what the clock would say."""
        return VanEngine(self.plan, self.kept())

    def _begin(self, t: float) -> None:
        self._clock = t
        planned = self.plan.trip_at(t)
        if planned is not None:
            self._open(planned)
        self._due = self._next_due()

    def _open(self, planned: TripPlan) -> None:
        self._trip = TripJudge(planned, self.plan, self.book, self._pace)

    def _next_due(self) -> float:
        due = self._silence.due if self._silence.due is not None else math.inf
        if self._trip is not None:
            due = min(due, self._trip.plan.closes, self._late_due())
        else:
            for trip in self.plan.trips:
                if trip.opens > self._clock:
                    due = min(due, trip.opens)
                    break
        for fence in self._fences:
            if fence.due is not None:
                due = min(due, fence.due)
        return due

    def _late_due(self) -> float:
        """Return when the clock makes a visit late; a van that nobody hears may well be there."""
        if self._trip is None or self._trip.seen is None or self._silence.said is not None:
            return math.inf
        return max(self._trip.late_due, self._clock)

    def _recall(self, knowledge: Knowledge) -> None:
        self.last_t = knowledge["last_t"]
        self._clock = -math.inf if knowledge["clock"] is None else knowledge["clock"]
        good = knowledge["good"]
        self._trust = Trust(
            None if good is None else tuple(good), tuple(tuple(jump) for jump in knowledge["jumps"])
        )
        before = knowledge["before"]
        self._before = None if before is None else Fix(*before)
        self.book.open = {packed["id"]: _unpacked(packed) for packed in knowledge["open"]}
        self._silence.recall(knowledge["silence"])
        self._speeding.recall(knowledge["speeding"])
        self._guard.recall(knowledge["guard"])
        self._power.recall(knowledge["power"])
        self._pace.recall(knowledge["pace"])
        for fence in self._fences:
            if fence.plan.id in knowledge["fences"]:
                fence.recall(knowledge["fences"][fence.plan.id])
        self._drop_removed_fences(knowledge)
        trip = knowledge["trip"]
        planned = trip and next((one for one in self.plan.trips if one.id == trip["id"]), None)
        if planned:
            self._open(planned)
            if self._trip is not None:
                self._trip.recall(trip)
        self._due = self._next_due()

    def _drop_removed_fences(self, knowledge: Knowledge) -> None:
        here = {fence.plan.id for fence in self._fences}
        for fence_id, kept in knowledge["fences"].items():
            if fence_id not in here and kept["said"] in self.book.open:
                self.book.end(kept["said"], self.last_t or kept["since"][0])


def judge(
    plan: VanPlan, fixes: Iterable[Fix], now: float
) -> tuple[dict[str, MovementFact], dict[str, TripFact]]:
    """Judge all fixes of a van at once: movements and trips by id, as of ``now``.

    The fixes may come in any order and more than once.
    """
    engine = VanEngine(plan)
    for fix in sorted({fix.t: fix for fix in fixes}.values(), key=lambda fix: fix.t):
        engine.feed(fix)
    engine.advance(now)
    movements, trips = engine.take()
    return {key: fact for key, fact in movements.items() if fact is not None}, trips


def takes_up(knowledge: Knowledge, plan: VanPlan, until: float) -> bool:
    """Return whether knowledge of a van was made with the plan as it is now.

    ``until`` is the time of the knowledge: trips that open later do not matter to it.
    """
    known = knowledge["trips"]
    return all(
        known.get(trip.id) == trip.version for trip in plan.trips if trip.opens <= until
    ) and (knowledge["trip"] is None or any(t.id == knowledge["trip"]["id"] for t in plan.trips))


def _speed(fix: Fix, before: Fix | None, leg_m: float) -> float:
    """Return km/h as the device says, else from the way since the last fix, if that is fresh."""
    if fix.speed_km_h is not None:
        return fix.speed_km_h
    if before is None or fix.t - before.t > _DERIVED_WITHIN_S:
        return 0.0
    return leg_m / (fix.t - before.t) * 3.6


def _packed(fact: MovementFact) -> dict[str, Any]:
    return {
        "id": fact.id,
        "kind": fact.kind,
        "trip_id": fact.trip_id,
        "started": fact.started,
        "latitude": fact.latitude,
        "longitude": fact.longitude,
        "known": fact.known,
        "details": fact.details,
    }


def _unpacked(packed: dict[str, Any]) -> MovementFact:
    return MovementFact(
        packed["id"],
        MovementKind(packed["kind"]),
        packed["trip_id"],
        packed["started"],
        None,
        packed["latitude"],
        packed["longitude"],
        packed["known"],
        packed["details"],
    )
