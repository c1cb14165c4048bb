import hashlib
import os
from datetime import timedelta

import pytest

from ingest.recordings.facts import GapFact, GapReason
from models.kit.bus import changes_after
from tests.ingest.encoded import brightness, shown
from tests.ingest.recordings.written import Archive, an_index

pytestmark = pytest.mark.postgis


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
    assert dict(notice.data) == {
        "id": str(clip_id),
        "complaint_id": None,
        "camera_id": str(archive.camera_id),
        "state": "ready",
    }


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
    clip = await archive.get(clip_id)
    assert clip.state == "failed"
    assert str(archive.root) not in clip.detail
    assert not list((archive.root / "clips").glob("*"))


async def test_a_file_cut_short_is_left_out_and_named(archive: Archive) -> None:
    first, *_, last = archive.facts
    os.truncate(archive.root / first.path, first.init_bytes + 10)
    clip_id = await archive.ask(0, 4)
    await archive.desk.make_asked()
    clip = await archive.get(clip_id)
    assert (clip.state, clip.delivered_s) == ("ready", 2.0)
    assert clip.manifest is not None
    assert clip.manifest["left_out"] == [f"{first.path}: the file is shorter than its index says"]
    assert [source["path"] for source in clip.manifest["sources"]] == [last.path]
