from datetime import timedelta

import pytest
from sqlalchemy import select, update

from ingest.recordings.disk import MARKER, DiskRefused
from ingest.recordings.holdings import outlook
from ingest.recordings.keeping import Keep
from ingest.recordings.retention import Retention
from models.camera import Camera, MediaNode, RetentionClass
from models.kit.ids import new_id
from models.kit.settings import Settings
from models.recording import Hold, Recording
from tests.builders import build_office, names
from tests.ingest.recordings.written import Archive, a_disk, an_index, record, rows

pytestmark = pytest.mark.postgis
LATER = timedelta(days=31)


def a_retention(archive: Archive, *, free: int = 10**12, **changed: object) -> Retention:
    options = {"state_dir": archive.settings.state_dir, "reserve_bytes": 0, **changed}
    settings = Settings.model_validate(options)
    disk = a_disk(
        archive.root,
        reserve_bytes=settings.reserve_bytes,
        free=lambda _folder: free,
        clock=archive.clock,
    )
    return Retention(settings, archive.database, archive.clock, disk)


async def hold(archive: Archive, begin_s: float, end_s: float) -> Hold:
    made = Hold(
        id=new_id(),
        camera_ids=[new_id(), archive.camera_id],
        starts_at=archive.at(begin_s),
        ends_at=archive.at(end_s),
        reason="complaint",
        made_at=archive.clock.now(),
    )
    async with archive.database.transaction() as session:
        session.add(made)
    return made


def on_disk(archive: Archive) -> int:
    return len(list(archive.root.rglob("*.mp4*")))


async def test_what_is_young_stays(archive: Archive) -> None:
    assert await a_retention(archive).sweep() == 0
    assert on_disk(archive) == 2


async def test_what_is_old_goes_with_its_file(archive: Archive) -> None:
    archive.clock.advance(LATER)
    assert await a_retention(archive).sweep() == 2
    assert await rows(archive.database) == []
    assert on_disk(archive) == 0


async def test_a_hold_keeps_every_file_it_touches_until_released(archive: Archive) -> None:
    made = await hold(archive, 0.5, 1.0)
    archive.clock.advance(LATER)
    assert await a_retention(archive).sweep() == 1
    assert [row.started_at for row in await rows(archive.database)] == [archive.at(0)]
    async with archive.database.transaction() as session:
        stored = await session.get_one(Hold, made.id)
        stored.released_at = archive.clock.now()
    assert await a_retention(archive).sweep() == 1
    assert on_disk(archive) == 0


async def test_a_low_disk_takes_the_oldest_that_nobody_holds(archive: Archive) -> None:
    retention = a_retention(archive, free=1, reserve_bytes=1)
    assert await retention.sweep() == 1
    assert [row.started_at for row in await rows(archive.database)] == [archive.at(2)]


async def test_a_low_disk_with_only_held_footage_deletes_nothing(archive: Archive) -> None:
    await hold(archive, 0, 4)
    assert await a_retention(archive, free=0, reserve_bytes=10**9).sweep() == 0
    assert on_disk(archive) == 2


async def test_a_crash_after_the_row_was_marked_is_finished(archive: Archive) -> None:
    async with archive.database.transaction() as session:
        await session.execute(update(Recording).values(deleting_at=archive.clock.now()))
    first, *_ = archive.facts
    (archive.root / first.path).unlink()  # of one the file went too
    assert await a_retention(archive).sweep() == 2
    assert await rows(archive.database) == []
    assert on_disk(archive) == 0


async def test_a_disk_that_is_not_there_is_not_forgotten(archive: Archive) -> None:
    archive.clock.advance(LATER)
    retention = a_retention(archive)
    retention._disk = a_disk(archive.root, memory=archive.root / "disk.json")
    retention._disk.claim()
    (archive.root / MARKER).unlink()
    with pytest.raises(DiskRefused):
        await retention.sweep()
    assert len(await rows(archive.database)) == on_disk(archive) == 2


async def classed(archive: Archive, min_days: float, max_days: float) -> None:
    async with archive.database.transaction() as session:
        kept = RetentionClass(
            code="halls", name=names("halls"), keep_min_days=min_days, keep_max_days=max_days
        )
        session.add(kept)
        await session.flush()
        await session.execute(update(Camera).values(retention_class_id=kept.id))


async def test_a_class_outlives_the_default_and_ends_where_it_says(archive: Archive) -> None:
    await classed(archive, 10, 60)
    archive.clock.advance(LATER)
    assert await a_retention(archive).sweep() == 0
    archive.clock.advance(LATER)
    assert await a_retention(archive).sweep() == 2


async def test_every_stream_keeps_the_same_share_of_its_maximum(archive: Archive) -> None:
    async with archive.database.transaction() as session:
        other = (await build_office(session, code="other")).cameras[0]
    index = an_index(archive.database)
    index.report(list(record(archive.root, other, archive.settings.state_dir)))
    await index.flush()
    await classed(archive, 5, 20)
    async with archive.database.transaction() as session:
        long = RetentionClass(code="x", name=names("x"), keep_min_days=0.1, keep_max_days=200)
        session.add(long)
        await session.flush()
        await session.execute(
            update(Camera).where(Camera.id == other).values(retention_class_id=long.id)
        )
    archive.clock.advance(timedelta(days=10))
    retention = a_retention(archive, free=1, reserve_bytes=1)
    assert await retention.sweep() == 1, "half of 20 days is more of its share than 5 % of 200"
    assert [row.camera_id for row in await rows(archive.database)].count(other) == 2
    await classed_again(archive, min_days=15)
    assert await retention.sweep() == 1, "who is below its minimum gives last"
    assert [row.camera_id for row in await rows(archive.database)].count(other) == 1


async def classed_again(archive: Archive, min_days: float) -> None:
    async with archive.database.transaction() as session:
        await session.execute(
            update(RetentionClass)
            .where(RetentionClass.code == "halls")
            .values(keep_min_days=min_days)
        )


async def test_the_node_says_what_may_still_be_deleted(archive: Archive) -> None:
    async with archive.database.transaction() as session:
        session.add(
            MediaNode(
                name="node-1", port=1, started_at=archive.clock.now(), seen_at=archive.clock.now()
            )
        )
    await classed(archive, 1, 60)

    async def freeable() -> int | None:
        await a_retention(archive).sweep()
        async with archive.database.read() as session:
            return (await session.scalars(select(MediaNode.freeable_bytes))).one()

    assert await freeable() == 0, "all is younger than the minimum"
    archive.clock.advance(timedelta(days=2))
    stored = sum(row.size_bytes for row in await rows(archive.database))
    found = await freeable()
    assert found == pytest.approx(stored / 4 * (86_400 + 60), rel=0.01), "as if it were recorded on"
    await hold(archive, -10, 4 * 86_400)
    assert await freeable() == 0


async def test_the_outlook_says_how_many_days_fit(archive: Archive) -> None:
    await classed(archive, 1, 60)
    archive.clock.advance(timedelta(days=2))
    stored = sum(row.size_bytes for row in await rows(archive.database))
    a_day = stored / 4 * 86_400
    keep = Keep(0, 30)
    async with archive.database.read() as session:
        now = archive.clock.now()
        (found,) = await outlook(session, "node-1", keep, round(a_day * 10), now)
        (full,) = await outlook(session, "node-1", keep, round(a_day * 1000), now)
    assert found.bytes_per_day == pytest.approx(a_day)
    assert found.kept_days == pytest.approx(2, abs=0.01)
    assert found.feasible_days == pytest.approx(12, abs=0.01)
    assert full.feasible_days == 60
