import hashlib
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from ingest.recordings.clip import ClipDesk
from ingest.recordings.facts import GapFact, GapReason, SegmentFact
from models.kit.bus import changes_after
from models.kit.clock import ManualClock
from models.kit.database import Database
from models.kit.ids import new_id
from models.kit.settings import Settings
from models.recording import Clip
from tests.builders import build_office, build_operator
from tests.ingest.encoded import brightness, shown
from tests.ingest.recordings.test_rescan import an_index, record

pytestmark = pytest.mark.postgis


class Archive:
    """Four seconds of camera main in two closed files, and a desk that cuts from them."""

    def __init__(self, folder: Path, database: Database, camera_id: UUID, asker: UUID) -> None:
        self.settings = Settings(state_dir=folder)
        self.root = self.settings.recordings_path
        self.database = database
        self.camera_id = camera_id
        self.asker = asker
        self.facts: list[SegmentFact] = record(self.root, camera_id, folder)
        self.start = self.facts[0].started_at
        self.clock = ManualClock(self.start + timedelta(minutes=1))
        self.desk = ClipDesk(self.settings, database, self.clock)

    def at(self, seconds: float) -> datetime:
        return self.start + timedelta(seconds=seconds)

    async def ask(self, begin_s: float, end_s: float) -> UUID:
        clip_id = new_id()
        async with self.database.transaction() as session:
            session.add(
                Clip(
                    id=clip_id,
                    camera_id=self.camera_id,
                    starts_at=self.at(begin_s),
                    ends_at=self.at(end_s),
                    requested_by=self.asker,
                    requested_at=self.clock.now(),
                    reason="жалоба",
                    requested_s=end_s - begin_s,
                )
            )
        return clip_id

    async def get(self, clip_id: UUID) -> Clip:
        async with self.database.read() as session:
            return (await session.scalars(select(Clip).where(Clip.id == clip_id))).one()


@pytest.fixture
async def archive(database: Database, tmp_path: Path) -> Archive:
    async with database.transaction() as session:
        camera_id = (await build_office(session)).cameras[0]
        asker = await build_operator(session)
    made = Archive(tmp_path, database, camera_id, asker)
    index = an_index(database)
    index.report(list(made.facts))
    await index.flush()
    return made


async def test_a_clip_begins_at_the_key_picture_before_and_says_so(archive: Archive) -> None:
    clip_id = await archive.ask(1.5, 2.5)
    assert await archive.desk.make_asked() == 1
    clip = await archive.get(clip_id)
    assert (clip.state, clip.delivered_s, clip.detail) == ("ready", 1.0, "")
    assert clip.path is not None
    target = archive.root / clip.path
    assert hashlib.sha256(target.read_bytes()).hexdigest() == clip.sha256
    assert target.stat().st_size == clip.size_bytes
    decoded = shown(target)
    assert [at for at, _ in decoded] == [n * 9_000 for n in range(20)]
    assert [seen for _, seen in decoded] == pytest.approx(
        [brightness(n) for n in range(10, 30)], abs=2
    )
    assert clip.manifest is not None
    assert clip.manifest["delivered"]["first_picture_at"] == archive.at(1).isoformat()
    sources = clip.manifest["sources"]
    assert [source["sha256"] for source in sources] == [f.sha256 for f in archive.facts if f.closed]
    assert all(source["intact"] for source in sources)


async def test_the_case_hears_that_its_clip_is_ready(archive: Archive) -> None:
    clip_id = await archive.ask(0, 1)
    await archive.desk.make_asked()
    async with archive.database.read() as session:
        (notice,) = await changes_after(session, 0, ["clip"])
    assert dict(notice.data) == {"id": str(clip_id), "complaint_id": None, "state": "ready"}


async def test_missing_footage_is_named(archive: Archive) -> None:
    index = an_index(archive.database, "run-2")
    gap = GapFact(archive.facts[0].stream, archive.at(4), archive.at(9), GapReason.STALLED)
    index.report([gap])
    await index.flush()
    clip_id = await archive.ask(3, 6)
    await archive.desk.make_asked()
    clip = await archive.get(clip_id)
    assert (clip.state, clip.delivered_s) == ("ready", 1.0)
    assert clip.detail.startswith("2 of 3 s were not recorded")
    assert clip.manifest is not None
    assert [found["reason"] for found in clip.manifest["gaps"]] == ["stalled"]


async def test_nothing_recorded_is_a_failure_with_a_reason(archive: Archive) -> None:
    clip_id = await archive.ask(-30, -20)
    await archive.desk.make_asked()
    clip = await archive.get(clip_id)
    assert clip.state == "failed"
    assert "no recording" in clip.detail
    assert not list((archive.root / "clips").glob("*"))


async def test_a_span_that_is_still_running_is_waited_for(archive: Archive) -> None:
    clip_id = await archive.ask(3, 90)
    assert await archive.desk.make_asked() == 0
    assert (await archive.get(clip_id)).state == "requested"
    archive.clock.advance(timedelta(minutes=5))
    assert await archive.desk.make_asked() == 1


async def test_a_source_that_was_changed_is_told(archive: Archive) -> None:
    closed = next(fact for fact in archive.facts if fact.closed)
    file = archive.root / closed.path
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    clip_id = await archive.ask(0, 1)
    await archive.desk.make_asked()
    clip = await archive.get(clip_id)
    assert clip.manifest is not None
    assert [source["intact"] for source in clip.manifest["sources"]] == [False]


async def test_a_missing_file_fails_the_clip_only(archive: Archive) -> None:
    for fact in archive.facts:
        (archive.root / fact.path).unlink(missing_ok=True)
    clip_id = await archive.ask(0, 1)
    await archive.desk.make_asked()
    assert (await archive.get(clip_id)).state == "failed"
