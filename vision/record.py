"""Writes changes (row and notice in one transaction) and minutes; keeps a backlog meanwhile."""

from collections import deque
from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby
from typing import cast

from sqlalchemy import DateTime, Table, Update, Uuid, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from models.kit.bus import announce
from models.kit.database import Database
from models.kit.log import get
from models.observation import OfficeMinute, WindowPresence, ZoneMinute, ZoneObservationRow
from models.observations import ZoneKind
from vision import metrics
from vision.flow import OfficeMinuteDone
from vision.waiting import Figure
from vision.watch import Change, Outcome, ZoneMinuteDone

log = get(__name__)
Item = Change | ZoneMinuteDone | OfficeMinuteDone
_BATCH = 200


class Backlog:
    """What waits for the database, oldest first; beyond its size the oldest is given up."""

    def __init__(self, database: Database, *, at_most: int = 100_000) -> None:
        self._database = database
        self._waiting: deque[Item] = deque()
        self._at_most = at_most

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, outcome: Outcome) -> None:
        for change in outcome.changes:
            metrics.OBSERVATIONS.labels(change.observation.state.value).inc()
        self._waiting.extend(outcome.changes)
        self._waiting.extend(outcome.minutes)
        self._waiting.extend(outcome.offices)
        while len(self._waiting) > self._at_most:
            self._waiting.popleft()
            metrics.LOST.inc()
        metrics.BACKLOG.set(len(self._waiting))

    async def flush(self) -> None:
        """Write everything that waits, in order. What was not committed stays.

        Raises:
            SQLAlchemyError: the database is away; call again later.
        """
        while self._waiting:
            batch = [self._waiting[i] for i in range(min(_BATCH, len(self._waiting)))]
            try:
                await self._write(batch)
            except IntegrityError:
                batch = batch[:1]  # some zone was deleted meanwhile: find whose, row by row
                await self._write_or_give_up(batch[0])
            self._drop_written(batch)
            metrics.BACKLOG.set(len(self._waiting))

    def _drop_written(self, batch: Sequence[Item]) -> None:
        # While we waited for the commit a full backlog may have lost its oldest rows itself.
        for item in batch:
            if self._waiting and self._waiting[0] is item:
                self._waiting.popleft()

    async def _write_or_give_up(self, item: Item) -> None:
        try:
            await self._write([item])
        except IntegrityError as error:
            metrics.LOST.inc()
            log.warning("row.given_up", reason=str(error.orig))

    async def _write(self, batch: Sequence[Item]) -> None:
        async with self._database.transaction() as session:
            for _, run in groupby(batch, type):  # what is alike at once, in the order of time
                items = list(run)
                await _write_changes(session, [one for one in items if isinstance(one, Change)])
                minutes = [one for one in items if isinstance(one, ZoneMinuteDone)]
                await _merge_minutes(session, minutes)
                await _prolong_presence(session, minutes)
                for done in items:
                    if isinstance(done, OfficeMinuteDone):
                        await _put_office_minute(session, done)


async def _write_changes(session: AsyncSession, changes: Sequence[Change]) -> None:
    for change in changes:
        _add_change(session, change)
    for change in changes:
        await _begin_presence(session, change)


def _add_change(session: AsyncSession, change: Change) -> None:
    seen = change.observation
    session.add(
        ZoneObservationRow(
            at=seen.at,
            zone_id=seen.zone_id,
            state=seen.state.value,
            people=seen.people,
            since=seen.since,
            attributes=None if change.sight is None else {"sight": change.sight},
        )
    )
    announce(
        session,
        "observation",
        seen.zone_id,
        {
            "zone_id": str(seen.zone_id),
            "camera_id": str(change.camera_id),
            "office_id": str(change.office_id),
            "window_id": str(change.window_id) if change.window_id else None,
            "kind": seen.kind.value,
            "state": seen.state.value,
            "people": seen.people,
            "since": seen.since.isoformat(),
            "at": seen.at.isoformat(),
            "sight": change.sight,
        },
    )


async def _begin_presence(session: AsyncSession, change: Change) -> None:
    """Cut the window's last state where the new one begins, and begin the new one."""
    seen = change.observation
    if change.window_id is None or seen.kind is not ZoneKind.OPERATOR:
        return
    last = WindowPresence.zone_id == seen.zone_id
    await session.execute(
        update(WindowPresence)
        .where(last, WindowPresence.started_at < seen.since, WindowPresence.ended_at > seen.since)
        .values(ended_at=seen.since)
    )
    new = insert(WindowPresence).values(
        zone_id=seen.zone_id,
        started_at=seen.since,
        ended_at=seen.at,
        window_id=change.window_id,
        state=seen.state.value,
    )
    await session.execute(
        new.on_conflict_do_update(
            index_elements=["zone_id", "started_at"],
            set_={"state": new.excluded.state, "ended_at": new.excluded.ended_at},
        )
    )


async def _prolong_presence(session: AsyncSession, minutes: Sequence[ZoneMinuteDone]) -> None:
    """Let windows' present states last until the end of minutes that were looked at."""
    looked = [
        {"seat": done.zone_id, "until": done.minute.looked_at}
        for done in minutes
        if done.seat and done.minute.looked_at is not None
    ]
    if looked:
        connection = await session.connection()
        await connection.execute(_PROLONG, looked)


async def _put_office_minute(session: AsyncSession, done: OfficeMinuteDone) -> None:
    """Write the minute and say so; one that began before a restart is replaced."""
    values = {
        "known_s": done.known_s,
        "served": done.served,
        "people_mean": done.people_mean,
        "people_max": done.people_max,
        "staffed_mean": done.staffed_mean,
        "wait_from": done.wait_from,
        "wait_s": done.wait.value if done.wait else None,
        "wait_low_s": done.wait.low if done.wait else None,
        "wait_high_s": done.wait.high if done.wait else None,
        "forecast_s": done.forecast.p50_s if done.forecast else None,
        "forecast_high_s": done.forecast.p90_s if done.forecast else None,
        "service_s": done.service.value if done.service else None,
        "service_low_s": done.service.low if done.service else None,
        "service_high_s": done.service.high if done.service else None,
    }
    new = insert(OfficeMinute).values(office_id=done.office_id, minute_at=done.minute_at, **values)
    await session.execute(
        new.on_conflict_do_update(index_elements=["office_id", "minute_at"], set_=values)
    )
    announce(
        session,
        "waiting",
        done.office_id,
        {
            "office_id": str(done.office_id),
            "at": (done.minute_at + timedelta(minutes=1)).isoformat(),
            "wait": _band(done.wait),
            "wait_from": done.wait_from,
            "forecast_s": values["forecast_s"],
            "forecast_high_s": values["forecast_high_s"],
            "service": _band(done.service),
            "served": done.served,
            "staffed": done.staffed_mean,
        },
    )


def _band(figure: Figure | None) -> dict[str, float | None] | None:
    if figure is None:
        return None
    return {"value_s": figure.value, "low_s": figure.low, "high_s": figure.high}


async def _merge_minutes(session: AsyncSession, minutes: Sequence[ZoneMinuteDone]) -> None:
    """Insert minutes, or add to the part of them that was written before a restart."""
    rows = [
        {
            "zone_id": done.zone_id,
            "minute_at": done.minute.minute_at,
            "looks": done.minute.looks,
            "known_looks": done.minute.known_looks,
            "people_mean": done.minute.people_mean,
            "people_max": done.minute.people_max if done.minute.known_looks else None,
            "occupied_share": done.minute.occupied_share,
        }
        for done in minutes
    ]
    if rows:
        connection = await session.connection()
        await connection.execute(_MERGE, rows)


def _merging() -> Insert:
    new = insert(ZoneMinute)
    known = ZoneMinute.known_looks + new.excluded.known_looks

    def merged(old: object, added: object) -> object:
        total = func.coalesce(old, 0) * ZoneMinute.known_looks
        total += func.coalesce(added, 0) * new.excluded.known_looks
        return total / func.nullif(known, 0)

    return new.on_conflict_do_update(
        index_elements=["zone_id", "minute_at"],
        set_={
            "looks": ZoneMinute.looks + new.excluded.looks,
            "known_looks": known,
            "people_mean": merged(ZoneMinute.people_mean, new.excluded.people_mean),
            "people_max": func.greatest(ZoneMinute.people_max, new.excluded.people_max),
            "occupied_share": merged(ZoneMinute.occupied_share, new.excluded.occupied_share),
        },
    )


def _prolonging() -> Update:
    seat, until = bindparam("seat", type_=Uuid()), bindparam("until", type_=DateTime(True))
    newest = (
        select(func.max(WindowPresence.started_at))
        .where(WindowPresence.zone_id == seat, WindowPresence.started_at <= until)
        .scalar_subquery()
    )
    return (
        update(cast("Table", WindowPresence.__table__))
        .where(
            WindowPresence.zone_id == seat,
            WindowPresence.started_at == newest,
            WindowPresence.ended_at < until,
        )
        .values(ended_at=until)
    )


_MERGE, _PROLONG = _merging(), _prolonging()
