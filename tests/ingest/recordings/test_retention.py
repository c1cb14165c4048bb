from datetime import timedelta
from pathlib import Path

import pytest

from ingest.recordings.retention import Retention
from models.kit.ids import new_id
from models.kit.settings import Settings
from models.recording import Hold
from tests.ingest.recordings.written import Archive, rows

pytestmark = pytest.mark.postgis
LATER = timedelta(days=31)


def a_retention(archive: Archive, *, free: int = 10**12, **changed: object) -> Retention:
    settings = Settings.model_validate({"state_dir": archive.settings.state_dir, **changed})
    return Retention(settings, archive.database, archive.clock, free=lambda _folder: free)


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
    retention = a_retention(archive, free=0, reserve_bytes=1)
    assert await retention.sweep() == 1
    assert [row.started_at for row in await rows(archive.database)] == [archive.at(2)]


async def test_a_low_disk_with_only_held_footage_deletes_nothing(archive: Archive) -> None:
    await hold(archive, 0, 4)
    assert await a_retention(archive, free=0, reserve_bytes=10**9).sweep() == 0
    assert on_disk(archive) == 2


async def test_a_crash_between_the_steps_is_put_right(archive: Archive) -> None:
    kept, *_ = archive.facts
    file = archive.root / kept.path
    file.rename(file.with_name(file.name + ".deleted"))
    orphan: Path = file.with_name("1.mp4.deleted")
    orphan.write_bytes(b"its row is gone already")
    await a_retention(archive).put_back()
    assert file.exists()
    assert not orphan.exists()
