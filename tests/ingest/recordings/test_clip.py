import asyncio
import errno
import hashlib
import os
from datetime import timedelta

import av
import pytest

from ingest.recordings.clip import ClipDesk
from ingest.recordings.clip_manifest import is_genuine
from ingest.recordings.facts import GapFact, GapReason
from models.kit.bus import changes_after
from models.kit.clock import ManualClock
from models.kit.secret import load_key
from tests.ingest.encoded import WIDTH, brightness, shown
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


async def test_a_span_in_a_gap_fails_at_once_with_the_gap_s_reason(archive: Archive) -> None:
    index = an_index(archive.database, "run-2")
    stream = archive.facts[0].stream
    index.report([GapFact(stream, archive.at(4), None, GapReason.CAMERA_DOWN)])
    await index.flush()
    clip_id = await archive.ask(10, 50)
    assert await archive.desk.make_asked() == 1
    clip = await archive.get(clip_id)
    assert clip.state == "failed"
    assert "no recording" in clip.detail
    assert "the camera did not answer from" in clip.detail


async def test_the_manifest_is_sealed_and_one_changed_word_breaks_the_seal(
    archive: Archive,
) -> None:
    clip_id = await archive.ask(0, 3)
    await archive.desk.make_asked()
    manifest = (await archive.get(clip_id)).manifest
    assert manifest is not None
    key = load_key(archive.settings)
    assert is_genuine(manifest, key)
    assert not is_genuine(manifest | {"reason": "another"}, key)
    assert not is_genuine({**manifest, "seal": None}, key)
    assert not is_genuine(manifest, b"k" * 32)
    assert (manifest["splices"], manifest["left_out"]) == ([], [])


async def test_a_picture_size_that_changed_in_between_plays_to_the_end(archive: Archive) -> None:
    later = archive.record_larger(from_s=5)
    await archive.index(later)
    clip_id = await archive.ask(1, 8)
    await archive.desk.make_asked()
    clip = await archive.get(clip_id)
    assert (clip.state, clip.delivered_s) == ("ready", 6.0), clip.detail
    assert clip.path is not None
    with av.open(str(archive.root / clip.path)) as film:
        pictures = [(f.width, f.pts) for f in film.decode(video=0)]
        video = film.streams.video[0]
        assert video.time_base is not None
        assert film.duration == 7_000_000
        # Going back to the first pictures must find their parameters again.
        film.seek(0)
        assert next(film.decode(video=0)).width == WIDTH
    assert pictures == [(WIDTH, n * 9_000) for n in range(30)] + [
        (2 * WIDTH, (n + 40) * 9_000) for n in range(30)
    ]
    assert clip.manifest is not None
    (splice,) = clip.manifest["splices"]
    assert (splice["reason"], splice["missing_seconds"], splice["film_second"]) == (
        "parameters",
        1.0,
        4.0,
    )


async def test_whole_gops_of_an_open_file_are_taken_without_waiting(archive: Archive) -> None:
    opened = archive.record_larger(from_s=5, close=False)
    await archive.index(opened)
    archive.clock = ManualClock(archive.at(8.1))
    archive.desk = ClipDesk(archive.settings, archive.database, archive.clock)
    clip_id = await archive.ask(6, 8)
    assert await archive.desk.make_asked() == 1
    clip = await archive.get(clip_id)
    assert (clip.state, clip.delivered_s) == ("ready", 2.0)
    assert clip.manifest is not None
    (source,) = clip.manifest["sources"]
    assert (source["sha256"], source["intact"]) == (None, None)
    content = (archive.root / source["path"]).read_bytes()
    used = content[source["first_byte"] : source["first_byte"] + source["bytes"]]
    assert hashlib.sha256(used).hexdigest() == source["used_sha256"]


async def test_no_room_beside_what_recording_keeps_is_told(archive: Archive) -> None:
    settings = archive.settings.model_copy(update={"reserve_bytes": 1 << 60})
    clip_id = await archive.ask(0, 3)
    await ClipDesk(settings, archive.database, archive.clock).make_asked()
    clip = await archive.get(clip_id)
    assert clip.state == "failed"
    assert "ask for a shorter span" in clip.detail
    assert not list((archive.root / "clips").glob("*"))


async def test_a_disk_that_fills_up_meanwhile_is_told_and_leaves_nothing(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fdatasync", full)
    clip_id = await archive.ask(0, 3)
    await archive.desk.make_asked()
    clip = await archive.get(clip_id)
    assert clip.state == "failed"
    assert "the recordings disk is full" in clip.detail
    assert not list((archive.root / "clips").glob("*"))


async def test_what_a_killed_node_left_half_made_is_made_again(archive: Archive) -> None:
    clip_id = await archive.ask(0, 3)
    half = archive.root / "clips" / f"{clip_id}.mp4.part"
    half.parent.mkdir()
    half.write_bytes(b"half of a film")
    assert await archive.desk.make_asked() == 1
    clip = await archive.get(clip_id)
    assert clip.state == "ready"
    assert [file.name for file in half.parent.iterdir()] == [f"{clip_id}.mp4"]


async def test_a_stopping_node_leaves_its_clips_for_the_next_start(archive: Archive) -> None:
    clip_ids = [await archive.ask(0, 3) for _ in range(5)]
    stop, wake = asyncio.Event(), asyncio.Event()
    archive.desk._room.stop.set()
    running = asyncio.create_task(archive.desk.run(stop, wake))
    await asyncio.sleep(0.3)
    stop.set()
    await running
    assert {(await archive.get(clip_id)).state for clip_id in clip_ids} == {"requested"}
    again = ClipDesk(archive.settings, archive.database, archive.clock)
    assert await again.make_asked() == 5


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
