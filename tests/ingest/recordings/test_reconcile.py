import asyncio
import os
from collections.abc import Collection
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from dashboard_api.cli.recordings import check
from ingest.cameras.lease import Leases
from ingest.recordings.disk import MARKER, DiskRefused
from ingest.recordings.reconcile import Difference, Finding, Reconcile
from models.camera import CameraLease
from models.kit.clock import ManualClock
from models.recording import Recording, RecordingGap
from tests.ingest.encoded import shown
from tests.ingest.recordings.written import Archive, a_disk, rows

pytestmark = pytest.mark.postgis


def a_reconcile(archive: Archive, busy: Collection[str] = ()) -> Reconcile:
    archive.clock.advance(timedelta(minutes=10))
    archive.age()
    disk = a_disk(archive.root, clock=archive.clock)
    return Reconcile(disk, "node-1", archive.database, archive.clock, busy=lambda: busy)


async def found(
    archive: Archive, *, fix: bool = False, busy: Collection[str] = ()
) -> list[Finding]:
    return [finding async for finding in a_reconcile(archive, busy).run(fix=fix)]


def kinds(findings: list[Finding]) -> list[Difference]:
    return [finding.kind for finding in findings]


async def test_files_and_rows_of_a_healthy_node_agree(archive: Archive) -> None:
    assert await found(archive) == []


async def test_a_lost_file_becomes_a_gap_with_its_reason(archive: Archive) -> None:
    first, *_ = await rows(archive.database)
    (archive.root / first.path).unlink()
    assert kinds(await found(archive)) == [Difference.MISSING]
    assert len(await rows(archive.database)) == 2, "looking changes nothing"
    (finding,) = await found(archive, fix=True)
    assert finding.fixed
    assert await found(archive) == []
    async with archive.database.read() as session:
        (gap,) = (await session.scalars(select(RecordingGap))).all()
    assert (gap.started_at, gap.ended_at, gap.reason) == (
        first.started_at,
        first.ended_at,
        "file_lost",
    )


async def test_a_file_without_its_row_is_indexed_and_nobody_s_lease_taken(archive: Archive) -> None:
    before = [(row.path, row.sha256, row.gops) for row in await rows(archive.database)]
    await Leases("another", archive.database).take([archive.camera_id])
    async with archive.database.transaction() as session:
        for row in (await session.scalars(select(Recording))).all():
            await session.delete(row)
    assert kinds(await found(archive, fix=True)) == [Difference.UNKNOWN] * 2
    assert [(r.path, r.sha256, r.gops) for r in await rows(archive.database)] == before
    async with archive.database.read() as session:
        lease = (await session.scalars(select(CameraLease))).one()
    assert (lease.owner, lease.epoch) == ("another", 2)


async def test_a_torn_tail_is_cut_and_the_row_stays(archive: Archive) -> None:
    first, *_ = await rows(archive.database)
    with (archive.root / first.path).open("ab") as file:
        file.write(b"\0\0\1\0moof and the power went")
    assert kinds(await found(archive, fix=True)) == [Difference.SIZE]
    again, *_ = await rows(archive.database)
    assert (again.sha256, again.size_bytes) == (first.sha256, first.size_bytes)
    assert (archive.root / first.path).stat().st_size == first.size_bytes
    assert await found(archive) == []


async def test_a_shortened_file_is_told_as_it_is(archive: Archive) -> None:
    first, *_ = await rows(archive.database)
    os.truncate(archive.root / first.path, first.size_bytes - 10)
    assert kinds(await found(archive, fix=True)) == [Difference.SIZE]
    again, *_ = await rows(archive.database)
    assert again.ended_at < first.ended_at
    assert len(shown(archive.root / first.path)) == 10


async def test_a_row_that_was_never_closed_is(archive: Archive) -> None:
    async with archive.database.transaction() as session:
        await session.execute(update(Recording).values(closed=False, sha256=None))
    assert kinds(await found(archive, fix=True)) == [Difference.OPEN] * 2
    assert all(row.closed and row.sha256 for row in await rows(archive.database))


async def test_what_is_being_written_or_deleted_is_left_alone(archive: Archive) -> None:
    first, second = await rows(archive.database)
    (archive.root / first.path).unlink()
    assert await found(archive, busy={first.path}) == []
    async with archive.database.transaction() as session:
        await session.execute(update(Recording).values(deleting_at=archive.clock.now()))
    assert await found(archive) == [], "retention finishes what it began"
    assert (archive.root / second.path).exists()


async def test_what_is_no_recording_is_told_and_never_touched(archive: Archive) -> None:
    first, *_ = await rows(archive.database)
    film = (archive.root / first.path).with_name("holiday.mp4")
    film.write_bytes(b"somebody's own film")
    noise = (archive.root / first.path).with_name("1790000000001.mp4")
    noise.write_bytes(b"this is not a recording" * 1000)
    findings = await found(archive, fix=True)
    assert {(f.kind, f.fixed) for f in findings} == {
        (Difference.UNREADABLE, False),
        (Difference.UNKNOWN, False),
    }
    assert film.exists()
    assert noise.exists()


async def test_a_disk_that_is_not_there_is_no_difference(archive: Archive) -> None:
    reconcile = a_reconcile(archive)
    reconcile._disk = a_disk(archive.root, memory=archive.settings.state_dir / "disk.json")
    reconcile._disk.claim()
    (archive.root / MARKER).unlink()
    with pytest.raises(DiskRefused):
        [finding async for finding in reconcile.run(fix=True)]
    assert len(await rows(archive.database)) == 2


async def test_every_night_repairs_what_differs(archive: Archive) -> None:
    first, *_ = await rows(archive.database)
    (archive.root / first.path).unlink()
    archive.clock = ManualClock(datetime(2026, 12, 1, 21, 59, 59, 900_000, tzinfo=UTC))
    disk = a_disk(archive.root, clock=archive.clock)
    stop = asyncio.Event()
    reconcile = Reconcile(disk, "node-1", archive.database, archive.clock)
    night = asyncio.create_task(reconcile.nightly(stop))
    while len(await rows(archive.database)) > 1:  # its wait is a tenth of a second
        await asyncio.sleep(0.05)
    stop.set()
    await night


async def test_the_command_says_what_differs_and_ends_with_1(
    archive: Archive, capsys: pytest.CaptureFixture[str]
) -> None:
    archive.clock.advance(timedelta(minutes=10))
    archive.age()
    settings, database, clock = archive.settings, archive.database, archive.clock
    assert await check(settings, database, clock=clock) == 0
    first, *_ = await rows(database)
    (archive.root / first.path).unlink()
    assert await check(settings, database, clock=clock) == 1
    assert await check(settings, database, clock=clock, fix=True) == 0
    assert await check(settings, database, clock=clock) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == said[-1] == "files and rows agree"
    assert said[1].startswith(f"missing    {first.path}")
    assert said[2] == "1 differences, 0 repaired"
    assert said[3].startswith("fixed missing")
