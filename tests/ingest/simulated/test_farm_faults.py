"""The farm misbehaves on command, and the node's own reader meets it over a real connection."""

import asyncio
from collections.abc import AsyncIterator, Callable
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from ingest.cameras.access_unit import AccessUnit
from ingest.cameras.direct.source import open_stream
from ingest.cameras.feed import Feed
from ingest.cameras.reader import StreamReader
from ingest.cameras.source import Opener, RtspSource
from ingest.simulated.control import answer
from ingest.simulated.farm import Farm
from ingest.simulated.faults import Faults
from ingest.simulated.loops import LoopSpec
from ingest.simulated.rtp import framed_picture
from models.kit.clock import SystemClock
from models.kit.ids import new_id
from models.observations import StreamKind, StreamState
from tests.builders import NOON
from tests.ingest.cameras.test_feed import Heard

SPEC = LoopSpec(320, 180, fps=20, gop_s=0.5, kbit=200, seconds=2)
SILENCE_S = 1.0


@pytest.fixture(scope="module")
def loops(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("loops")


class Watched:
    """A feed that the node's reader keeps supplied from ``farm/0``."""

    def __init__(self, farm: Farm, opener: Opener) -> None:
        self.farm = farm
        self.heard = Heard()
        self.feed = Feed(new_id(), StreamKind.SUB, NOON)
        self.feed.subscribe(self.heard)
        self._reader = StreamReader(self.feed, farm.url("farm/0"), opener, SystemClock(), SILENCE_S)
        self._running = asyncio.create_task(self._reader.run())

    async def until(self, good: Callable[[], bool]) -> None:
        async with asyncio.timeout(40):
            while not good():
                await asyncio.sleep(0.02)

    async def hear(self, pictures: int) -> None:
        enough = len(self.heard.units) + pictures
        await self.until(lambda: len(self.heard.units) >= enough)

    async def stop(self) -> None:
        self._running.cancel()
        await asyncio.wait({self._running})


@pytest.fixture(params=[open_stream, RtspSource], ids=["direct", "ffmpeg"])
async def watched(loops: Path, request: pytest.FixtureRequest) -> AsyncIterator[Watched]:
    async with Farm(loops, 1, SPEC) as farm:
        made = Watched(farm, request.param)
        await made.hear(10)
        yield made
        await made.stop()


def order(farm: Farm, line: str) -> None:
    assert answer(farm, line).startswith("ok")


def grows(units: list[AccessUnit]) -> bool:
    return all(a.dts < b.dts and a.sequence + 1 == b.sequence for a, b in pairwise(units))


@pytest.mark.parametrize("line", ["kick farm/0", "reset farm/0"])
async def test_a_cut_connection_is_made_again(watched: Watched, line: str) -> None:
    order(watched.farm, line)
    await watched.until(lambda: watched.feed.state is not StreamState.LIVE)
    await watched.hear(15)
    assert watched.feed.state is StreamState.LIVE
    assert grows(watched.heard.units)


async def test_a_stall_is_seen_and_a_return_too(watched: Watched) -> None:
    order(watched.farm, "stall farm/0")
    await watched.until(lambda: watched.feed.state is StreamState.STALLED)
    order(watched.farm, "resume farm/0")
    await watched.until(lambda: watched.feed.state is StreamState.LIVE)
    assert watched.heard.units[-1].key or watched.feed.gop[0].key


async def test_a_stopped_camera_is_down_until_it_starts(watched: Watched) -> None:
    order(watched.farm, "stop farm/0")
    await watched.until(lambda: "404" in watched.feed.detail)
    order(watched.farm, "start farm/0")
    await watched.hear(5)
    assert watched.feed.state is StreamState.LIVE


async def test_a_camera_of_another_codec_is_said_to_be_one(watched: Watched) -> None:
    order(watched.farm, "codec farm/0 mpeg4")
    await watched.until(lambda: watched.feed.state is StreamState.UNSUPPORTED)
    assert "mpeg4" in watched.feed.detail


async def test_other_parameter_sets_are_published_before_their_pictures(watched: Watched) -> None:
    assert [(p.width, p.height) for p in watched.heard.parameters] == [(320, 180)]
    order(watched.farm, "sps farm/0")
    await watched.until(lambda: len(watched.heard.parameters) == 2)
    assert (watched.heard.parameters[1].width, watched.heard.parameters[1].height) == (240, 90)
    order(watched.farm, "sps farm/0")
    await watched.until(lambda: len(watched.heard.parameters) == 3)
    assert watched.heard.parameters[2] == watched.heard.parameters[0]
    assert watched.feed.state is StreamState.LIVE


@pytest.mark.parametrize("line", ["drop farm/0 20", "garbage farm/0 20"])
async def test_lost_and_noisy_packets_never_stop_the_feed(watched: Watched, line: str) -> None:
    order(watched.farm, line)
    await watched.hear(60)
    order(watched.farm, f"{line.rpartition(' ')[0]} 0")
    await watched.hear(40)
    assert watched.feed.state is StreamState.LIVE
    assert grows(watched.heard.units)


@pytest.mark.parametrize("by_s", [3_600, -3_600, 5, -5])
async def test_a_jump_of_the_cameras_clock_leaves_its_pictures_where_they_are(
    watched: Watched, by_s: int
) -> None:
    order(watched.farm, f"clock farm/0 {by_s}")
    await watched.hear(80)  # beyond the next sender report
    assert grows(watched.heard.units)
    late_s = max(abs(unit.shown_at - unit.received_at) for unit in watched.heard.units[-20:])
    assert late_s < 2.5


def test_faults_spoil_packets_and_keep_their_headers() -> None:
    framed = framed_picture([b"a" * 100] * 50, channel=0)
    wire = framed.stamped(0, 0, 1)
    faults = Faults()
    assert not faults.spoil_packets
    assert faults.spoiled(wire, framed.starts, Random(1)) == wire
    faults.drop_percent = 50
    kept = faults.spoiled(wire, framed.starts, Random(1))
    assert len(kept) % 116 == 0
    assert 10 * 116 < len(kept) < 40 * 116
    noisy = Faults(garbage_percent=100).spoiled(wire, framed.starts, Random(1))
    assert len(noisy) == len(wire)
    assert noisy[:16] == wire[:16]
    assert noisy[16:116] != wire[16:116]
    assert Faults(drop_percent=100).spoiled(wire, framed.starts, Random(1)) == b""
