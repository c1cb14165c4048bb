"""From a feed to files and facts, on the event loop, without a database."""

import asyncio
import threading
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from ingest.cameras.access_unit import AccessUnit, StreamParameters
from ingest.cameras.feed import Feed
from ingest.cameras.schedule import Schedule
from ingest.recordings import recorder as recorder_module
from ingest.recordings import segmenter as segmenter_module
from ingest.recordings import writers
from ingest.recordings.facts import Fact, GapFact, GapReason, SegmentFact, StreamKey, at_ticks
from ingest.recordings.recorder import Recorder, turn_of
from ingest.recordings.segmenter import Segmenter
from models.kit.clock import ManualClock
from models.kit.ids import new_id
from models.kit.settings import Settings
from models.observations import StreamKind, StreamState
from tests.builders import NOON
from tests.ingest.encoded import START_S, assembled, coded, shown
from tests.ingest.recordings.written import a_disk

FRAME = 9_000
STARTED_AT = at_ticks(round(START_S * 90_000))


class Recorded:
    """One recorded feed and the facts that came of it."""

    def __init__(self, folder: Path) -> None:
        settings = Settings(state_dir=folder, segment_s=2, reserve_bytes=0)
        self.root = settings.recordings_path
        self.facts: list[Fact] = []
        self.clock = ManualClock(STARTED_AT + timedelta(minutes=1))
        self.recorder = Recorder(settings, self.clock, self.facts.extend, a_disk(self.root))
        self.feed = Feed(new_id(), StreamKind.MAIN, NOON)
        self.recorder.feed_added(self.feed, recorded=True)
        self.units: list[AccessUnit] = []
        self.parameters: StreamParameters | None = None
        for told, unit in assembled(coded(folder)):
            self.parameters = told or self.parameters
            self.units.append(unit)
        assert self.parameters is not None
        self.feed.publish_parameters(self.parameters)
        self.feed.enter(StreamState.LIVE, NOON)

    def publish(self, units: Iterable[AccessUnit]) -> None:
        for unit in units:
            self.feed.publish(unit)

    def gaps(self) -> list[GapFact]:
        return [fact for fact in self.facts if isinstance(fact, GapFact)]

    def fragments(self, feed: Feed) -> int:
        facts = (fact for fact in self.facts if isinstance(fact, SegmentFact))
        newest = {fact.path: fact for fact in facts if fact.stream.camera_id == feed.camera_id}
        return sum(len(fact.fragments) for fact in newest.values())

    def decoded(self) -> list[int]:
        paths = {fact.path for fact in self.facts if isinstance(fact, SegmentFact)}
        return [at for path in sorted(paths) for at, _ in shown(self.root / path)]


async def test_every_picture_is_on_disk_after_close(tmp_path: Path) -> None:
    made = Recorded(tmp_path)
    made.publish(made.units)
    await made.recorder.close()
    assert made.decoded() == [unit.dts for unit in made.units]
    assert made.gaps() == []


async def test_a_stall_ends_the_file_and_is_a_gap_until_footage_goes_on(tmp_path: Path) -> None:
    made = Recorded(tmp_path)
    made.publish(made.units[:15])
    made.feed.enter(StreamState.STALLED, NOON, "no picture for 5 s")
    made.feed.enter(StreamState.DOWN, NOON, "refused")
    later = [replace(unit, dts=unit.dts + 100 * FRAME) for unit in made.units[20:]]
    made.feed.enter(StreamState.LIVE, NOON)
    made.publish(later)
    await made.recorder.close()
    ended_at = STARTED_AT + timedelta(seconds=1.5)
    opened, closed = made.gaps()
    assert (opened.started_at, opened.ended_at) == (ended_at, None)
    assert closed == replace(opened, ended_at=at_ticks(later[0].dts))
    assert closed.reason == GapReason.STALLED, "the first reason stands"
    assert made.decoded() == [unit.dts for unit in made.units[:15] + later]


async def test_a_hole_that_nobody_saw_begin_is_a_gap(tmp_path: Path) -> None:
    made = Recorded(tmp_path)
    made.publish(made.units[:10])
    made.publish(replace(unit, dts=unit.dts + 30 * FRAME) for unit in made.units[10:20])
    await made.recorder.close()
    (gap,) = made.gaps()
    assert gap.started_at == STARTED_AT + timedelta(seconds=1)
    assert gap.ended_at == STARTED_AT + timedelta(seconds=4)


async def test_a_camera_let_go_while_down_ends_its_gap(tmp_path: Path) -> None:
    made = Recorded(tmp_path)
    made.publish(made.units[:10])
    made.feed.enter(StreamState.DOWN, NOON, "refused")
    await made.recorder.close()
    assert [gap.ended_at for gap in made.gaps()] == [None, made.clock.now()]


async def test_pictures_that_do_not_begin_with_a_key_are_not_recorded(tmp_path: Path) -> None:
    made = Recorded(tmp_path)
    made.publish(made.units[3:15])
    await made.recorder.close()
    assert made.decoded() == [unit.dts for unit in made.units[10:15]]


async def test_a_disk_too_slow_costs_pictures_not_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    released = threading.Event()
    write = Segmenter.write

    def slow_write(self: Segmenter, gop: object) -> list[Fact]:
        released.wait(30)
        return write(self, gop)  # type: ignore[arg-type]

    monkeypatch.setattr(Segmenter, "write", slow_write)
    made = Recorded(tmp_path)
    first_gop = sum(len(unit.avcc) for unit in made.units[:10])
    monkeypatch.setattr(recorder_module, "_QUEUE_BYTES", first_gop)
    made.publish(made.units)
    released.set()
    await made.recorder.close()
    assert made.decoded()[:10] == [unit.dts for unit in made.units[:10]]
    assert {gap.reason for gap in made.gaps()} == {GapReason.DISK_SLOW}


async def test_disks_that_hang_for_some_cameras_stop_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More of them than writers: a network disk may never give a write back, nor an error."""
    back, write = threading.Event(), segmenter_module._write_all

    def hanging(descriptor: int, content: bytes) -> None:
        if str(made.feed.camera_id) not in str(Path(f"/proc/self/fd/{descriptor}").readlink()):
            assert back.wait(30)
        write(descriptor, content)

    monkeypatch.setattr(segmenter_module, "_write_all", hanging)
    monkeypatch.setattr(writers, "STUCK_S", 0.05)
    made = Recorded(tmp_path)
    stuck = [Feed(new_id(), StreamKind.MAIN, NOON) for _ in range(6)]
    for feed in stuck:
        made.recorder.feed_added(feed, recorded=True)
        assert made.parameters is not None
        feed.publish_parameters(made.parameters)
        feed.enter(StreamState.LIVE, NOON)
        for unit in made.units[:11]:
            feed.publish(unit)
    async with asyncio.timeout(20):
        while not all(made.recorder._recorders[feed]._stuck for feed in stuck):
            await asyncio.sleep(0.01)
        made.publish(made.units)
        while made.fragments(made.feed) < (len(made.units) - 1) // 10:  # GOPs that are whole
            await asyncio.sleep(0.01)
    for feed in stuck:
        for unit in made.units[11:]:
            feed.publish(unit)
    assert {gap.reason for gap in made.gaps()} == {GapReason.DISK_SLOW}
    assert {gap.stream.camera_id for gap in made.gaps()} == {feed.camera_id for feed in stuck}
    back.set()
    await made.recorder.close()
    assert {made.fragments(feed) for feed in stuck} == {1}, "what was under way is kept"


async def test_a_feed_that_is_not_to_be_recorded_is_not(tmp_path: Path) -> None:
    made = Recorded(tmp_path)
    other = Feed(new_id(), StreamKind.SUB, NOON)
    made.recorder.feed_added(other, recorded=False)
    for _, unit in assembled(coded(tmp_path)):
        other.publish(unit)
    made.recorder.feed_removed(other)
    await made.recorder.close()
    assert made.facts == []


async def test_a_playing_feed_is_recorded_from_its_next_key_picture_on(tmp_path: Path) -> None:
    made = Recorded(tmp_path)
    made.publish(made.units[:15])
    made.recorder.feed_changed(made.feed, recorded=False)
    made.publish(made.units[15:18])
    made.recorder.feed_changed(made.feed, recorded=True)
    made.publish(made.units[18:])
    await made.recorder.close()
    assert made.decoded() == [unit.dts for unit in made.units[:15] + made.units[20:]]
    assert made.gaps() == []


def test_files_of_many_cameras_begin_apart_from_each_other() -> None:
    streams = [StreamKey(new_id(), kind) for _ in range(200) for kind in StreamKind]
    tenths = Counter(int(turn_of(stream) * 10) for stream in streams)
    assert set(tenths) == set(range(10)), "in every second of ten some"
    assert max(tenths.values()) <= 80, "in none a fifth of all"
    main, sub = (StreamKey(streams[0].camera_id, kind) for kind in StreamKind)
    assert abs(turn_of(main) - turn_of(sub)) == pytest.approx(0.5)
    assert turn_of(main) == turn_of(StreamKey(main.camera_id, main.kind))


async def test_all_streams_together_wait_in_bounded_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Recorded(tmp_path)
    first_gop = sum(len(unit.avcc) for unit in made.units[:10])
    monkeypatch.setattr(recorder_module, "_QUEUES_BYTES", first_gop)
    made.publish(made.units)
    await made.recorder.close()
    assert made.decoded()[:10] == [unit.dts for unit in made.units[:10]]
    assert {gap.reason for gap in made.gaps()} == {GapReason.DISK_SLOW}


def over_at(at: datetime) -> Schedule:
    """Return a schedule that is over from then on."""
    return Schedule(held=[(NOON, at)])


async def test_out_of_hours_nothing_is_recorded_and_the_gap_says_why(tmp_path: Path) -> None:
    made = Recorded(tmp_path)
    made.feed.schedule = over_at(made.clock.now() + timedelta(seconds=2))
    made.recorder.heed_schedules()
    made.publish(made.units[:15])
    made.clock.advance(timedelta(seconds=2))
    made.recorder.heed_schedules()
    made.publish(made.units[15:20])
    made.feed.enter(StreamState.DOWN, NOON, "refused")  # of a camera that rests it is no gap
    made.feed.enter(StreamState.LIVE, NOON)
    made.publish(made.units[20:25])
    made.feed.schedule = None
    made.recorder.heed_schedules()
    made.publish(made.units[25:40])
    await made.recorder.close()
    opened, closed = made.gaps()
    assert (opened.reason, opened.ended_at) == (GapReason.SCHEDULED, None)
    assert opened.started_at == STARTED_AT + timedelta(seconds=1.5)
    first_key = next(unit for unit in made.units[25:] if unit.key)
    assert closed.ended_at == at_ticks(first_key.dts)
    again = [unit.dts for unit in made.units[25:40] if unit.dts >= first_key.dts]
    assert made.decoded() == [unit.dts for unit in made.units[:15]] + again


async def test_a_camera_that_is_away_when_its_hours_begin_has_another_reason(
    tmp_path: Path,
) -> None:
    made = Recorded(tmp_path)
    made.feed.schedule = over_at(NOON)
    made.recorder.heed_schedules()
    rested_at = made.clock.now()
    made.feed.enter(StreamState.DOWN, NOON, "refused")
    made.clock.advance(timedelta(hours=8))
    made.feed.schedule = None
    made.recorder.heed_schedules()
    spans = [(gap.reason, gap.started_at, gap.ended_at) for gap in made.gaps()]
    assert spans == [
        (GapReason.SCHEDULED, rested_at, None),
        (GapReason.SCHEDULED, rested_at, made.clock.now()),
        (GapReason.CAMERA_DOWN, made.clock.now(), None),
    ]
    await made.recorder.close()
