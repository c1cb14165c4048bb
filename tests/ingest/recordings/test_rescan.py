from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import delete

from ingest.recordings.rescan import Rescan
from models.kit.database import Database
from models.recording import Recording
from tests.ingest.encoded import shown
from tests.ingest.recordings.written import an_index, record, rows

pytestmark = pytest.mark.postgis


async def test_a_lost_index_is_rebuilt_from_the_files(
    database: Database, camera_id: UUID, tmp_path: Path
) -> None:
    root = tmp_path / "recordings"
    index = an_index(database)
    facts = record(root, camera_id, tmp_path)
    index.report(list(facts))
    await index.flush()
    known = [(r.path, r.started_at, r.ended_at, r.gops, r.sha256) for r in await rows(database)]
    async with database.transaction() as session:
        await session.execute(delete(Recording))
    now = facts[-1].ended_at
    report = await Rescan(root, "node-1", database, an_index(database)).recent(now)
    assert report.found == 2
    again = [(r.path, r.started_at, r.ended_at, r.gops, r.sha256) for r in await rows(database)]
    assert again == known


async def test_a_crashed_run_is_closed_and_its_torn_tail_cut(
    database: Database, camera_id: UUID, tmp_path: Path
) -> None:
    root = tmp_path / "recordings"
    index = an_index(database)
    facts = record(root, camera_id, tmp_path, close=False)
    index.report(list(facts))
    await index.flush()
    last = facts[-1]
    with (root / last.path).open("ab") as file:
        file.write(b"\0\0\1\0moof and the power went")
    report = await Rescan(root, "node-1", database, an_index(database, "run-2")).recent(
        last.ended_at
    )
    assert report.closed == 1
    row = (await rows(database))[-1]
    assert row.closed
    assert row.epoch == 2
    assert row.sha256
    assert (root / row.path).stat().st_size == row.size_bytes == last.size_bytes
    assert len(shown(root / row.path)) == 20


async def test_noise_in_the_folder_is_counted_and_left(
    database: Database, camera_id: UUID, tmp_path: Path
) -> None:
    root = tmp_path / "recordings"
    facts = record(root, camera_id, tmp_path)
    noise = (root / facts[0].path).with_name("1790000000001.mp4")
    noise.write_bytes(b"this is not a recording" * 1000)
    (root / facts[0].path).with_name("holiday.mp4").write_bytes(b"somebody's own film")
    report = await Rescan(root, "node-1", database, an_index(database)).recent(facts[-1].ended_at)
    assert (report.found, report.unreadable) == (2, 2)
    assert noise.exists()


async def test_rows_without_files_are_reported(
    database: Database, camera_id: UUID, tmp_path: Path
) -> None:
    root = tmp_path / "recordings"
    index = an_index(database)
    facts = record(root, camera_id, tmp_path)
    index.report(list(facts))
    await index.flush()
    (root / facts[-1].path).unlink()
    report = await Rescan(root, "node-1", database, an_index(database)).recent(facts[-1].ended_at)
    assert report.missing == (facts[-1].path,)


async def test_older_days_come_in_the_second_pass(
    database: Database, camera_id: UUID, tmp_path: Path
) -> None:
    root = tmp_path / "recordings"
    facts = record(root, camera_id, tmp_path)
    rescan = Rescan(root, "node-1", database, an_index(database))
    later = facts[-1].ended_at + timedelta(days=5)
    assert (await rescan.recent(later)).found == 0
    assert (await rescan.older(later)).found == 2


async def test_files_of_this_run_are_left_to_it(
    database: Database, camera_id: UUID, tmp_path: Path
) -> None:
    root = tmp_path / "recordings"
    index = an_index(database)
    facts = record(root, camera_id, tmp_path, close=False)
    index.report(list(facts))
    report = await Rescan(root, "node-1", database, index).recent(facts[-1].ended_at)
    assert report.found == 0
