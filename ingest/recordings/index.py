"""Writes what the recorder reports into the database, in order, whenever the database is there.

Until then it is kept in memory and, what the disk itself would not tell again, in the journal:
so neither an outage nor the end of this process loses a file or the reason of a gap.
"""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice

from sqlalchemy import select

from ingest.cameras.lease import Leases
from ingest.outage import AWAY
from ingest.recordings.facts import Fact, GapFact, SegmentFact, StreamKey
from ingest.recordings.journal import Entry, Journal, RunBegan
from ingest.recordings.metrics import BACKLOG, GAPS
from ingest.recordings.rows import adopt, row_of, settle, upsert, write_gaps
from ingest.wake import any_of
from models.camera import Camera
from models.kit.clock import Clock
from models.kit.database import Database
from models.kit.log import get

log = get(__name__)
_FLUSH_S = 0.5
_EVERY_S = 1.0  # at most one transaction in this time: most of its cost does not grow with its rows
_BACKLOG_LIMIT = 20_000  # files in memory; beyond it they are only in the journal
_REPLAY_BATCH = 500
_TIDY_BYTES = 4 * 1024 * 1024
_Firsts = dict[StreamKey, datetime]


class RecordingIndex:
    """The backlog between the recorder and the database; lives on the event loop."""

    def __init__(
        self, node_name: str, database: Database, leases: Leases, journal: Journal | None = None
    ) -> None:
        self._node_name = node_name
        self._database = database
        self._leases = leases
        self._journal = journal
        self._journal_turn = asyncio.Lock()
        self._files: dict[str, SegmentFact] = {}
        self._gaps: dict[tuple[StreamKey, datetime], GapFact] = {}
        self._unkept: list[Fact] = []  # what the journal has to take yet
        self._journal_whole = True  # it took everything that it was given
        self._spills = self._replayed = 0  # different while some files are only in the journal
        self._earlier: list[_Firsts] = []  # runs before this one that were not settled
        self._firsts: _Firsts = {}  # of this run
        self._settled: set[StreamKey] = set()
        self._wake = asyncio.Event()
        self._next_at = 0.0  # by the loop's clock
        self._to_keep = asyncio.Event()
        self._begun = asyncio.Event()
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
            self._firsts.setdefault(fact.stream, fact.started_at)
            if isinstance(fact, SegmentFact):
                self.own_paths.add(fact.path)
                self._files[fact.path] = fact
            else:
                if fact.ended_at is None:
                    GAPS.labels(fact.reason.value).inc()
                self._gaps[(fact.stream, fact.started_at)] = fact
            if self._journal is not None and _is_final(fact):
                self._unkept.append(fact)
                self._to_keep.set()
        if len(self._files) > _BACKLOG_LIMIT:
            self._drop_closed()
        BACKLOG.set(self.backlog)
        self._wake.set()

    async def keep(self, clock: Clock, stop: asyncio.Event) -> None:
        """Begin the journal, then write every fact into it within half a second until ``stop``."""
        if self._journal is None:
            self._begun.set()
            return
        try:
            await asyncio.to_thread(self._journal.begin, clock.now())
        except OSError as error:
            log.error("journal.unusable", error=str(error))
        self._begun.set()
        while not stop.is_set():
            await any_of(stop, self._to_keep)
            await any_of(stop, timeout_s=_FLUSH_S)
            self._to_keep.clear()
            await self._keep_new()
        await self._keep_new()

    async def run(self, stop: asyncio.Event) -> None:
        """Write the backlog until ``stop`` and it is empty or the database is away."""
        while True:
            await self._pause(stop)
            try:
                await self.flush()
                if self._spills != self._replayed:
                    await self.recover()
                    await self.settle_earlier()
            except AWAY as error:
                log.warning("index.waiting", backlog=self.backlog, error=str(error))
                if stop.is_set():
                    return  # the journal and the rescan of the next start tell the rest
                await asyncio.sleep(_FLUSH_S)
            else:
                await self._tidy()
                if stop.is_set() and not self.backlog:
                    return

    async def recover(self) -> None:
        """Write what the journal holds, oldest first; ``settle_earlier`` must follow at a start.

        Raises:
            one of AWAY: some of it was written; it may be repeated.
        """
        if self._journal is None:
            return
        await self._begun.wait()
        if not self._journal.size_bytes:
            return
        spills = self._spills
        runs: list[_Firsts] = [{}]
        written = 0
        entries = self._journal.entries()
        while batch := await self._next(entries):
            facts: list[Fact] = []
            for entry in batch:
                if isinstance(entry, RunBegan):
                    runs.append({})
                else:
                    facts.append(entry)
                    runs[-1].setdefault(entry.stream, entry.started_at)
            await self.write_found(facts)
            written += len(facts)
        self._replayed = spills
        if written:
            log.info("journal.recovered", facts=written)
        self._earlier = runs[1:-1]  # the first goes on from a settled run, the last is this one

    async def settle_earlier(self, begins: Sequence[tuple[StreamKey, datetime]] = ()) -> None:
        """Account for the times between runs that ended while the database was away.

        Args:
            begins: where footage begins that was found on disk and in no journal.
        """
        known = [pair for firsts in self._earlier for pair in firsts.items()]
        for stream, first_at in sorted([*known, *begins], key=lambda pair: pair[1]):
            async with self._database.transaction() as session:
                await settle(session, {stream: first_at})
        self._earlier = []

    async def flush(self) -> None:
        """Write everything reported so far, in one transaction.

        Raises:
            one of AWAY: nothing was written, the backlog is as it was.
        """
        files, gaps = dict(self._files), dict(self._gaps)
        if not files and not gaps:
            return
        streams = {f.stream for f in files.values()} | {g.stream for g in gaps.values()}
        await self._leases.take({fact.stream.camera_id for fact in files.values()})
        async with self._database.transaction() as session:
            await settle(session, {s: self._firsts[s] for s in streams - self._settled})
            await upsert(session, [self._row(fact) for fact in files.values()])
            await write_gaps(session, list(gaps.values()))
        self._settled |= streams
        for path, written in files.items():
            if self._files.get(path) is written:
                del self._files[path]
            if written.closed:
                self.own_paths.discard(path)
        for key, gap in gaps.items():
            if self._gaps.get(key) is gap:
                del self._gaps[key]
        BACKLOG.set(self.backlog)

    async def write_found(self, facts: Sequence[Fact]) -> None:
        """Write what a run before left behind, on disk or in the journal; takes our leases only.

        Raises:
            one of AWAY: nothing was written.
        """
        files = [fact for fact in facts if isinstance(fact, SegmentFact)]
        gaps = [fact for fact in facts if isinstance(fact, GapFact)]
        async with self._database.read() as session:
            query = select(Camera.id).where(
                Camera.node_name == self._node_name,
                Camera.id.in_({fact.stream.camera_id for fact in files}),
            )
            ours = set((await session.scalars(query)).all())
        await self._leases.take(ours)
        rows = [(fact.stream.camera_id in ours, self._row(fact)) for fact in files]
        async with self._database.transaction() as session:
            await upsert(session, [row for is_ours, row in rows if is_ours])
            await adopt(session, [row for is_ours, row in rows if not is_ours])
            await write_gaps(session, gaps)

    def _row(self, fact: SegmentFact) -> dict[str, object]:
        return row_of(fact, self._node_name, self._leases.epoch(fact.stream.camera_id))

    def _drop_closed(self) -> None:
        """Forget closed files that the journal has; where it has not, the disk must be scanned."""
        unkept = {fact.path for fact in self._unkept if isinstance(fact, SegmentFact)}
        dropped = [p for p, f in self._files.items() if f.closed and p not in unkept]
        if self._journal is not None:
            self._spills += 1
        if self._journal is None or not self._journal_whole:
            self._overflowed = True
            log.error("index.backlog_dropped", files=len(dropped))
        for path in dropped:
            del self._files[path]
        self.own_paths.difference_update(dropped)

    async def _keep_new(self) -> None:
        unkept, self._unkept = self._unkept, []
        facts = [fact for fact in unkept if self._is_waiting(fact)]
        if self._journal is None or not facts:
            return
        async with self._journal_turn:
            try:
                whole = await asyncio.to_thread(self._journal.append, facts)
            except OSError as error:
                log.error("journal.not_written", facts=len(facts), error=str(error))
                whole = False
        self._journal_whole = self._journal_whole and whole

    def _is_waiting(self, fact: Fact) -> bool:
        if isinstance(fact, SegmentFact):
            return self._files.get(fact.path) is fact
        return self._gaps.get((fact.stream, fact.started_at)) is fact

    async def _next(self, entries: Iterator[Entry]) -> list[Entry]:
        async with self._journal_turn:  # never while a line is half written
            return await asyncio.to_thread(lambda: list(islice(entries, _REPLAY_BATCH)))

    async def _tidy(self) -> None:
        """Let the journal hold only what the database does not know."""
        journal = self._journal
        if journal is None or not journal.size_bytes:
            return
        if self._spills != self._replayed or self._earlier:
            return
        async with self._journal_turn:
            waiting: list[Fact] = [file for file in self._files.values() if file.closed]
            waiting += self._gaps.values()
            if waiting and journal.size_bytes < _TIDY_BYTES:
                return
            try:
                await asyncio.to_thread(journal.replace, waiting)
                self._journal_whole = True
            except OSError as error:
                log.error("journal.not_tidied", error=str(error))

    async def _pause(self, stop: asyncio.Event) -> None:
        """Wait for work or the end; work is gathered for a moment, so that it goes in batches."""
        await any_of(stop, self._wake)
        loop = asyncio.get_running_loop()
        await any_of(stop, timeout_s=max(_FLUSH_S, self._next_at - loop.time()))
        self._next_at = loop.time() + _EVERY_S
        self._wake.clear()


def _is_final(fact: Fact) -> bool:
    """Say whether the journal takes it: an open file is told by the disk, a gap by nothing else."""
    return isinstance(fact, GapFact) or fact.closed
