import asyncio
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from ingest.outage import AWAY
from ingest.recordings import archive
from ingest.recordings.facts import GapFact, GapReason, StreamKey
from models.kit.database import Database
from models.kit.ids import new_id
from models.observations import StreamKind
from models.recording import RecordingGap
from tests.builders import NOON
from tests.ingest.outage import away
from tests.ingest.recordings.written import an_index, record, rows

pytestmark = pytest.mark.postgis


async def test_a_row_is_provisional_until_its_file_is_closed(
    database: Database, camera_id: UUID, tmp_path: Path
) -> None:
    index = an_index(database)
    facts = record(tmp_path / "r", camera_id, tmp_path)
    index.report([facts[0]])
    await index.flush()
    (row,) = await rows(database)
    assert (row.closed, row.sha256) == (False, None)
    index.report(list(facts))
    await index.flush()
    assert [row.closed for row in await rows(database)] == [True, True]
    assert index.backlog == 0
    assert not index.own_paths


async def test_an_older_epoch_is_refused(
    database: Database, camera_id: UUID, tmp_path: Path
) -> None:
    old, new = an_index(database, "old"), an_index(database, "new")
    first, *_, last = record(tmp_path / "r", camera_id, tmp_path)
    old.report([first])
    await old.flush()
    await new._leases.take([last.stream.camera_id])
    old.report([last])
    await old.flush()
    assert [row.path for row in await rows(database)] == [first.path]


async def test_a_deleted_camera_spoils_nobodys_rows(
    database: Database, camera_id: UUID, tmp_path: Path
) -> None:
    index = an_index(database)
    gone = record(tmp_path / "r", new_id(), tmp_path)
    kept = record(tmp_path / "r", camera_id, tmp_path)
    gap = GapFact(StreamKey(new_id(), StreamKind.SUB), NOON, None, GapReason.STALLED)
    index.report([*gone, *kept, gap])
    await index.flush()
    assert {row.camera_id for row in await rows(database)} == {camera_id}


async def test_the_backlog_waits_for_the_database(
    database: Database, database_url: str, cluster_url: str, camera_id: UUID, tmp_path: Path
) -> None:
    index = an_index(database)
    with away(cluster_url, database_url):
        facts = record(tmp_path / "r", camera_id, tmp_path)
        index.report(list(facts))
        with pytest.raises(AWAY):
            await index.flush()
        assert index.backlog == 2
    stop = asyncio.Event()
    stop.set()
    await index.run(stop)
    assert [row.path for row in await rows(database)] == [facts[0].path, facts[-1].path]


async def test_a_gap_opens_and_closes_in_one_row(database: Database, camera_id: UUID) -> None:
    index = an_index(database)
    gap = GapFact(StreamKey(camera_id, StreamKind.MAIN), NOON, None, GapReason.STALLED)
    index.report([gap])
    await index.flush()
    async with database.read() as session:
        span = (NOON + timedelta(hours=1), NOON + timedelta(hours=2))
        (found,) = await archive.gaps(session, camera_id, StreamKind.MAIN, *span)
    assert found == archive.GapSpan(NOON, None, "stalled")
    end = NOON + timedelta(seconds=7)
    index.report([GapFact(gap.stream, NOON, end, gap.reason)])
    await index.flush()
    async with database.read() as session:
        (row,) = (await session.scalars(select(RecordingGap))).all()
        assert await archive.gaps(session, camera_id, StreamKind.MAIN, *span) == []
    assert row.ended_at == end


async def test_a_gap_left_open_by_a_crash_ends_with_the_first_news(
    database: Database, camera_id: UUID, tmp_path: Path
) -> None:
    before = an_index(database, "run-1")
    facts = record(tmp_path / "r", camera_id, tmp_path)
    since = facts[0].started_at - timedelta(minutes=5)
    before.report([GapFact(facts[0].stream, since, None, GapReason.CAMERA_DOWN)])
    await before.flush()
    after = an_index(database, "run-2")
    after.report(list(facts))
    await after.flush()
    async with database.read() as session:
        (row,) = (await session.scalars(select(RecordingGap))).all()
    assert (row.started_at, row.ended_at) == (since, facts[0].started_at)


async def test_segments_are_found_by_any_overlap(
    database: Database, camera_id: UUID, tmp_path: Path
) -> None:
    index = an_index(database)
    facts = record(tmp_path / "r", camera_id, tmp_path)
    index.report(list(facts))
    await index.flush()
    start = facts[0].started_at
    async with database.read() as session:

        async def found(begin_s: float, end_s: float) -> list[str]:
            spans = await archive.segments(
                session,
                camera_id,
                StreamKind.MAIN,
                start + timedelta(seconds=begin_s),
                start + timedelta(seconds=end_s),
            )
            return [span.path for span in spans]

        one, two = facts[0].path, facts[-1].path
        assert await found(-5, 0) == []
        assert await found(0, 1) == [one]
        assert await found(1.9, 2.1) == [one, two]
        assert await found(2, 3) == [two]
        assert await found(4, 9) == []
        (span, _) = await archive.segments(
            session, camera_id, StreamKind.MAIN, start, start + timedelta(seconds=4)
        )
    assert [(gop.at - start).total_seconds() for gop in span.gops] == [0, 1]
    assert span.gops[0].offset == span.init_bytes
    assert sum(gop.length for gop in span.gops) + span.init_bytes == span.size_bytes
