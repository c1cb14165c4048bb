"""Half a minute of the drawn hour through the whole chain: a clerk goes, and the jacket stays.

All of it: ``./ahual vision hour FOLDER``.
"""

import json
import time
from pathlib import Path

import cv2
import pytest

from ingest.simulated.hour import MovingHall
from ingest.simulated.scenes import SCENES
from vision import weights
from vision.detectors.choose import load_detector
from vision.evaluation import Told, evaluate
from vision.goals import goals

_SEED, _HOUR_S, _PER_HOUR = 3, 3600, 105.0
_GONE_S = 2527  # the clerk of the first window; the chair there has a jacket on it
_LOOKS = range(_GONE_S - 17, _GONE_S + 14)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    folder: Path = tmp_path_factory.mktemp("hour")
    hall = MovingHall(SCENES[0], _SEED, _HOUR_S, per_hour=_PER_HOUR)
    for second in range(_LOOKS.start):
        hall.visitors.step(second)
    looks = []
    for second in _LOOKS:
        picture, truth = hall.look(second)
        name = f"{second}.jpg"
        assert cv2.imwrite(str(folder / name), picture, [cv2.IMWRITE_JPEG_QUALITY, 92])
        looks.append({"at_s": second - _LOOKS.start, "picture": name, **truth})
    sequence = {"zones": hall.zones(), "looks": looks}
    (folder / "sequence.json").write_text(json.dumps(sequence))
    detector = load_detector("openvino", weights.packaged()["nanodet_g_person"], precision="f32")
    found = evaluate(detector, folder, score=0.35, cpu_s=time.process_time)
    assert found.sequence is not None
    return found.sequence


def test_what_the_hour_must_show_is_shown(told: Told) -> None:
    assert told.absent_falsely == told.blind_falsely == 0
    (queue,) = told.counts
    assert max(queue.true) >= 5
    assert queue.error.mae <= 0.7
    assert not [goal.line() for goal in goals(told) if goal.met is False]


def test_the_jacket_is_not_taken_for_the_clerk(told: Told) -> None:
    first = next(each for each in told.presence if each.name == "window-1")
    gone = first.true.index(False)
    assert first.told[: gone + 5] == (True,) * (gone + 5)
    assert first.told.index(False) - gone <= 12
    stay = [each for each in told.presence if each.name.startswith("window-") and all(each.true)]
    assert len(stay) >= 2
    assert all(each.told == (True,) * len(_LOOKS) for each in stay)
