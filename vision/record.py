"""Writes changes (row and notice in one transaction) and minutes; keeps a backlog meanwhile."""

from collections import deque
from collections.abc import Sequence

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from models.kit.bus import announce
from models.kit.database import Database
from models.kit.log import get
from models.observation import ZoneMinute, ZoneObservationRow
from vision import metrics
from vision.watch import Change, Outcome, ZoneMinuteDone

log = get(__name__)
Item = Change | ZoneMinuteDone
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
            for item in batch:
                if isinstance(item, Change):
                    _add_change(session, item)
                else:
                    await _merge_minute(session, item)


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


async def _merge_minute(session: AsyncSession, done: ZoneMinuteDone) -> None:
    """Insert the minute, or add to the part of it that was written before a restart."""
    minute = done.minute
    new = insert(ZoneMinute).values(
        zone_id=done.zone_id,
        minute_at=minute.minute_at,
        looks=minute.looks,
        known_looks=minute.known_looks,
        people_mean=minute.people_mean,
        people_max=minute.people_max if minute.known_looks else None,
        occupied_share=minute.occupied_share,
    )
    known = ZoneMinute.known_looks + new.excluded.known_looks

    def merged(old: object, added: object) -> object:
        total = func.coalesce(old, 0) * ZoneMinute.known_looks
        total += func.coalesce(added, 0) * new.excluded.known_looks
        return total / func.nullif(known, 0)

    await session.execute(
        new.on_conflict_do_update(
            index_elements=["zone_id", "minute_at"],
            set_={
                "looks": ZoneMinute.looks + new.excluded.looks,
                "known_looks": known,
                "people_mean": merged(ZoneMinute.people_mean, new.excluded.people_mean),
                "people_max": func.greatest(ZoneMinute.people_max, new.excluded.people_max),
                "occupied_share": merged(ZoneMinute.occupied_share, new.excluded.occupied_share),
            },
        )
    )
