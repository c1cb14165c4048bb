"""The alerts process: follows notices, ticks every second, writes what the watchtower decides.

Nothing is kept that the database does not have: after any database error everything is loaded
anew, so a restart, a take-over and an outage are one path, and none of them doubles an alert.
"""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from datetime import datetime, timedelta
from uuid import UUID

import psycopg
from prometheus_client import Counter, Gauge
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from alerts import record, repository, ties
from alerts.notices import (
    TOPICS,
    AlertDismissed,
    CameraNoticed,
    ComplaintChanged,
    LayoutChanged,
    StreamHeard,
    VanMoved,
    ZoneSeen,
    read,
)
from alerts.vans import moving_vans
from alerts.watchtower import ToClear, ToRaise, Watchtower
from alerts.world import World
from models.complaint import Complaint
from models.kit.bus import Notice, last_seq, listen
from models.kit.clock import Clock
from models.kit.database import Database
from models.kit.leadership import Leadership, lead
from models.kit.log import get
from models.kit.service import wait

log = get(__name__)
LEADER_LOCK = 0x4148_414C  # "AHAL"
_TICK_S = 1.0
_RETRY_S = 1.0
_PROBE_S = 2.0
_RELOAD_EVERY = timedelta(seconds=15)  # catches what was edited without a notice

_raised = Counter("ahual_alerts_raised_total", "Alerts raised.", ["rule"])
_cleared = Counter("ahual_alerts_cleared_total", "Alerts whose condition ended.", ["rule"])
_leading = Gauge("ahual_alerts_leading", "1 while this process leads.")


class AlertService:
    """Leads or waits to lead until told to stop; survives the database being away."""

    def __init__(self, database: Database, clock: Clock, *, tick_s: float = _TICK_S) -> None:
        self._database = database
        self._clock = clock
        self._tick_s = tick_s

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until ``stop`` is set."""
        away = False
        while not stop.is_set():
            try:
                async with lead(self._database.url, LEADER_LOCK, stop) as leadership:
                    away = False
                    if leadership is not None:
                        await self._serve(leadership, stop)
            except* (psycopg.Error, DBAPIError, OSError) as lost:
                if not away:  # once an outage; /readyz says how it goes on
                    log.warning("database.lost", error=str(lost.exceptions[0]).strip())
                away = True
                await wait(stop, _RETRY_S)
            finally:
                _leading.set(0)

    async def ready(self) -> dict[str, bool]:
        """A standby is ready too: all it needs is the database."""
        try:
            async with asyncio.timeout(_PROBE_S), self._database.read() as session:
                await session.execute(text("SELECT 1"))
        except (DBAPIError, OSError):  # TimeoutError is an OSError
            return {"database": False}
        return {"database": True}

    async def _serve(self, leadership: Leadership, stop: asyncio.Event) -> None:
        term = Term(self._database, self._clock)
        await term.begin()
        _leading.set(1)
        log.info("leader.began")
        async with asyncio.TaskGroup() as group:
            follower = group.create_task(term.follow())
            while not await wait(stop, self._tick_s):
                await leadership.confirm()
                await term.tick()
            follower.cancel()


class Term:
    """One leader's term: the world and the watchtower as loaded at its begin and kept since."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._turn = asyncio.Lock()  # notices and ticks take turns
        self._world: World
        self._tower: Watchtower
        self._seq = 0
        self._began_at = self._latest = self._loaded_at = clock.now()

    async def begin(self) -> None:
        """Load everything, then look at everything once."""
        async with self._database.read() as session:
            self._seq = await last_seq(session)
            self._tower = await repository.load_watchtower(session, self._began_at)
            self._world = await repository.load_world(session, self._began_at, self._began_at)
        await self.tick()

    async def follow(self) -> None:
        """Take in every notice since ``begin``, for ever."""
        async with aclosing(listen(self._database, TOPICS, after=self._seq)) as notices:
            async for notice in notices:
                async with self._turn:
                    await self._take(notice)

    async def tick(self) -> None:
        """Look at every subject now."""
        async with self._turn:
            now = self._move_to(self._clock.now())
            if now - self._loaded_at >= _RELOAD_EVERY:
                await self._reload(now)
            else:
                async with self._database.read() as session:
                    await repository.note_nodes(session, self._world)
            await self._write(self._tower.look_at_all(self._world.all_facts(now), now))

    async def _take(self, notice: Notice) -> None:
        try:
            message = read(notice)
        except ValueError as error:
            log.error("notice.unreadable", topic=notice.topic, seq=notice.seq, error=str(error))
            return
        now = self._move_to(min(notice.at, self._clock.now()))
        match message:
            case ZoneSeen():
                await self._observe(message, now)
            case StreamHeard():
                await self._hear(message, now)
            case CameraNoticed():
                await self._notice(message, now)
            case ComplaintChanged():
                await self._tie(message.complaint_id, now)
            case VanMoved():
                await self._follow_van(message.vehicle_id, now)
            case LayoutChanged():
                await self._reload(now)
                await self._write(self._tower.look_at_all(self._world.all_facts(now), now))
            case AlertDismissed():
                self._tower.dismiss(message.rule, message.subject, now)

    async def _observe(self, seen: ZoneSeen, now: datetime) -> None:
        # First what held until now, so that a change cannot hide an alert that was due before it.
        decisions = self._tower.look(self._world.facts_of_zone(seen.zone_id, now), now)
        if not self._world.observe(seen.zone_id, seen.reading):
            await self._reload(now)
        decisions += self._tower.look(self._world.facts_of_zone(seen.zone_id, now), now)
        await self._write(decisions)

    async def _hear(self, heard: StreamHeard, now: datetime) -> None:
        decisions = self._tower.look(self._world.facts_of_camera(heard.camera_id, now), now)
        if self._world.hear(heard.camera_id, heard.kind, heard.reading):
            decisions += self._tower.look(self._world.facts_of_camera(heard.camera_id, now), now)
        await self._write(decisions)

    async def _notice(self, noticed: CameraNoticed, now: datetime) -> None:
        decisions = self._tower.look(self._world.facts_of_camera(noticed.camera_id, now), now)
        if self._world.noticed(noticed.camera_id, noticed.kind, noticed.sight):
            decisions += self._tower.look(self._world.facts_of_camera(noticed.camera_id, now), now)
        await self._write(decisions)

    async def _follow_van(self, vehicle_id: UUID, now: datetime) -> None:
        async with self._database.read() as session:
            for van in await moving_vans(session, now, vehicle_id):
                self._world.van_moved(van)
        await self._write(self._tower.look(self._world.facts_of_van(vehicle_id), now))

    async def _tie(self, complaint_id: UUID, now: datetime) -> None:
        """A card and an alert written at the same moment did not see each other: tie them now."""
        async with self._database.transaction() as session:
            complaint = await session.get(Complaint, complaint_id)
            if complaint is None:
                return
            tied = await ties.tie_complaint(session, complaint, now)
            if tied:
                ties.note_tie(session, complaint.id, tied, now)
                await record.publish(session, *tied)
                ties.announce_complaint(session, complaint)

    async def _reload(self, now: datetime) -> None:
        async with self._database.read() as session:
            self._world = await repository.load_world(session, now, self._began_at)
        self._loaded_at = now

    async def _write(self, decisions: Sequence[ToRaise | ToClear]) -> None:
        for decision in decisions:
            async with self._database.transaction() as session:
                await repository.write(session, decision)
            if isinstance(decision, ToRaise):
                _raised.labels(decision.rule.name).inc()
                log.info("alert.raised", rule=decision.rule.name, subject=decision.place.subject)
            else:
                _cleared.labels(decision.rule_name).inc()
                log.info("alert.cleared", rule=decision.rule_name, subject=decision.subject)

    def _move_to(self, at: datetime) -> datetime:
        """Return the time of this look: the clock may step back, looks never do."""
        self._latest = max(self._latest, at)
        return self._latest
