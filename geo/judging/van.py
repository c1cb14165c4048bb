"""One van in the memory of the judging process: its engine, and what the clock said of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from geo.judgement.engine import Knowledge, VanEngine
from geo.judgement.facts import MovementFact, TripFact
from geo.judgement.fixes import Fix
from geo.judgement.plan import VanPlan

HOUR_S = 3600.0
Movements = dict[str, MovementFact | None]
Trips = dict[str, TripFact]


@dataclass(slots=True)
class JudgedVan:
    """``by_clock``: movements and trips whose rows say what silence alone told.

    The engine itself only ever takes in fixes. What the clock says is asked of a twin, and is
    taken back as soon as the engine or a new twin says otherwise.
    """

    engine: VanEngine
    clock_movements: set[str] = field(default_factory=set)
    clock_trips: set[str] = field(default_factory=set)
    next_look: float = 0.0
    snapshots: list[tuple[float, Knowledge]] = field(default_factory=list)

    def feed(self, fixes: Sequence[Fix]) -> None:
        """Take in fixes that are newer than all before; keep what was known before each hour."""
        engine = self.engine
        for fix in fixes:
            last_t = engine.last_t
            if last_t is not None and fix.t // HOUR_S > last_t // HOUR_S:
                self.snapshots.append((fix.t // HOUR_S * HOUR_S, engine.kept()))
            engine.feed(fix)
        if fixes:
            self.next_look = engine.due

    def take_snapshots(self) -> list[tuple[float, Knowledge]]:
        """Return what was kept since the last call."""
        kept, self.snapshots = self.snapshots, []
        return kept

    def say(self, now: float) -> tuple[Movements, Trips]:
        """Return movements and trips as they are to be stored: by the fixes, and by the clock."""
        movements, trips = self.engine.take()
        told, told_trips = self._ask_clock(now)
        for key in self.clock_movements - movements.keys() - told.keys():
            movements[key] = self.engine.book.open.get(key)
        for key in self.clock_trips - trips.keys() - told_trips.keys():
            fact = self.engine.trip_fact(key)
            if fact is not None:
                trips[key] = fact
        self.clock_movements, self.clock_trips = set(told), set(told_trips)
        return {**movements, **told}, {**trips, **told_trips}

    def replan(self, plan: VanPlan) -> None:
        """Go on with another plan; what it says of the past is not judged again."""
        knowledge = self.engine.kept()
        self.engine = VanEngine(plan, knowledge)
        self.next_look = min(self.next_look, self.engine.due)

    def _ask_clock(self, now: float) -> tuple[Movements, Trips]:
        if self.engine.due > now:
            self.next_look = self.engine.due
            return {}, {}
        twin = self.engine.twin()
        twin.advance(now)
        self.next_look = twin.due
        return twin.take()
