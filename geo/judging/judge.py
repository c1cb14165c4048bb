"""A round of judging: what is new is fed to the engines, what they say becomes rows.

Everything of a round is one transaction, under a lock that one process holds, which also has to
lead. So memory and rows belong together: whatever fails, both are as before the round, and a
process that loses the lead forgets what it knows.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from geo.judgement.engine import VanEngine, takes_up
from geo.judgement.facts import TripFact, VisitFact
from geo.judgement.plan import VanPlan
from geo.judging import fixes, rows
from geo.judging.fixes import Waiting
from geo.judging.plans import Plans, earliest_change
from geo.judging.van import JudgedVan, Movements, Trips
from models.kit.clock import Clock
from models.kit.database import Database
from models.kit.log import get

log = get(__name__)
LEADER_LOCK = 0x4148_474A  # "AHGJ"
ROUND_LOCK = 0x4148_4752  # "AHGR"
_LEADS = text("""
    SELECT pg_advisory_xact_lock(:round), EXISTS (
        SELECT 1 FROM pg_locks
        WHERE locktype = 'advisory' AND objid = :leader AND pid = :pid AND granted)
""")
PLAN_AROUND = timedelta(days=3)
PLAN_EVERY_S = 10.0
LATE_PATIENCE_S = 1.0  # late fixes come in crowds: they are waited for, and judged once
_FIRST_S = 86400.0  # a van without any snapshot is judged from this long before its new fixes
_TOO_OLD_S = 90 * 86400.0
_LONGEST_TRIP_S = 86400.0
_TELL_EVERY_S = 15.0  # of a trip's progress and estimates; what happens on it is told at once
_WOKEN_AT_ONCE = 25


class LostLead(Exception):
    """Another process judges now."""


@dataclass(frozen=True, slots=True)
class Round:
    """What a round did."""

    fixes: int = 0
    replayed: int = 0
    movements: int = 0
    more: bool = False


@dataclass(slots=True)
class Judge:
    """The memory of the judging process. ``leader_pid``: None asks no one, for tools and tests."""

    database: Database
    clock: Clock
    leader_pid: int | None = None
    late_patience_s: float = LATE_PATIENCE_S
    _vans: dict[UUID, JudgedVan] = field(default_factory=dict)
    _plans: Plans = field(default_factory=Plans)
    _plan_of: dict[UUID, VanPlan] = field(default_factory=dict)
    _planned_since: float = 0.0
    _plan_due: float = 0.0
    _late_since: dict[UUID, float] = field(default_factory=dict)
    _asleep: list[UUID] | None = None  # vans that nothing came of since this process began
    _visits: dict[str, tuple[VisitFact, ...]] = field(default_factory=dict)  # as stored
    _told_trips: dict[str, tuple[float, object]] = field(default_factory=dict)

    async def look(self) -> Round:
        """Do one round.

        Raises:
            LostLead: another process leads now.
        """
        try:
            async with self.database.transaction() as session:
                await self._lock(session)
                return await self._round(session)
        except BaseException:
            self.forget()
            raise

    def forget(self) -> None:
        """Forget everything: the rows tell it again."""
        self._vans.clear()
        self._plan_of.clear()
        self._late_since.clear()
        self._told_trips.clear()
        self._visits.clear()
        self._plans = Plans()
        self._plan_due, self._asleep = 0.0, None

    async def _lock(self, session: AsyncSession) -> None:
        asked = {"round": ROUND_LOCK, "leader": LEADER_LOCK, "pid": self.leader_pid or 0}
        leads = (await session.execute(_LEADS, asked)).one()[1]
        if self.leader_pid is not None and not leads:
            raise LostLead

    async def _round(self, session: AsyncSession) -> Round:
        now = self.clock.now().timestamp()
        again = await self._replan(session, now)
        found = await fixes.waiting(session, self._patient())
        later = self._to_leave(found)
        spans = {van: span for van, span in found.items() if van not in later}
        for vehicle_id, span in spans.items():
            last_t = self._last_t(vehicle_id)
            if last_t is None or span.since <= last_t:
                again[vehicle_id] = min(span.since, again.get(vehicle_id, span.since))
        said: list[tuple[UUID, Movements, Trips]] = []
        replayed = 0
        for vehicle_id, since in again.items():
            self._late_since.pop(vehicle_id, None)
            until = self._known_until(vehicle_id, spans.get(vehicle_id), now)
            replayed += await self._replay(session, vehicle_id, (since, until), now, said)
        asked: dict[UUID, tuple[float, float]] = {}
        for vehicle_id, span in spans.items():
            last_t = self._last_t(vehicle_id)
            if vehicle_id not in again and last_t is not None:
                asked[vehicle_id] = (last_t, span.until)
        new = await fixes.fixes_between(session, asked)
        for vehicle_id, some in new.items():
            self._vans[vehicle_id].feed(some)
        for vehicle_id, van in self._vans.items():
            if vehicle_id not in again and (vehicle_id in new or van.next_look <= now):
                movements, trips = van.say(now)
                said.append((vehicle_id, movements, trips))
        changed = await self._write(session, said)
        await fixes.forget(session, spans)
        more = len(found) > 0 or bool(self._asleep)
        return Round(sum(map(len, new.values())), replayed, changed, more)

    async def _replan(self, session: AsyncSession, now: float) -> dict[UUID, float]:
        """Read the plans now and then; return which vans are to be judged again, from when on."""
        again: dict[UUID, float] = {}
        if self.clock.monotonic() >= self._plan_due:
            at = fixes.moment(now)
            since = at - PLAN_AROUND
            plans = await self._plans.read(session, since, at + PLAN_AROUND)
            for vehicle_id, van in self._vans.items():
                plan = plans.get(vehicle_id)
                if plan is None or plan == van.engine.plan:
                    continue
                changed = earliest_change(van.engine.plan, plan, since.timestamp())
                if changed is not None and changed <= max(van.engine.last_t or 0.0, now):
                    again[vehicle_id] = changed
                else:
                    van.replan(plan)
            self._plan_of, self._planned_since = plans, since.timestamp()
            self._plan_due = self.clock.monotonic() + PLAN_EVERY_S
            if self._asleep is None:
                self._asleep = sorted(plans.keys() - self._vans.keys())
        for vehicle_id in (self._asleep or [])[:_WOKEN_AT_ONCE]:
            if vehicle_id not in self._vans:
                again.setdefault(vehicle_id, now)
        self._asleep = (self._asleep or [])[_WOKEN_AT_ONCE:]
        return again

    def _last_t(self, vehicle_id: UUID) -> float | None:
        van = self._vans.get(vehicle_id)
        return None if van is None else van.engine.last_t

    def _known_until(self, vehicle_id: UUID, span: Waiting | None, now: float) -> float:
        """Return up to when a van's fixes are to be read again.

        What came after this round began has a span of its own, and is not to be taken for late.
        """
        last_t = self._last_t(vehicle_id)
        if last_t is None and span is None:
            return now + _FIRST_S
        return max(last_t or 0.0, span.until if span is not None else 0.0)

    def _patient(self) -> list[UUID]:
        """Return vans whose late fixes are still waited for."""
        now = self.clock.monotonic()
        return [
            vehicle_id
            for vehicle_id, since in self._late_since.items()
            if now - since < self.late_patience_s
        ]

    def _to_leave(self, found: dict[UUID, Waiting]) -> set[UUID]:
        later: set[UUID] = set()
        for vehicle_id, span in found.items():
            last_t = self._last_t(vehicle_id)
            if last_t is None or span.since > last_t:
                continue
            if vehicle_id not in self._late_since and self.late_patience_s > 0:
                self._late_since[vehicle_id] = self.clock.monotonic()
                later.add(vehicle_id)
        return later

    async def _replay(
        self,
        session: AsyncSession,
        vehicle_id: UUID,
        span: tuple[float, float],
        now: float,
        said: list[tuple[UUID, Movements, Trips]],
    ) -> int:
        """Judge a van again from the newest snapshot before a span; return how many fixes."""
        since, until = span
        if since < now - _TOO_OLD_S:
            log.warning("judging.too_old", vehicle_id=str(vehicle_id), since=since)
            since = now - _TOO_OLD_S
        engine, began = await self._engine_before(session, vehicle_id, since, now)
        if engine is None:
            self._vans.pop(vehicle_id, None)
            return 0
        known_after = began if engine.last_t is None else engine.last_t
        open_then: Movements = dict(engine.book.open)
        stored = await rows.stored_since(
            session, vehicle_id, known_after, and_open=engine.last_t is None
        )
        asked = {vehicle_id: (known_after, until)}
        some = (await fixes.fixes_between(session, asked)).get(vehicle_id, [])
        van = self._vans[vehicle_id] = JudgedVan(engine)
        await rows.forget_snapshots(session, vehicle_id, max(began, 0.0))
        van.feed(some)
        movements, trips = van.say(now)
        truth: Movements = {**dict.fromkeys(stored), **open_then, **movements}
        for plan in engine.plan.trips:
            fact = engine.trip_fact(plan.id)
            if plan.id not in trips and plan.closes > known_after and fact is not None:
                trips[plan.id] = fact
        said.append((vehicle_id, truth, trips))
        return len(some)

    async def _engine_before(
        self, session: AsyncSession, vehicle_id: UUID, since: float, now: float
    ) -> tuple[VanEngine | None, float]:
        """Return an engine as it was before ``since``, and the hour of its knowledge."""
        until = since
        while True:
            found = await rows.newest_snapshot(session, vehicle_id, until)
            began = since - _FIRST_S if found is None else found[0]
            plan = await self._plan_from(session, vehicle_id, began, now)
            if plan is None:
                return None, began
            if found is None:
                return VanEngine(plan), began
            if takes_up(found[1], plan, found[0]):
                return VanEngine(plan, found[1]), began
            until = found[0] - 1.0

    async def _plan_from(
        self, session: AsyncSession, vehicle_id: UUID, began: float, now: float
    ) -> VanPlan | None:
        known = self._plan_of.get(vehicle_id)
        if known is not None and began - _LONGEST_TRIP_S >= self._planned_since:
            return known
        near = fixes.moment(min(began, now)) - PLAN_AROUND
        until = fixes.moment(now) + PLAN_AROUND
        return (await self._plans.read(session, near, until, vehicle_id)).get(vehicle_id)

    async def _write(
        self, session: AsyncSession, said: Iterable[tuple[UUID, Movements, Trips]]
    ) -> int:
        now = self.clock.now()
        told = list(said)
        changed = await rows.write_movements(
            session, [(vehicle_id, movements) for vehicle_id, movements, _ in told], now
        )
        await rows.write_trips(
            session, [self._news_of(fact) for _, _, trips in told for fact in trips.values()]
        )
        for vehicle_id, _, trips in told:
            for fact in trips.values():
                if self._is_news(fact):
                    rows.announce_trip(session, vehicle_id, fact)
        await rows.keep_snapshots(
            session,
            [
                (vehicle_id, at, knowledge)
                for vehicle_id, _, _ in told
                if vehicle_id in self._vans
                for at, knowledge in self._vans[vehicle_id].take_snapshots()
            ],
        )
        return changed

    def _news_of(self, fact: TripFact) -> TripFact:
        """Return a trip with those of its visits that are not stored so already."""
        stored, self._visits[fact.id] = self._visits.get(fact.id, ()), fact.visits
        return replace(fact, visits=tuple(v for v in fact.visits if v not in stored))

    def _is_news(self, fact: TripFact) -> bool:
        """Return whether the screens have to hear of it now: not of every hundred metres."""
        now = self.clock.monotonic()
        happened = (fact.state, tuple((v.state, v.arrived, v.departed) for v in fact.visits))
        told = self._told_trips.get(fact.id)
        if told is None and fact.judged_until is None:
            return False
        if told is not None and told[1] == happened and now - told[0] < _TELL_EVERY_S:
            return False
        self._told_trips[fact.id] = (now, happened)
        return True
