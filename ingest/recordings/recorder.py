"""Records the feeds that are to be recorded: a sink gathers GOPs, a thread writes them."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from ingest.cameras.access_unit import (
    TIMESCALE,
    AccessUnit,
    AudioParameters,
    AudioUnit,
    StreamParameters,
)
from ingest.cameras.feed import Feed
from ingest.recordings.disk import Disk
from ingest.recordings.facts import (
    GAP_OF_STATE,
    Fact,
    GapFact,
    GapReason,
    StreamKey,
    at_ticks,
)
from ingest.recordings.segmenter import Gop, Segmenter
from ingest.recordings.writers import Writers
from models.kit.clock import Clock
from models.kit.log import get
from models.kit.service import wait
from models.kit.settings import Settings
from models.observations import DiskState, StreamKind, StreamState

log = get(__name__)
_QUEUE_BYTES = 64 * 1024 * 1024  # what one stream may wait for a slow disk
_QUEUES_BYTES = 512 * 1024 * 1024  # and all streams of this process together
_LONGEST_GOP_BYTES = 32 * 1024 * 1024
_TURNS = 1009  # prime: ids that follow each other get turns apart
_UNSEEN_HOLE = timedelta(seconds=1)
_SCHEDULE_S = 1.0
Report = Callable[[list[Fact]], None]


class _Waiting:
    """What waits to be written, of all streams; lives on the event loop."""

    def __init__(self) -> None:
        self.length_bytes = 0


class _StreamRecorder:
    """Sink of one feed. Everything but the writing itself happens on the event loop.

    ``resting``: by the camera's schedule nothing is recorded now.
    """

    def __init__(
        self,
        stream: StreamKey,
        segmenter: Segmenter,
        disk: Disk,
        writers: Writers,
        report: Report,
        waiting: _Waiting,
    ) -> None:
        self._stream = stream
        self._disk = disk
        self._all_waiting = waiting
        self._segmenter = segmenter
        self._writers = writers
        self._stuck = False
        self._report = report
        self._parameters: StreamParameters | None = None
        self._units: list[AccessUnit] = []
        self._unit_bytes = 0
        self._audio: AudioParameters | None = None
        self._sounds: list[AudioUnit] = []
        self._gap: GapFact | None = None
        self.resting = False
        self._recorded_until: datetime | None = None
        self._queue: asyncio.Queue[tuple[Gop | None, int]] = asyncio.Queue()
        self._waiting_bytes = 0
        self._writer = asyncio.create_task(self._write())
        self._writer.add_done_callback(self._writer_ended)

    def on_parameters(self, parameters: StreamParameters) -> None:
        self._finish_gop(None)
        self._parameters = parameters

    def on_access_unit(self, unit: AccessUnit) -> None:
        if self.resting:
            return
        if unit.key:
            self._finish_gop(unit.dts)
            self._account_until(at_ticks(unit.dts + unit.cts))
        elif not self._units:
            return  # nothing can be shown before a key picture
        self._units.append(unit)
        self._unit_bytes += len(unit.avcc)
        if self._unit_bytes > _LONGEST_GOP_BYTES:
            log.error("recording.gop_too_long", camera_id=str(self._stream.camera_id))
            self._finish_gop(None)

    def on_sound(self, audio: AudioParameters, units: Sequence[AudioUnit]) -> None:
        if not self._units:
            return  # there is nothing beside which it could lie
        if audio != self._audio:
            self._audio, self._sounds = audio, []
        self._sounds += units

    def on_state(self, state: StreamState, since: datetime, detail: str) -> None:
        reason = GAP_OF_STATE.get(state)
        if reason is None or self.resting:
            return
        self._finish_gop(None)
        self._queue.put_nowait((None, 0))
        self._end_rest(since)
        self._begin_gap(self._recorded_until or since, reason)

    def rest(self, at: datetime) -> None:
        """Record nothing from now on: so it was set up."""
        self._finish_gop(None)
        self._queue.put_nowait((None, 0))
        self.resting = True
        if self._gap is not None:
            self._account_until(at)
            self._recorded_until = None
        self._begin_gap(self._recorded_until or at, GapReason.SCHEDULED)

    def work(self, at: datetime, state: StreamState) -> None:
        """Record again; where nothing comes, that has another reason from now on."""
        self.resting = False
        if state in GAP_OF_STATE:
            self._end_rest(at)
            self._begin_gap(at, GAP_OF_STATE[state])

    async def close(self, at: datetime) -> None:
        """Write what is there, close the file and end the gap: from ``at`` on nobody looks."""
        self._finish_gop(None)
        if self._gap is not None:
            self._account_until(at)
        self._queue.put_nowait((None, 0))
        written = asyncio.ensure_future(self._queue.join())
        await asyncio.wait({written, self._writer}, return_when=asyncio.FIRST_COMPLETED)
        written.cancel()
        self._writer.cancel()
        self._report(self._segmenter.end_refusal(at))

    def _end_rest(self, at: datetime) -> None:
        """End the gap of a schedule whose time is over; what follows is none of it."""
        if self._gap is not None and self._gap.reason is GapReason.SCHEDULED:
            self._account_until(at)
            self._recorded_until = None

    def _begin_gap(self, since: datetime, reason: GapReason) -> None:
        if self._gap is None:
            self._gap = GapFact(self._stream, since, None, reason)
            self._report([self._gap])

    def _account_until(self, start: datetime) -> None:
        """Footage goes on at ``start``: end the gap, or name the hole that nobody saw begin."""
        gap, self._gap = self._gap, None
        until = self._recorded_until
        if gap is None and until is not None and start - until > _UNSEEN_HOLE:
            gap = GapFact(self._stream, until, None, GapReason.STALLED)
        if gap is not None:
            end = max(start, gap.started_at)
            self._report([GapFact(gap.stream, gap.started_at, end, gap.reason)])

    def _finish_gop(self, next_dts: int | None) -> None:
        """Hand the gathered GOP to the writer; ``next_dts`` None: nothing follows at once."""
        if not self._units or self._parameters is None:
            return
        units, self._units, length, self._unit_bytes = self._units, [], self._unit_bytes, 0
        sounds, self._sounds = self._sounds, []
        last, first = units[-1], units[0]
        expected = last.dts + last.duration
        end = next_dts if next_dts is not None and next_dts - last.dts < TIMESCALE else expected
        until = at_ticks(end + first.cts)
        waiting = self._all_waiting.length_bytes
        full = self._waiting_bytes + length > _QUEUE_BYTES or waiting + length > _QUEUES_BYTES
        if full or self._stuck:  # what is stuck must not fill the memory that others need
            self._disk.refused(DiskState.SLOW, "it takes less than the cameras send")
            self._begin_gap(at_ticks(first.dts + first.cts), GapReason.DISK_SLOW)
            return
        self._recorded_until = until
        self._waiting_bytes += length
        self._all_waiting.length_bytes += length
        gop = Gop(self._parameters, units, end, self._audio, sounds)
        self._queue.put_nowait((gop, length))

    def _writer_ended(self, writer: asyncio.Task[None]) -> None:
        if not writer.cancelled() and (error := writer.exception()) is not None:
            log.critical("recording.writer_died", stream=str(self._stream), exc_info=error)

    def _mark_stuck(self) -> None:
        self._stuck = True
        self._disk.refused(DiskState.SLOW, "a write does not come back")
        log.error("recording.stuck", stream=str(self._stream))

    async def _write(self) -> None:
        while True:
            gop, length = await self._queue.get()
            write = partial(self._segmenter.write, gop) if gop else self._segmenter.close
            try:
                facts = await self._writers.run(write, on_stuck=self._mark_stuck)
                self._stuck = False
                if facts:
                    self._report(facts)
            finally:
                self._waiting_bytes -= length
                self._all_waiting.length_bytes -= length
                self._queue.task_done()


def turn_of(stream: StreamKey) -> float:
    """Return when within a file's length the stream's files begin: spread evenly, always the same.

    Hundreds of cameras that begin files at one moment would also close and sync them at one.
    """
    half = 0.5 if stream.kind is StreamKind.SUB else 0.0
    return (stream.camera_id.int % _TURNS / _TURNS + half) % 1.0


class Recorder:
    """Observes the registry and records every feed that is to be recorded."""

    def __init__(self, settings: Settings, clock: Clock, report: Report, disk: Disk) -> None:
        self._settings = settings
        self._clock = clock
        self._report = report
        self._disk = disk
        self._waiting = _Waiting()
        self._writers = Writers()
        self._recorders: dict[Feed, _StreamRecorder] = {}
        self._closing: set[asyncio.Task[None]] = set()

    def feed_added(self, feed: Feed, *, recorded: bool) -> None:
        if not recorded:
            return
        stream = StreamKey(feed.camera_id, feed.kind)
        segmenter = Segmenter(
            self._disk, stream, segment_s=self._settings.segment_s, turn=turn_of(stream)
        )
        recorder = _StreamRecorder(
            stream, segmenter, self._disk, self._writers, self._report, self._waiting
        )
        self._recorders[feed] = recorder
        if feed.parameters is not None:  # it plays already; the next key picture is the first here
            recorder.on_parameters(feed.parameters)
            recorder.on_state(feed.state, self._clock.now(), feed.detail)
        feed.subscribe(recorder, house=True)
        feed.listen(recorder)
        self._heed_schedule(feed, recorder, self._clock.now())

    async def run(self, stop: asyncio.Event) -> None:
        """Follow the cameras' schedules until ``stop``."""
        while not await wait(stop, _SCHEDULE_S):
            self.heed_schedules()

    def heed_schedules(self) -> None:
        """Begin and end the rests that are due."""
        now = self._clock.now()
        for feed, recorder in self._recorders.items():
            self._heed_schedule(feed, recorder, now)

    def _heed_schedule(self, feed: Feed, recorder: _StreamRecorder, now: datetime) -> None:
        wanted = feed.schedule is None or feed.schedule.wants(now)
        if wanted == recorder.resting:
            if wanted:
                recorder.work(now, feed.state)
            else:
                recorder.rest(now)

    def feed_changed(self, feed: Feed, *, recorded: bool) -> None:
        if recorded and feed not in self._recorders:
            self.feed_added(feed, recorded=True)
        elif not recorded:
            self.feed_removed(feed)

    def feed_removed(self, feed: Feed) -> None:
        recorder = self._recorders.pop(feed, None)
        if recorder is not None:
            feed.unsubscribe(recorder)
            feed.unlisten(recorder)
            task = asyncio.create_task(recorder.close(self._clock.now()))
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)

    async def close(self) -> None:
        """Close every file; call after the feeds have stopped."""
        for feed in list(self._recorders):
            self.feed_removed(feed)
        while self._closing:
            await asyncio.wait(set(self._closing))
        await asyncio.to_thread(self._writers.close)
