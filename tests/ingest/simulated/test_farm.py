"""The farm's cameras play one loop, each from its own place; the counter tells what is missing."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random

import pytest

from ingest.simulated.clip import load_clip
from ingest.simulated.counters import Sighting, missing_pictures, sightings
from ingest.simulated.farm import Farm, farm_name, farm_url
from ingest.simulated.loops import LoopSpec, make_loop
from ingest.simulated.metronome import Metronome, Tick
from ingest.simulated.playback import Playback, Viewer
from ingest.simulated.rtp import CLOCK_HZ
from models.kit.errors import InvalidInput

SMALL = LoopSpec(320, 180, fps=20, gop_s=0.5, kbit=200, seconds=1)


@pytest.fixture(scope="module")
def loops(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("loops")


@pytest.fixture
async def farm(loops: Path) -> AsyncIterator[Farm]:
    async with Farm(loops, 3, SMALL) as planted:
        yield planted


def counters(source: str | Path, limit: int | None = None) -> list[int | None]:
    return [seen.counter for seen in sightings(source, limit)]


@pytest.mark.parametrize("codec", ["h264", "h265", "mpeg4"])
def test_every_picture_of_a_loop_can_be_told(loops: Path, codec: str) -> None:
    spec = LoopSpec(320, 180, fps=20, gop_s=0.5, kbit=200, seconds=1, codec=codec)
    assert counters(make_loop(loops, spec)) == list(range(20))


def test_a_loop_is_encoded_once_and_has_whole_gops(tmp_path: Path) -> None:
    spec = LoopSpec(320, 180, fps=10, gop_s=0.8, kbit=200, seconds=2)
    path = make_loop(tmp_path, spec)
    made_at = path.stat().st_mtime_ns
    assert make_loop(tmp_path, spec) == path
    assert path.stat().st_mtime_ns == made_at
    clip = load_clip(path)
    assert clip.key_indexes == (0, 8)
    assert len(clip.pictures) == spec.pictures == 16


@pytest.mark.parametrize(
    ("spec", "said"),
    [(LoopSpec(codec="vp9"), "not vp9"), (LoopSpec(seconds=600), "make it shorter")],
)
def test_a_loop_that_cannot_be_made_says_why(tmp_path: Path, spec: LoopSpec, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        make_loop(tmp_path, spec)


async def test_the_counter_goes_on_across_the_end_of_the_loop(farm: Farm) -> None:
    seen = await asyncio.to_thread(sightings, farm.url(farm_name(1)), 45)
    assert missing_pictures(seen, farm.loop_pictures, SMALL.fps) == 0
    assert len({one.counter for one in seen}) == farm.loop_pictures


def _seen(*counters: int | None, fps: int = 10, late_s: float = 0) -> list[Sighting]:
    made = [Sighting(n / fps, counter) for n, counter in enumerate(counters)]
    return [*made[:-1], Sighting(made[-1].at_s + late_s, made[-1].counter)] if made else []


@pytest.mark.parametrize(
    ("seen", "missing"),
    [
        (_seen(5, 6, 7), 0),
        (_seen(18, 19, 0, 1), 0),  # the loop's end
        (_seen(18, 0), 1),
        (_seen(3, 9), 5),
        (_seen(3, None, 5), 1),  # unreadable: nobody can say that it is the right one
        (_seen(3, 4, late_s=2.0), 20),  # a whole loop is gone
        (_seen(3, 4, late_s=0.3), 0),  # late is not missing
        (_seen(None, None), 2),
        (_seen(4, 4), 19),  # twice the same is a picture of another time
        ([], 0),
    ],
)
def test_missing_pictures_are_counted(seen: list[Sighting], missing: int) -> None:
    assert missing_pictures(seen, 20, 10) == missing


async def test_cameras_begin_at_their_own_places(farm: Farm) -> None:
    assert farm.names == ("farm/0", "farm/1", "farm/2")
    assert farm_url(farm.port, 2) == farm.url("farm/2")
    assert len({farm.camera(name).next_key()[1] for name in farm.names}) == 3


class _Gone(asyncio.WriteTransport):
    """A transport as uvloop leaves it when the client is gone: whoever writes is told off."""

    def is_closing(self) -> bool:
        return True

    def write(self, data: bytes | bytearray | memoryview) -> None:
        raise RuntimeError("the handler is closed")


async def test_a_viewer_that_is_gone_stops_nobody_elses_pictures(farm: Farm) -> None:
    first = farm.camera("farm/0")
    first.viewers.add(Viewer(_Gone(), 0, playing=True, wants_key=False))
    seen = await asyncio.to_thread(sightings, farm.url("farm/1"), 20)
    assert len(seen) == 20
    assert not first.viewers


class _Clockwork(Metronome):
    """A metronome whose time a test sets."""

    def __init__(self) -> None:
        self.time = 0
        self.tick: Tick = int

    def now(self) -> int:
        return self.time

    def add(self, due: int, tick: Tick) -> None:
        self.time, self.tick = due, tick


class _Taken(asyncio.WriteTransport):
    def __init__(self) -> None:
        self.written: list[bytes] = []

    def is_closing(self) -> bool:
        return False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written.append(bytes(data))

    def get_write_buffer_size(self) -> int:
        return 0


def test_a_suspended_farm_leaves_no_picture_out(loops: Path) -> None:
    clip = load_clip(make_loop(loops, SMALL))
    clockwork, taken = _Clockwork(), _Taken()
    camera = Playback({"x": clip}, metronome=clockwork, phase=0.0, random=Random(1))
    camera.viewers.add(Viewer(taken, 0, playing=True, wants_key=False))
    for picture in range(30):
        due = clockwork.tick()
        clockwork.time = due + (5 * CLOCK_HZ if picture == 12 else 0)
    assert len(taken.written) == 30
    assert camera.latest == 5 * CLOCK_HZ
