"""What the archive gives for a span: its files, by the index alone, none that are being deleted."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, insert, text, update

from ingest.recordings import archive
from ingest.recordings.stored_file import instant, joined, places, places_within, unix_ms
from models.kit.database import Database
from models.observations import StreamKind
from models.recording import Recording
from tests.ingest.media.footage import START
from tests.ingest.media.test_playlist import a_file

pytestmark = pytest.mark.postgis
DAY_FILES = 8640


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


@pytest.fixture
async def day(database: Database, camera_id: UUID) -> UUID:
    """A day of main in files of ten seconds; the thousandth reaches over its neighbours."""
    rows = [
        {
            "camera_id": camera_id,
            "stream_kind": "main",
            "node_name": "node-1",
            "path": f"{n}.mp4",
            "started_at": at(10 * n),
            "ended_at": at(10 * n + (25 if n == 1000 else 10)),
            "size_bytes": 1,
            "init_bytes": 1,
            "codec": "avc1.42c01e",
            "gops": a_file(durations_ms=[2000] * 5).gops,
            "closed": True,
        }
        for n in range(DAY_FILES)
    ]
    async with database.transaction() as session:
        await session.execute(insert(Recording), rows)
    async with database.transaction() as session:
        await session.execute(text("ANALYZE recording"))
    return camera_id


async def names(
    database: Database, camera: UUID, begin: float, end: float, node: str = "node-1"
) -> list[str]:
    async with database.read() as session:
        found = await archive.files(
            session, camera, StreamKind.MAIN, at(begin), at(end), node_name=node
        )
        spans = await archive.segments(session, camera, StreamKind.MAIN, at(begin), at(end))
        recorded = await archive.recorded_spans(
            session, camera, StreamKind.MAIN, at(begin), at(end)
        )
    if node == "node-1":
        assert [span.path for span in spans] == [file.path for file in found]
        assert recorded == [(file.started_at, file.ended_at) for file in found]
    return [file.path.removesuffix(".mp4") for file in found]


async def test_the_files_of_a_span(database: Database, day: UUID) -> None:
    assert await names(database, day, 100, 110) == ["10"]
    assert await names(database, day, 105, 125) == ["10", "11", "12"]
    assert await names(database, day, -50, 5) == ["0"]
    assert await names(database, day, -50, -5) == []
    assert await names(database, day, 10 * DAY_FILES, 10 * DAY_FILES + 9) == []
    # a file that reaches over the start of the next ones is there as long as it lasts
    assert await names(database, day, 10_020, 10_024) == ["1000", "1002"]
    assert await names(database, day, 100, 110, node="node-2") == []


async def test_what_is_being_deleted_is_not_given(database: Database, day: UUID) -> None:
    async with database.transaction() as session:
        query = update(Recording).where(Recording.path == "11.mp4")
        await session.execute(query.values(deleting_at=func.now()))
    assert await names(database, day, 105, 125) == ["10", "12"]


async def test_a_span_reads_its_own_rows_only(database: Database, day: UUID) -> None:
    """However many rows a camera has; else a minute costs more each day."""
    async with database.read() as session:
        given = archive._given(day, StreamKind.MAIN, at(40_000), at(40_060))
        compiled = archive._FILES.compile(database.engine.sync_engine)
        plan = await (await session.connection()).exec_driver_sql(
            f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT TEXT) {compiled.string}",
            {**compiled.params, **given, "node_name": "node-1"},
        )
        said = "\n".join(row[0] for row in plan)
    assert "Seq Scan" not in said
    assert "ix_recording_camera_time" in said
    assert "Rows Removed by Filter: 3" in said or "Rows Removed by Filter: 2" in said


def test_places_of_a_file() -> None:
    file = a_file(durations_ms=[1000, 500, 2000])
    start = unix_ms(START)
    assert [(gop.at_ms - start, gop.end_ms - start) for gop in places(file)] == [
        (0, 1000),
        (1000, 1500),
        (1500, 3500),
    ]
    assert [gop.at_ms - start for gop in places_within(file, start + 999, start + 1500)] == [
        0,
        1000,
    ]
    whole = joined(list(places(file)))
    assert (whole.at_ms, whole.duration_ms, whole.offset, whole.length) == (
        start,
        3500,
        700,
        15_000,
    )
    assert unix_ms(instant(start)) == start
