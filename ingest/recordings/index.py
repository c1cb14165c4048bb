"""Writes what the recorder reports into the database, in order, whenever the database is there."""

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from ingest.cameras.lease import Leases
from ingest.outage import AWAY
from ingest.recordings.facts import Fact, GapFact, GapReason, SegmentFact, StreamKey, pack_gops
from ingest.recordings.metrics import BACKLOG, GAPS
from ingest.wake import any_of
from models.kit.database import Database
from models.kit.log import get
from models.recording import Recording, RecordingGap

log = get(__name__)
_FLUSH_S = 0.5
_BACKLOG_LIMIT = 200_000  # files; beyond it the rescan finds them again
_NODE_GAP = timedelta(seconds=2)

# Refused where another node took the camera since (a newer epoch) or the camera was deleted.
_UPSERT = text(
    "INSERT INTO recording (camera_id, stream_kind, node_name, epoch, path, started_at, ended_at,"
    " size_bytes, init_bytes, codec, gops, closed, sha256)"
    " SELECT camera.id, :stream_kind, :node_name, :epoch, :path, :started_at, :ended_at,"
    " :size_bytes, :init_bytes, :codec, :gops, :closed, :sha256"
    " FROM camera WHERE camera.id = :camera_id AND NOT EXISTS (SELECT 1 FROM camera_lease"
    " WHERE camera_lease.camera_id = camera.id AND camera_lease.epoch > :epoch)"
    " ON CONFLICT (node_name, path) DO UPDATE SET ended_at = excluded.ended_at,"
    " size_bytes = excluded.size_bytes, gops = excluded.gops, closed = excluded.closed,"
    " sha256 = excluded.sha256, epoch = excluded.epoch WHERE recording.epoch <= excluded.epoch"
)
_INSERT_GAP = text(
    "INSERT INTO recording_gap (camera_id, stream_kind, started_at, ended_at, reason)"
    " SELECT camera.id, CAST(:stream_kind AS varchar), CAST(:started_at AS timestamptz),"
    " CAST(:ended_at AS timestamptz), CAST(:reason AS varchar) FROM camera"
    " WHERE camera.id = :camera_id AND NOT EXISTS (SELECT 1 FROM recording_gap AS known"
    " WHERE known.camera_id = :camera_id AND known.stream_kind = CAST(:stream_kind AS varchar)"
    " AND known.started_at = CAST(:started_at AS timestamptz))"
)
_CLOSE_GAP = (
    update(RecordingGap)
    .where(
        RecordingGap.camera_id == bindparam("camera"),
        RecordingGap.stream_kind == bindparam("kind"),
        RecordingGap.started_at == bindparam("since"),
    )
    .values(ended_at=bindparam("until"))
)


class RecordingIndex:
    """The backlog between the recorder and the database; lives on the event loop."""

    def __init__(self, node_name: str, database: Database, leases: Leases) -> None:
        self._node_name = node_name
        self._database = database
        self._leases = leases
        self._files: dict[str, SegmentFact] = {}
        self._gaps: dict[tuple[StreamKey, datetime], GapFact] = {}
        self._settled: set[StreamKey] = set()
        self._wake = asyncio.Event()
        self.own_paths: set[str] = set()  # files of this run, which the rescan leaves alone
        self._overflowed = False

    def take_overflow(self) -> bool:
        """Say once whether part of a backlog was dropped, so that the disk must be scanned."""
        dropped, self._overflowed = self._overflowed, False
        return dropped

    @property
    def backlog(self) -> int:
        return len(self._files) + len(self._gaps)

    def report(self, facts: list[Fact]) -> None:
        """Take facts; the newest of a file or gap replaces what was not yet written of it."""
        for fact in facts:
            if isinstance(fact, SegmentFact):
                self.own_paths.add(fact.path)
                self._files[fact.path] = fact
            else:
                if fact.ended_at is None:
                    GAPS.labels(fact.reason.value).inc()
                self._gaps[(fact.stream, fact.started_at)] = fact
        if len(self._files) > _BACKLOG_LIMIT:
            log.error("index.backlog_dropped", files=len(self._files))
            self.own_paths.difference_update(self._files)
            self._files.clear()
            self._overflowed = True
        BACKLOG.set(self.backlog)
        self._wake.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Write the backlog until ``stop`` and it is empty or the database is away."""
        while True:
            await self._pause(stop)
            try:
                await self.flush()
            except AWAY as error:
                log.warning("index.waiting", backlog=self.backlog, error=str(error))
                if stop.is_set():
                    return  # the rescan of the next start indexes what is on disk
                await asyncio.sleep(_FLUSH_S)
            else:
                if stop.is_set() and not self.backlog:
                    return

    async def flush(self) -> None:
        """Write everything reported so far, in one transaction.

        Raises:
            one of AWAY: nothing was written, the backlog is as it was.
        """
        files, gaps = dict(self._files), dict(self._gaps)
        if not files and not gaps:
            return
        facts: list[Fact] = [*files.values(), *gaps.values()]
        first: dict[StreamKey, datetime] = {}
        for fact in facts:
            known = first.get(fact.stream)
            first[fact.stream] = fact.started_at if known is None else min(known, fact.started_at)
        await self.take_leases(files.values())
        async with self._database.transaction() as session:
            for stream in first.keys() - self._settled:
                await settle(session, stream, first[stream])
            await upsert(session, [self.row(fact) for fact in files.values()])
            await _write_gaps(session, list(gaps.values()))
        self._settled |= first.keys()
        for path, written in files.items():
            if self._files.get(path) is written:
                del self._files[path]
            if written.closed:
                self.own_paths.discard(path)
        for key, gap in gaps.items():
            if self._gaps.get(key) is gap:
                del self._gaps[key]
        BACKLOG.set(self.backlog)

    async def take_leases(self, facts: Iterable[SegmentFact]) -> None:
        await self._leases.take({fact.stream.camera_id for fact in facts})

    def row(self, fact: SegmentFact) -> dict[str, Any]:
        """Return the row of table recording, under this run's epoch."""
        return {
            "camera_id": fact.stream.camera_id,
            "stream_kind": fact.stream.kind.value,
            "node_name": self._node_name,
            "epoch": self._leases.epoch(fact.stream.camera_id),
            "path": fact.path,
            "started_at": fact.started_at,
            "ended_at": fact.ended_at,
            "size_bytes": fact.size_bytes,
            "init_bytes": fact.init_bytes,
            "codec": fact.codec,
            "gops": pack_gops(fact.fragments),
            "closed": fact.closed,
            "sha256": fact.sha256,
        }

    async def _pause(self, stop: asyncio.Event) -> None:
        """Wait for work or the end; work is gathered for a moment, so that it goes in batches."""
        await any_of(stop, self._wake)
        await any_of(stop, timeout_s=_FLUSH_S)
        self._wake.clear()


async def upsert(session: AsyncSession, rows: list[dict[str, Any]]) -> None:
    """Write rows made by ``RecordingIndex.row``; refused where the camera is no longer ours."""
    if rows:
        await session.execute(_UPSERT, rows)


async def settle(session: AsyncSession, stream: StreamKey, first_at: datetime) -> None:
    """Account for the time before this run: close gaps left open, add the node's own absence."""
    mine = (
        RecordingGap.camera_id == stream.camera_id,
        RecordingGap.stream_kind == stream.kind.value,
    )
    closed = await session.execute(
        update(RecordingGap)
        .where(*mine, RecordingGap.ended_at.is_(None), RecordingGap.started_at <= first_at)
        .values(ended_at=first_at)
        .returning(RecordingGap.id)
    )
    if closed.first() is not None:
        return
    last_footage = await session.scalar(
        select(func.max(Recording.ended_at)).where(
            Recording.camera_id == stream.camera_id,
            Recording.stream_kind == stream.kind.value,
            Recording.started_at < first_at,
        )
    )
    last_gap = await session.scalar(select(func.max(RecordingGap.ended_at)).where(*mine))
    ends = [end for end in (last_footage, last_gap) if end is not None]
    if ends and first_at - max(ends) > _NODE_GAP:
        await _write_gaps(session, [GapFact(stream, max(ends), first_at, GapReason.NODE_DOWN)])


async def _write_gaps(session: AsyncSession, gaps: list[GapFact]) -> None:
    if not gaps:
        return
    rows = [
        {
            "camera_id": gap.stream.camera_id,
            "stream_kind": gap.stream.kind.value,
            "started_at": gap.started_at,
            "ended_at": gap.ended_at,
            "reason": gap.reason.value,
        }
        for gap in gaps
    ]
    await session.execute(_INSERT_GAP, rows)
    for gap in gaps:
        if gap.ended_at is not None:
            await session.execute(
                _CLOSE_GAP,
                {
                    "camera": gap.stream.camera_id,
                    "kind": gap.stream.kind.value,
                    "since": gap.started_at,
                    "until": gap.ended_at,
                },
            )
