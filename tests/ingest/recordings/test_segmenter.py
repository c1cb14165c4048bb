import errno
import os
from dataclasses import replace
from pathlib import Path, PurePosixPath

import av
import pytest

from ingest.recordings.facts import GapFact, GapReason, StreamKey, at_ticks
from ingest.recordings.rescan import read_back
from ingest.recordings.segmenter import Gop, Segmenter
from models.kit.ids import new_id
from models.observations import StreamKind
from tests.ingest.encoded import brightness, shown
from tests.ingest.recordings.test_sound import spoken
from tests.ingest.recordings.written import FRAME, a_disk, files, gops


def a_segmenter(root: Path, **changed: object) -> Segmenter:
    stream = StreamKey(new_id(), StreamKind.MAIN)
    segment_s = float(changed.pop("segment_s", 2.0))  # type: ignore[arg-type]
    turn = float(changed.pop("turn", 0.0))  # type: ignore[arg-type]
    disk = a_disk(root, **changed)  # type: ignore[arg-type]
    return Segmenter(disk, stream, segment_s=segment_s, turn=turn)


@pytest.mark.parametrize("b_frames", [0, 2])
def test_files_rotate_on_key_pictures_and_lose_none(tmp_path: Path, b_frames: int) -> None:
    segmenter, facts = a_segmenter(tmp_path), []
    for gop in gops(tmp_path, b_frames=b_frames):
        facts += segmenter.write(gop)
    facts += segmenter.close()
    closed = [fact for fact in files(facts) if fact.closed]
    assert [len(fact.fragments) for fact in closed] == [2, 2]
    assert closed[0].ended_at == closed[1].started_at
    decoded = [picture for fact in closed for picture in shown(tmp_path / fact.path)]
    assert len(decoded) == 40
    for number, (at, seen) in enumerate(decoded):
        assert at == decoded[0][0] + number * FRAME
        assert seen == pytest.approx(brightness(number), abs=2)
    assert at_ticks(decoded[0][0]) == closed[0].started_at


def test_each_gop_is_on_disk_when_write_returns(tmp_path: Path) -> None:
    segmenter = a_segmenter(tmp_path, segment_s=60.0)
    for number, gop in enumerate(gops(tmp_path), 1):
        (fact,) = files(segmenter.write(gop))
        assert not fact.closed
        assert len(shown(tmp_path / fact.path)) == number * 10


def test_the_hash_is_that_of_the_file(tmp_path: Path) -> None:
    segmenter = a_segmenter(tmp_path)
    segmenter.write(gops(tmp_path)[0])
    (fact,) = files(segmenter.close())
    assert read_back(tmp_path, PurePosixPath(fact.path)) == fact


def test_sound_lies_in_the_files_and_its_loss_starts_a_new_one(tmp_path: Path) -> None:
    segmenter, facts = a_segmenter(tmp_path, segment_s=60.0), []
    made = gops(tmp_path, count=5)
    audio, units = spoken("pcm_alaw", made[0].units[0].dts, 5.0)
    for number, gop in enumerate(made):
        start, end = gop.units[0].dts, gop.end_dts
        sounds = [u for u in units if start <= u.dts < end] if number not in {2, 3} else []
        facts += segmenter.write(replace(gop, audio=audio, sounds=sounds))
    facts += segmenter.close()
    closed = [fact for fact in files(facts) if fact.closed]
    assert [len(fact.fragments) for fact in closed] == [3, 2]  # sound waits for the next file
    assert closed[0].ended_at == closed[1].started_at
    heard = []
    for fact in closed:
        with av.open(str(tmp_path / fact.path)) as container:
            packets = container.demux(audio=0) if container.streams.audio else ()
            heard.append(sum(packet.size for packet in packets))
        assert read_back(tmp_path, PurePosixPath(fact.path)) == fact
    assert heard == [16_000, 0]


def test_a_hole_or_new_parameters_start_a_new_file(tmp_path: Path) -> None:
    segmenter = a_segmenter(tmp_path, segment_s=60.0)
    first, second, third, _ = gops(tmp_path)
    segmenter.write(first)
    facts = segmenter.write(third)
    assert [fact.closed for fact in files(facts)] == [True, False]
    wider = replace(second.parameters, has_b_frames=True)
    late = [replace(unit, dts=unit.dts + 20 * FRAME) for unit in second.units]
    facts = segmenter.write(Gop(wider, late, second.end_dts + 20 * FRAME))
    assert [fact.closed for fact in files(facts)] == [True, False]
    segmenter.close()


class FillingDisk:
    """Takes ``room`` bytes, first the part that fits, as a real file system does."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, room: int) -> None:
        self.room = room
        self._write = os.write
        monkeypatch.setattr("ingest.recordings.segmenter.os.write", self)

    def __call__(self, descriptor: int, content: memoryview) -> int:
        if self.room <= 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written = self._write(descriptor, content[: self.room])
        self.room -= written
        return written


def test_a_full_disk_keeps_whole_fragments_and_becomes_a_gap(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third, fourth = gops(tmp_path)
    segmenter = a_segmenter(tmp_path, segment_s=60.0)
    (before,) = files(segmenter.write(first))
    disk = FillingDisk(monkeypatch, room=200)
    facts = segmenter.write(second)
    (closed,), gap = files(facts), facts[-1]
    assert closed.closed
    assert (tmp_path / closed.path).stat().st_size == before.size_bytes == closed.size_bytes
    assert len(shown(tmp_path / closed.path)) == 10
    started_at = at_ticks(second.units[0].dts)
    assert gap == GapFact(closed.stream, started_at, None, GapReason.DISK_FULL)
    assert segmenter.write(third) == [], "the same gap is told once"
    disk.room = 1_000_000
    facts = segmenter.write(fourth)
    assert facts[0] == replace(gap, ended_at=at_ticks(fourth.units[0].dts))
    assert len(shown(tmp_path / files(facts)[0].path)) == 10
    segmenter.close()


def test_a_disk_full_at_the_first_byte_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    FillingDisk(monkeypatch, room=0)
    facts = a_segmenter(tmp_path / "recordings").write(gops(tmp_path)[0])
    assert [type(fact) for fact in facts] == [GapFact]
    assert not list((tmp_path / "recordings").rglob("*.mp4"))


def test_the_reserve_is_left_free(tmp_path: Path) -> None:
    free = [10_000_000]
    segmenter = a_segmenter(tmp_path, reserve_bytes=9_000_000, free=lambda _folder: free[0])
    first, second, *_ = gops(tmp_path)
    assert files(segmenter.write(first))
    free[0] = 9_000_100
    assert isinstance(segmenter.write(second)[-1], GapFact)


def test_a_wall_clock_set_back_overwrites_nothing(tmp_path: Path) -> None:
    stream = StreamKey(new_id(), StreamKind.MAIN)
    first, *_ = gops(tmp_path)
    paths = set()
    for _ in range(2):
        segmenter = Segmenter(a_disk(tmp_path), stream, segment_s=2)
        segmenter.write(first)
        paths |= {fact.path for fact in files(segmenter.close())}
    assert len(paths) == 2


def test_a_turn_moves_where_files_begin(tmp_path: Path) -> None:
    lengths = {}
    for turn in (0.0, 0.5):
        segmenter, facts = a_segmenter(tmp_path / str(turn), turn=turn), []
        for gop in gops(tmp_path):
            facts += segmenter.write(gop)
        facts += segmenter.close()
        lengths[turn] = [len(fact.fragments) for fact in files(facts) if fact.closed]
    assert lengths == {0.0: [2, 2], 0.5: [1, 2, 1]}
