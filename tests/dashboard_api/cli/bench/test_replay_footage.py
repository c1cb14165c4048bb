"""Footage of the replay bench: real files whose burned-in counters are where they should be."""

from pathlib import Path

import av
import numpy as np
import pytest

from dashboard_api.cli.bench.replay_browser import Dragged, exact
from dashboard_api.cli.bench.replay_footage import Footage, record
from ingest.recordings.facts import StreamKey
from ingest.simulated.burned import read_counter
from ingest.simulated.loops import LoopSpec
from models.kit.ids import new_id
from models.observations import StreamKind

SPEC = LoopSpec(width=320, height=180, fps=15, gop_s=2, kbit=200, seconds=4)
START_S = 1_790_000_000


def test_counters_are_where_the_clock_says(tmp_path: Path) -> None:
    stream = StreamKey(new_id(), StreamKind.MAIN)
    made = record(tmp_path / "recordings", tmp_path / "clips", stream, SPEC, START_S, 24)
    assert sum(len(fact.fragments) for fact in made.facts) == 12
    for fact in made.facts:
        with av.open(str(tmp_path / "recordings" / fact.path)) as container:
            for frame in container.decode(video=0):
                assert frame.time is not None
                picture = frame.to_ndarray(format="bgr24").astype(np.uint8, copy=False)
                counter = read_counter(picture)
                assert counter is not None
                assert made.error(counter, frame.time) == 0
                assert made.error(counter, frame.time - 0.03) == 0


@pytest.mark.parametrize(
    ("at_s", "counter"), [(0, 0), (0.001, 0), (0.002, 1), (0.068, 1), (0.069, 2), (3.95, 0), (4, 0)]
)
def test_an_exact_seek_shows_the_next_picture(at_s: float, counter: int) -> None:
    made = Footage(SPEC, START_S, 60, [])
    assert made.first_at_or_after(START_S + at_s) == counter
    assert made.error((counter + 59) % 60, START_S + at_s) == 1


def test_a_drag_is_exact_where_it_shows_the_very_picture() -> None:
    rough = Dragged(20, 10.0, 8.0)
    found = exact([Dragged(20, 10.0, 10.03), rough, Dragged(20, 10.0, 10.2)], 1 / 15)
    assert found == [Dragged(20, 10.0, 10.03)]
