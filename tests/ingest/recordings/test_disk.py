import errno
import json
import os
import resource
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from ingest.recordings.disk import MARKER, Disk, DiskRefused, accept
from ingest.recordings.facts import Fact, GapFact, GapReason, StreamKey
from ingest.recordings.segmenter import Segmenter
from models.kit.clock import ManualClock
from models.kit.errors import CentreError
from models.kit.ids import new_id
from models.observations import DiskState, StreamKind
from tests.builders import NOON
from tests.ingest.encoded import shown
from tests.ingest.recordings.written import a_disk, files, gops


def a_segmenter(disk: Disk) -> Segmenter:
    return Segmenter(disk, StreamKey(new_id(), StreamKind.MAIN), segment_s=2.0)


def reasons(facts: list[Fact]) -> list[tuple[GapReason, bool]]:
    return [(f.reason, f.ended_at is None) for f in facts if isinstance(f, GapFact)]


def test_a_new_folder_is_marked_and_known_again(tmp_path: Path) -> None:
    root, memory = tmp_path / "r", tmp_path / "state" / "disk.json"
    a_disk(root, memory=memory).claim()
    name = (root / MARKER).read_text().strip()
    assert json.loads(memory.read_text())["disk"] == name
    a_disk(root, memory=memory).claim()
    assert (root / MARKER).read_text().strip() == name
    assert [path.name for path in root.iterdir()] == [MARKER]


def test_a_mount_point_without_its_disk_is_not_written_to(tmp_path: Path) -> None:
    root, memory = tmp_path / "r", tmp_path / "disk.json"
    first, second, third, _ = gops(tmp_path)
    disk = a_disk(root, memory=memory)
    segmenter = a_segmenter(disk)
    segmenter.write(first)
    segmenter.close()
    root.rename(tmp_path / "elsewhere")
    root.mkdir()
    assert reasons(segmenter.write(second)) == [(GapReason.DISK_MISSING, True)]
    assert list(root.iterdir()) == []
    facts = disk.look()
    assert facts.state is DiskState.MISSING
    assert "not mounted" in facts.detail
    root.rmdir()
    (tmp_path / "elsewhere").rename(root)
    assert reasons(segmenter.write(third)) == [(GapReason.DISK_MISSING, False)]
    segmenter.close()


def test_another_disk_is_refused_until_a_person_accepts_it(tmp_path: Path) -> None:
    root, memory = tmp_path / "r", tmp_path / "disk.json"
    disk = a_disk(root, memory=memory)
    disk.claim()
    (root / MARKER).unlink()
    (root / MARKER).write_text("another\n")
    segmenter = a_segmenter(disk)
    assert reasons(segmenter.write(gops(tmp_path)[0])) == [(GapReason.DISK_WRONG, True)]
    assert disk.look().state is DiskState.WRONG
    assert accept(memory, root) == "another"
    assert files(segmenter.write(gops(tmp_path)[1]))
    segmenter.close()


def test_what_is_not_there_cannot_be_accepted(tmp_path: Path) -> None:
    (tmp_path / "r").write_text("a file")
    with pytest.raises(CentreError):
        accept(tmp_path / "disk.json", tmp_path / "r")


def test_two_workers_mark_one_disk_once(tmp_path: Path) -> None:
    memory = tmp_path / "disk.json"
    workers = [a_disk(tmp_path / "r", memory=memory) for _ in range(2)]
    for worker in workers:
        worker.claim()
    assert len(list((tmp_path / "r").iterdir())) == 1


@pytest.mark.parametrize("kept", ["", "{}", "[]", '{"root": 1, "disk": null}', "\0"])
def test_a_spoiled_memory_takes_the_disk_that_is_there(tmp_path: Path, kept: str) -> None:
    memory = tmp_path / "disk.json"
    memory.write_text(kept)
    disk = a_disk(tmp_path / "r", memory=memory)
    disk.claim()
    assert disk.look().state is DiskState.OK


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (errno.ENOSPC, GapReason.DISK_FULL),
        (errno.EDQUOT, GapReason.DISK_FULL),
        (errno.EROFS, GapReason.DISK_READ_ONLY),
        (errno.EACCES, GapReason.DISK_READ_ONLY),
        (errno.EIO, GapReason.DISK_FAILED),
        (errno.ENODEV, GapReason.DISK_FAILED),
    ],
)
def test_every_refusal_has_its_reason_and_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, reason: GapReason
) -> None:
    clock = ManualClock(NOON)
    disk = a_disk(tmp_path / "r", clock=clock)
    segmenter = a_segmenter(disk)
    first, second, third, _ = gops(tmp_path)
    segmenter.write(first)

    def refuse(_descriptor: int, _content: bytes) -> int:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as broken:
        broken.setattr("ingest.recordings.segmenter.os.write", refuse)
        assert reasons(segmenter.write(second)) == [(reason, True)]
        facts = disk.look()
    assert facts.state.value == reason.value.removeprefix("disk_")
    assert facts.detail == os.strerror(number)
    assert reasons(segmenter.write(third)) == [(reason, False)]
    clock.advance(timedelta(seconds=11))
    assert disk.look().state is DiskState.OK
    segmenter.close()


def test_another_reason_is_another_gap(tmp_path: Path) -> None:
    room = [0]
    disk = a_disk(tmp_path / "r", reserve_bytes=1, free=lambda _: room[0])
    segmenter = a_segmenter(disk)
    first, second, third, fourth = gops(tmp_path)
    assert reasons(segmenter.write(first)) == [(GapReason.DISK_FULL, True)]
    assert segmenter.write(second) == []
    disk.claim = lambda: (_ for _ in ()).throw(DiskRefused(DiskState.MISSING, "gone"))  # type: ignore[method-assign]
    assert reasons(segmenter.write(third)) == [
        (GapReason.DISK_FULL, False),
        (GapReason.DISK_MISSING, True),
    ]
    (ended,) = segmenter.end_refusal(NOON + timedelta(days=999))
    assert isinstance(ended, GapFact)
    assert ended.ended_at == NOON + timedelta(days=999)
    assert segmenter.write(fourth)


def test_the_write_rate_is_that_of_the_last_minute(tmp_path: Path) -> None:
    clock = ManualClock(NOON)
    disk = a_disk(tmp_path / "r", clock=clock, reserve_bytes=100, free=lambda _: 1_100)
    for _ in range(100):
        disk.wrote(3_000)
        clock.advance(timedelta(seconds=1))
        facts = disk.look()
    assert facts.write_bytes_per_s == 3_000
    assert facts.free_bytes == 1_000
    for _ in range(100):
        clock.advance(timedelta(seconds=1))
        facts = disk.look()
    assert facts.write_bytes_per_s == 0


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own that holds 200 KiB; needs the right to mount."""
    where = tmp_path / "small"
    where.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", str(where)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("this user may not mount; the limit on file sizes is tested instead")
    try:
        yield where
    finally:
        subprocess.run(["umount", str(where)], check=True)


def test_a_real_disk_that_fills_up_keeps_every_whole_gop(small_disk: Path, tmp_path: Path) -> None:
    disk = a_disk(small_disk / "r")
    segmenter = Segmenter(disk, StreamKey(new_id(), StreamKind.MAIN), segment_s=60.0)
    (gop, *_), facts, written = gops(tmp_path), [], 0
    for number in range(2_000):
        ticks = number * 90_000
        units = [replace(unit, dts=unit.dts + ticks) for unit in gop.units]
        facts = segmenter.write(replace(gop, units=units, end_dts=gop.end_dts + ticks))
        if reasons(facts):
            break
        written += 1
    assert reasons(facts) == [(GapReason.DISK_FULL, True)]
    assert written > 3
    kept = sorted(small_disk.rglob("*.mp4"))
    assert sum(len(shown(path)) for path in kept) == written * len(gop.units)
    assert disk.look().state is DiskState.FULL
    kept[0].unlink()
    disk = a_disk(small_disk / "r")
    assert disk.look().state is DiskState.OK


def test_a_disk_remounted_read_only_is_called_so(small_disk: Path, tmp_path: Path) -> None:
    disk = a_disk(small_disk)
    segmenter = a_segmenter(disk)
    first, second, third, _ = gops(tmp_path)
    segmenter.write(first)
    segmenter.close()
    remount = ["mount", "-o", "remount,{}", str(small_disk)]
    subprocess.run([part.format("ro") for part in remount], check=True)
    assert reasons(segmenter.write(second)) == [(GapReason.DISK_READ_ONLY, True)]
    facts = disk.look()
    assert (facts.state, facts.detail) == (
        DiskState.READ_ONLY,
        "the file system is mounted read-only",
    )
    subprocess.run([part.format("rw") for part in remount], check=True)
    assert reasons(segmenter.write(third)) == [(GapReason.DISK_READ_ONLY, False)]
    segmenter.close()


def test_a_file_that_may_not_grow_keeps_what_was_whole(tmp_path: Path) -> None:
    segmenter = Segmenter(
        a_disk(tmp_path / "r"), StreamKey(new_id(), StreamKind.MAIN), segment_s=60.0
    )
    first, second, *_ = gops(tmp_path)
    (before,) = files(segmenter.write(first))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (before.size_bytes + 300, hard))
    try:
        facts = segmenter.write(second)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert reasons(facts) == [(GapReason.DISK_FULL, True)]
    path = tmp_path / "r" / before.path
    assert path.stat().st_size == before.size_bytes
    assert len(shown(path)) == len(first.units)
