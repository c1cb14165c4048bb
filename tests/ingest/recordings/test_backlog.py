"""What is reported while the database is away, also when the node ends before it is back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select, update

from ingest.cameras.lease import Leases
from ingest.recordings import index as index_module
from ingest.recordings.facts import Fact, GapFact, GapReason, SegmentFact, StreamKey
from ingest.recordings.index import RecordingIndex
from ingest.recordings.journal import Journal
from ingest.recordings.rescan import Rescan
from models.camera import Camera, CameraLease
from models.kit.clock import ManualClock
from models.kit.database import Database
from models.observations import StreamKind
from models.recording import RecordingGap
from tests.builders import NOON
from tests.ingest.outage import away
from tests.ingest.recordings.written import record, rows

pytestmark = pytest.mark.postgis


class Run:
    """One run of a node: an index with its journal; ``end`` is kill -9 of it."""

    def __init__(self, folder: Path, database: Database, name: str) -> None:
        self.journal = Journal(folder / "journal.log")
        self.index = RecordingIndex("node-1", database, Leases(name, database), self.journal)
        self.rescan = Rescan(folder / "r", "node-1", database, self.index)
        self._stop = asyncio.Event()
        self._keeping = asyncio.create_task(
            self.index.keep(ManualClock(NOON), self._stop), name="keep"
        )

    async def kept(self, facts: list[Fact]) -> None:
        """Report and wait until the journal has it."""
        self.index.report(facts)
        while self.index._unkept:
            await asyncio.sleep(0.02)
        async with self.index._journal_turn:
            pass

    async def end(self) -> None:
        self._keeping.cancel()
        await asyncio.gather(self._keeping, return_exceptions=True)
        self.journal.close()

    async def catch_up(self, now: datetime) -> None:
        """Do what a node does once its database is there."""
        await self.rescan.recent(now)
        self._stop.set()
        await self.index.run(self._stop)
        await self._keeping


@asynccontextmanager
async def a_run(folder: Path, database: Database, name: str) -> AsyncIterator[Run]:
    run = Run(folder, database, name)
    try:
        yield run
    finally:
        await run.end()


async def gaps(database: Database) -> list[tuple[str, datetime, datetime | None]]:
    async with database.read() as session:
        query = select(RecordingGap).order_by(RecordingGap.started_at)
        found = (await session.scalars(query)).all()
        return [(gap.reason, gap.started_at, gap.ended_at) for gap in found]


def two_files(folder: Path, camera_id: UUID) -> list[SegmentFact]:
    return [fact for fact in record(folder / "r", camera_id, folder) if fact.closed]


def moved(fact: SegmentFact, by: timedelta) -> SegmentFact:
    ticks = round(by.total_seconds() * 90_000)
    places = tuple(replace(place, dts=place.dts + ticks) for place in fact.fragments)
    return replace(fact, path=fact.path + f"-{ticks}", fragments=places)


async def test_a_node_killed_without_its_database_loses_no_file_and_no_reason(
    database: Database, database_url: str, cluster_url: str, camera_id: UUID, tmp_path: Path
) -> None:
    first, last = two_files(tmp_path, camera_id)
    stream = first.stream
    stalled_at = last.ended_at
    later = [moved(fact, timedelta(minutes=m)) for fact, m in ((first, 10), (last, 30))]
    with away(cluster_url, database_url):
        async with a_run(tmp_path, database, "run-1") as run:
            await run.kept([first, last])
            await run.kept([GapFact(stream, stalled_at, None, GapReason.STALLED)])
        async with a_run(tmp_path, database, "run-2") as run:
            await run.kept([later[0]])
            lost_at = later[0].ended_at
            full = GapFact(stream, lost_at, lost_at + timedelta(minutes=1), GapReason.DISK_FULL)
            await run.kept([full])
    (tmp_path / "r" / first.path).unlink()  # what is in the journal is not read back from disk
    async with a_run(tmp_path, database, "run-3") as run:
        run.index.report([later[1]])
        await run.catch_up(NOON)
        assert run.journal.size_bytes == 0
    found = await rows(database)
    assert [row.path for row in found] == [first.path, last.path, later[0].path, later[1].path]
    assert [(row.sha256, row.closed) for row in found[:2]] == [
        (first.sha256, True),
        (last.sha256, True),
    ]
    assert await gaps(database) == [
        ("stalled", stalled_at, later[0].started_at),
        ("disk_full", full.started_at, full.ended_at),
        ("node_down", full.ended_at, later[1].started_at),
    ]


async def test_recovering_twice_changes_nothing(
    database: Database, camera_id: UUID, tmp_path: Path
) -> None:
    facts = two_files(tmp_path, camera_id)
    gap = GapFact(facts[0].stream, facts[-1].ended_at, None, GapReason.STALLED)
    async with a_run(tmp_path, database, "run-1") as run:
        await run.kept([*facts, gap])
    async with a_run(tmp_path, database, "run-2") as run:
        await run.rescan.recent(NOON)
        once = [(row.path, row.epoch) for row in await rows(database)], await gaps(database)
        await run.rescan.recent(NOON)
        assert once == ([(r.path, r.epoch) for r in await rows(database)], await gaps(database))
    assert len(once[0]) == 2
    assert once[1] == [("stalled", gap.started_at, None)]


async def test_a_backlog_beyond_the_memory_waits_in_the_journal(
    database: Database,
    database_url: str,
    cluster_url: str,
    camera_id: UUID,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(index_module, "_BACKLOG_LIMIT", 10)
    (fact, *_) = two_files(tmp_path, camera_id)
    many = [moved(fact, timedelta(seconds=2 * n)) for n in range(60)]
    async with a_run(tmp_path, database, "run-1") as run:
        with away(cluster_url, database_url):
            for at in range(0, len(many), 7):
                await run.kept(list(many[at : at + 7]))
            assert run.index.backlog < 20
        await run.catch_up(NOON)
        assert not run.index.take_overflow()
        assert run.journal.size_bytes == 0
    found = await rows(database)
    assert {row.path for row in found} >= {fact.path for fact in many}
    assert await gaps(database) == []


async def test_a_backlog_that_the_journal_did_not_take_is_looked_for_on_disk(
    database: Database, camera_id: UUID, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_module, "_BACKLOG_LIMIT", 10)
    (tmp_path / "journal.log").mkdir()
    (fact, *_) = two_files(tmp_path, camera_id)
    async with a_run(tmp_path, database, "run-1") as run:
        for n in range(30):
            await run.kept([moved(fact, timedelta(seconds=2 * n))])
        assert run.index.backlog <= 11
        assert run.index.take_overflow()


async def test_files_of_a_camera_that_moved_away_leave_its_lease_alone(
    database: Database, camera_id: UUID, tmp_path: Path
) -> None:
    facts = two_files(tmp_path, camera_id)
    async with database.transaction() as session:
        await session.execute(update(Camera).values(node_name="node-2"))
    theirs = Leases("node-2", database)
    await theirs.take([camera_id])
    async with a_run(tmp_path, database, "run-1") as run:
        await run.rescan.recent(facts[-1].ended_at)
    assert [row.path for row in await rows(database)] == [fact.path for fact in facts]
    async with database.read() as session:
        lease = (await session.scalars(select(CameraLease))).one()
    assert (lease.owner, lease.epoch) == ("node-2", 1)


async def test_a_gap_of_the_sub_stream_is_not_ended_by_main(
    database: Database, camera_id: UUID, tmp_path: Path
) -> None:
    facts = two_files(tmp_path, camera_id)
    sub = StreamKey(camera_id, StreamKind.SUB)
    gap = GapFact(sub, facts[0].started_at - timedelta(hours=1), None, GapReason.CAMERA_DOWN)
    async with a_run(tmp_path, database, "run-1") as run:
        await run.kept([gap])
    async with a_run(tmp_path, database, "run-2") as run:
        run.index.report(list(facts))
        await run.catch_up(facts[-1].ended_at)
    assert await gaps(database) == [("camera_down", gap.started_at, None)]
