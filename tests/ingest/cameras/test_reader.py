"""The supervisor of one pull, against sources that misbehave on purpose."""

import asyncio
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.cameras.access_unit import AudioParameters
from ingest.cameras.assembler import CodedPicture, CodedSound
from ingest.cameras.codecs import H264
from ingest.cameras.feed import Feed
from ingest.cameras.reader import StreamReader
from ingest.cameras.source import AuthFailed, SourceEnded, SourceFault, UnsupportedCodec
from models.kit.clock import SystemClock
from models.kit.ids import new_id
from models.observations import StreamKind, StreamState
from tests.builders import NOON
from tests.ingest.cameras.test_feed import Heard
from tests.ingest.encoded import coded

SILENCE_S = 0.3


class ScriptedSource:
    """Gives ``pictures`` at once, then does what ``afterwards`` does until it returns."""

    codec = H264
    audio: AudioParameters | None = None
    odd_sound = ""

    def __init__(
        self,
        pictures: Sequence[CodedPicture | CodedSound],
        afterwards: Callable[[threading.Event], None],
        closed: list[str],
    ) -> None:
        self._pictures = pictures
        self._afterwards = afterwards
        self._closed = closed

    def parameter_sets(self) -> Sequence[bytes]:
        return []

    def pieces(self, stop: threading.Event) -> Iterator[CodedPicture | CodedSound]:
        yield from self._pictures
        self._afterwards(stop)

    def close(self) -> None:
        self._closed.append("closed")


def ends(_stop: threading.Event) -> None:
    raise SourceEnded("rtsp://camera: the camera ended the stream")


def hangs(stop: threading.Event) -> None:
    stop.wait(30)


class Watched:
    """A feed with a reader on scripted sources, and everything a sink of it heard."""

    def __init__(self, *sources: ScriptedSource | SourceFault) -> None:
        self._sources = list(sources)
        self.opened = 0
        self.heard = Heard()
        self.feed = Feed(new_id(), StreamKind.MAIN, NOON)
        self.feed.subscribe(self.heard)

    def open(self, _url: str, _timeout_s: float, _transport: str) -> ScriptedSource:
        self.opened += 1
        source = self._sources.pop(0) if self._sources else SourceFault("refused")
        if isinstance(source, SourceFault):
            raise source
        return source

    async def until(self, good: Callable[[], bool]) -> None:
        reader = StreamReader(self.feed, "rtsp://camera", self.open, SystemClock(), SILENCE_S)
        running = asyncio.create_task(reader.run())
        try:
            async with asyncio.timeout(30):
                while not good():
                    await asyncio.sleep(0.01)
        finally:
            running.cancel()
            await asyncio.wait({running})

    def states(self) -> list[StreamState]:
        return [state for state, _ in self.heard.states]


async def test_an_ended_loop_is_a_fault_and_tried_again(tmp_path: Path) -> None:
    closed: list[str] = []
    pictures = coded(tmp_path)[:3]
    watched = Watched(
        ScriptedSource(pictures, ends, closed), ScriptedSource(pictures, hangs, closed)
    )
    await watched.until(lambda: len(watched.heard.units) == 6)
    assert watched.states() == [StreamState.LIVE, StreamState.DOWN, StreamState.LIVE]
    assert [unit.sequence for unit in watched.heard.units] == [1, 2, 3, 4, 5, 6]
    times = [unit.dts for unit in watched.heard.units]
    assert times == sorted(set(times))
    assert len(watched.heard.parameters) == 2
    assert closed[0] == "closed"


async def test_the_pace_and_the_clock_are_measured(tmp_path: Path) -> None:
    pictures = [replace(p, camera_s=5.0) for p in coded(tmp_path)[:12]]
    watched = Watched(ScriptedSource(pictures, hangs, []))
    told: list[Feed] = []
    watched.feed.on_measured(told.append)
    await watched.until(lambda: watched.feed.measured.frame_rate is not None)
    assert watched.feed.measured.key_interval_s == pytest.approx(0.5, abs=0.1)  # came in a burst
    assert "behind this node's; set its time" in watched.feed.measured.clock_detail
    assert told


async def test_silence_is_a_stall_and_the_hanging_try_is_let_go(tmp_path: Path) -> None:
    closed: list[str] = []
    watched = Watched(ScriptedSource(coded(tmp_path)[:3], hangs, closed))
    await watched.until(lambda: watched.opened == 2)
    assert watched.states()[:2] == [StreamState.LIVE, StreamState.STALLED]
    assert watched.heard.states[1][1] == "no picture for 0.3 s"
    assert closed == ["closed"]


async def test_another_codec_is_not_asked_for_every_second() -> None:
    watched = Watched(UnsupportedCodec("rtsp://camera: the camera sends hevc"))
    await watched.until(lambda: StreamState.UNSUPPORTED in watched.states())
    assert watched.opened == 1


async def test_a_refused_password_is_not_tried_every_second() -> None:
    watched = Watched(AuthFailed("rtsp://camera: cannot open: 401"))
    await watched.until(lambda: StreamState.AUTH_FAILED in watched.states())
    assert watched.opened == 1
    assert watched.heard.states == [(StreamState.AUTH_FAILED, "rtsp://camera: cannot open: 401")]


async def test_a_refused_camera_is_down_with_the_reason() -> None:
    watched = Watched(SourceFault("rtsp://camera: cannot open: Connection refused"))
    await watched.until(lambda: bool(watched.heard.states))
    assert watched.heard.states[0] == (
        StreamState.DOWN,
        "rtsp://camera: cannot open: Connection refused",
    )


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
async def test_a_reader_that_fails_itself_is_tried_again(tmp_path: Path) -> None:
    def fails(_stop: threading.Event) -> None:
        msg = "our own mistake"
        raise ArithmeticError(msg)

    closed: list[str] = []
    watched = Watched(ScriptedSource(coded(tmp_path)[:3], fails, closed))
    await watched.until(lambda: watched.opened == 2)
    assert "the reader itself failed" in watched.heard.states[1][1]
