"""Clocks that jump, of the camera or of the machine, and what the files then say."""

import itertools
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.cameras.access_unit import TIMESCALE, AccessUnit, StreamParameters
from ingest.cameras.wallclock import WallClock
from ingest.recordings.boxes import map_file
from ingest.recordings.facts import SegmentFact, StreamKey
from ingest.recordings.segmenter import Gop, Segmenter
from models.kit.ids import new_id
from models.observations import StreamKind
from tests.ingest.encoded import START_S
from tests.ingest.recordings.written import a_disk, files, gops

FPS = 10
SEGMENT_S = 4.0
_JUMPS = st.floats(-7200, 7200) | st.floats(-3, 3)


@dataclass(frozen=True)
class Jump:
    """After ``at_s`` of recording, whose clock moves by how much; or the connection is new."""

    at_s: int
    by_s: float
    whose: str


JUMPS = st.lists(
    st.builds(
        Jump, st.integers(1, 39), _JUMPS, st.sampled_from(["camera", "machine", "connection"])
    ),
    max_size=6,
)


def recorded(
    root: Path, parameters: StreamParameters, jumps: list[Jump], turn: float
) -> list[SegmentFact]:
    """Record forty seconds, a key picture a second, through those jumps."""
    clock, camera_s, machine_s, newest = WallClock(), 100.0, START_S, 0
    segmenter = Segmenter(
        a_disk(root), StreamKey(new_id(), StreamKind.MAIN), segment_s=SEGMENT_S, turn=turn
    )
    made: list[Gop] = []
    units: list[AccessUnit] = []
    for number in range(40 * FPS):
        for jump in jumps:
            if jump.at_s * FPS == number:
                camera_s += jump.by_s * (jump.whose == "camera")
                machine_s += jump.by_s * (jump.whose == "machine")
                if jump.whose == "connection":
                    clock = WallClock(not_before=newest)
        due_s = number / FPS
        ticks = round((camera_s + due_s) * TIMESCALE)
        newest = clock.place(ticks, machine_s + due_s)
        key = number % FPS == 0
        if key and units:
            made.append(_gop(parameters, units, newest))
            units = []
        units.append(AccessUnit(number, newest, 0, TIMESCALE // FPS, key, b"\0\0\0\1x", 0.0))
    made.append(_gop(parameters, units, newest + TIMESCALE // FPS))
    facts = [fact for gop in made for fact in segmenter.write(gop)]
    return [fact for fact in files(facts + segmenter.close()) if fact.closed]


def _gop(parameters: StreamParameters, units: list[AccessUnit], next_dts: int) -> Gop:
    last = units[-1]
    end = next_dts if next_dts - last.dts < TIMESCALE else last.dts + last.duration
    return Gop(parameters, units, end)


def pictures(path: Path) -> int:
    content = path.read_bytes()
    map_file(lambda at, length: content[at : at + length], len(content))
    return content.count(b"\0\0\0\1x")


@pytest.fixture(scope="module")
def parameters(tmp_path_factory: pytest.TempPathFactory) -> StreamParameters:
    return gops(tmp_path_factory.mktemp("clip"))[0].parameters


@given(jumps=JUMPS, turn=st.floats(0, 1))
@settings(max_examples=60, deadline=None)
def test_no_jump_loses_a_picture_or_makes_files_overlap(
    parameters: StreamParameters, jumps: list[Jump], turn: float
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        facts = recorded(root, parameters, jumps, turn)
        counted = [pictures(root / fact.path) for fact in facts]
    assert sum(counted) == 40 * FPS
    for before, after in itertools.pairwise(facts):
        assert before.ended_at <= after.started_at
    for fact, count in zip(facts, counted, strict=True):
        length_s = (fact.ended_at - fact.started_at).total_seconds()
        assert length_s <= SEGMENT_S + 2.5, "never stepped inside a file"
        assert count <= (SEGMENT_S + 2) * FPS * 2.1, "no time is pressed into a moment"


def test_a_machine_set_back_goes_on_and_its_wall_clock_catches_up() -> None:
    clock, ticks, wall_s, placed = WallClock(), 0, START_S, []
    for number in range(FPS * 400):
        if number == FPS * 10:
            wall_s -= 20
        placed.append(clock.place(ticks, wall_s))
        ticks += TIMESCALE // FPS
        wall_s += 1 / FPS
    steps = [after - before for before, after in itertools.pairwise(placed)]
    assert min(steps) >= 0.48 * TIMESCALE // FPS
    assert abs(placed[-1] / TIMESCALE - wall_s) < 1
