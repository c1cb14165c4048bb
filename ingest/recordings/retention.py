"""Deletes recordings that may go: older than their keep, or to make room, fairly by camera.

In two phases, so that a crash between any steps is repaired: the row gets ``deleting_at`` and is
out of reach from then on; then the file goes; then the row. What stands in between is finished
at the next sweep. A hold is stronger than everything.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import delete, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from ingest.outage import AWAY
from ingest.recordings.disk import Disk
from ingest.recordings.facts import StreamKey
from ingest.recordings.holdings import deletable, freeable_bytes, holdings
from ingest.recordings.keeping import Keep, claim, expired
from ingest.recordings.metrics import DELETED, FREE
from models.camera import MediaNode
from models.kit import service
from models.kit.clock import Clock
from models.kit.database import Database
from models.kit.log import get
from models.kit.settings import Settings
from models.recording import Recording

log = get(__name__)
_EVERY_S = 10.0
_FORECAST_EVERY = timedelta(minutes=1)
_BATCH = 200
_PICK = 20  # files of one stream at a time when room is made
_HOUR_S = 3600
_PART_OF_DISK = 0.05


@dataclass(frozen=True, slots=True)
class _Doomed:
    recording_id: int
    path: str
    size_bytes: int
    ended_at: datetime


class Retention:
    """The deleting side of one node's recordings."""

    def __init__(self, settings: Settings, database: Database, clock: Clock, disk: Disk) -> None:
        self._node = settings.media_node
        self._workers = settings.media_workers
        self._reserve_bytes = settings.reserve_bytes
        self._keep = default_keep(settings)
        self._root = settings.recordings_path
        self._database = database
        self._clock = clock
        self._disk = disk
        self._forecast_at: datetime | None = None

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                await self.sweep()
            except AWAY as error:
                log.warning("retention.waiting", error=str(error))
            await service.wait(stop, _EVERY_S)

    async def sweep(self) -> int:
        """Delete what may go now; return how many recordings went.

        Raises:
            OSError: the disk is missing or refuses; nothing was forgotten of what lies on it.
        """
        now = self._clock.now()
        await asyncio.to_thread(self._disk.claim)
        gone = await self._finish()
        async with self._database.read() as session:
            found = await holdings(session, self._node, self._keep)
        for holding in found:
            before = expired(holding.keep, now)
            while holding.oldest_ends_at < before:
                marked = await self._mark(holding.stream, before, _BATCH, now)
                gone += await self._finish()
                if len(marked) < _BATCH:
                    break
        free = await asyncio.to_thread(self._disk.free_bytes)
        FREE.set(free + self._reserve_bytes)
        if (wanted := await asyncio.to_thread(self._low_bytes) - free) > 0:
            gone += await self._make_room(wanted, now)
        if gone:
            DELETED.inc(gone)
            log.info("retention.deleted", recordings=gone)
        await self._forecast(now)
        return gone

    def _low_bytes(self) -> int:
        """Return the room to be kept: an hour of writing, but not much of a small disk."""
        hour = self._disk.write_bytes_per_s * self._workers * _HOUR_S
        return round(max(self._reserve_bytes, min(hour, _PART_OF_DISK * self._disk.total_bytes())))

    async def _make_room(self, wanted_bytes: int, now: datetime) -> int:
        """Delete the oldest of whoever keeps the most of its share, until there is room."""
        async with self._database.read() as session:
            waiting = await holdings(session, self._node, self._keep)
        young = 0
        while wanted_bytes > 0 and waiting:
            waiting.sort(key=lambda h: claim(h.keep, h.oldest_at, now))
            holding = waiting.pop()
            young += not claim(holding.keep, holding.oldest_at, now)[0]
            marked = await self._mark(holding.stream, None, _PICK, now, wanted_bytes)
            wanted_bytes -= sum(each.size_bytes for each in marked)
            if marked:
                waiting.append(replace(holding, oldest_at=marked[-1].ended_at))
        gone = await self._finish()
        if young:
            log.error("retention.below_minimum", batches=young)
        if wanted_bytes > 0:
            log.error("retention.nothing_to_delete", missing_bytes=wanted_bytes)
        return gone

    async def _mark(
        self,
        stream: StreamKey,
        before: datetime | None,
        limit: int,
        now: datetime,
        enough_bytes: int | None = None,
    ) -> list[_Doomed]:
        """Put the oldest files of a stream out of reach, where no hold keeps them."""
        async with self._database.transaction() as session:
            # A hold made meanwhile waits for this commit; what it finds then, it keeps.
            await session.execute(text("LOCK TABLE hold IN SHARE MODE"))
            doomed = await self._oldest(session, stream, before, limit)
            if enough_bytes is not None:
                doomed = _enough(doomed, enough_bytes)
            ids = [each.recording_id for each in doomed]
            await session.execute(
                update(Recording).where(Recording.id.in_(ids)).values(deleting_at=now)
            )
        return doomed

    async def _oldest(
        self, session: AsyncSession, stream: StreamKey, before: datetime | None, limit: int
    ) -> list[_Doomed]:
        query = (
            select(Recording.id, Recording.path, Recording.size_bytes, Recording.ended_at)
            .where(
                Recording.camera_id == stream.camera_id,
                Recording.stream_kind == stream.kind.value,
                *deletable(self._node),
            )
            .order_by(Recording.started_at)
            .limit(limit)
        )
        if before is not None:
            query = query.where(Recording.ended_at < before)
        rows = await session.execute(query)
        return [_Doomed(r.id, r.path, r.size_bytes, r.ended_at) for r in rows]

    async def _finish(self) -> int:
        """Remove the files of all marked rows, then the rows; also those a crash left marked."""
        gone = 0
        while True:
            async with self._database.read() as session:
                query = (
                    select(Recording.id, Recording.path)
                    .where(Recording.node_name == self._node, Recording.deleting_at.is_not(None))
                    .limit(_BATCH)
                )
                marked = (await session.execute(query)).all()
            if not marked:
                return gone
            await asyncio.to_thread(_remove, [self._root / row.path for row in marked])
            async with self._database.transaction() as session:
                ids = [row.id for row in marked]
                await session.execute(delete(Recording).where(Recording.id.in_(ids)))
            gone += len(marked)

    async def _forecast(self, now: datetime) -> None:
        """Tell the node's row what could still be deleted."""
        if self._forecast_at is not None and now - self._forecast_at < _FORECAST_EVERY:
            return
        async with self._database.transaction() as session:
            found = await holdings(session, self._node, self._keep)
            freeable = await freeable_bytes(session, self._node, found, now)
            await session.execute(
                update(MediaNode)
                .where(MediaNode.name == self._node, MediaNode.worker == 0)
                .values(freeable_bytes=freeable)
            )
        self._forecast_at = now


def default_keep(settings: Settings) -> Keep:
    """Return how long footage of a camera without a retention class stays."""
    return Keep(0.0, settings.recordings_keep_days)


def _enough(doomed: Sequence[_Doomed], wanted_bytes: int) -> list[_Doomed]:
    chosen: list[_Doomed] = []
    for each in doomed:
        if wanted_bytes <= 0:
            break
        chosen.append(each)
        wanted_bytes -= each.size_bytes
    return chosen


def _remove(files: Sequence[Path]) -> None:
    for file in files:
        file.unlink(missing_ok=True)
        if file.parent.is_dir() and not any(file.parent.iterdir()):
            file.parent.rmdir()
