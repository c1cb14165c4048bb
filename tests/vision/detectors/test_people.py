"""The Detector itself, on tensors that are given."""

from collections.abc import Sequence

import numpy as np
import pytest

from models.kit.errors import InvalidInput
from tests.vision.detectors.test_nanodet import HEIGHT, WIDTH, flat, put, tensors
from vision import weights
from vision.detector import Tensor
from vision.detectors.outputs import BrokenOutput
from vision.detectors.people import PeopleDetector

NANODET = weights.describe("nanodet_g_person")
END_TO_END = NANODET.model_copy(update={"decoder": "end_to_end", "classes": ("person",)})


class Canned:
    """A Network whose answer is given."""

    runtime = "canned"

    def __init__(self, outputs: Sequence[Tensor]) -> None:
        self._outputs = list(outputs)

    def infer(self, tensor: Tensor) -> list[Tensor]:
        assert tensor.shape == (1, 3, HEIGHT, WIDTH)
        return self._outputs


def rows(*people: tuple[float, ...]) -> list[Tensor]:
    """An end-to-end network's 300 rows."""
    output = np.zeros((1, 300, 6), np.float32)
    for index, person in enumerate(people):
        output[0, index] = person
    return [output]


def picture(height: int = 720, width: int = 1280) -> np.ndarray:
    return np.zeros((height, width, 3), np.uint8)


def test_it_answers_in_the_pictures_own_pixels() -> None:
    made = tensors()
    put(made, 8, (24, 40), (2, 2, 2, 2), 0.9)
    put(made, 8, (24, 41), (2, 2, 2, 2), 0.6)  # the same person, a cell further
    put(made, 8, (2, 2), (1, 1, 1, 1), 0.2)  # too unlikely
    found = PeopleDetector(Canned(flat(made)), NANODET).detect(picture())
    assert len(found) == 1
    x, y = 40.5 * 8 * 2, (24.5 * 8 - 12) * 2
    assert found.boxes[0] == pytest.approx([x - 32, y - 32, x + 32, y + 32], abs=0.01)


def test_a_camera_has_its_own_threshold() -> None:
    detector = PeopleDetector(
        Canned(rows((10, 20, 50, 90, 0.9, 0), (200, 20, 250, 90, 0.4, 0))), END_TO_END
    )
    assert len(detector.detect(picture())) == 2
    assert len(detector.detect(picture(), score=0.5)) == 1
    assert len(detector.detect(picture(), score=0.95)) == 0


def test_an_end_to_end_networks_own_choice_stands_and_is_ordered() -> None:
    close = rows((10, 20, 50, 90, 0.5, 0), (11, 20, 51, 90, 0.8, 0))
    found = PeopleDetector(Canned(close), END_TO_END).detect(picture(384, 640))
    assert found.scores.tolist() == pytest.approx([0.8, 0.5])
    assert found.boxes[0].tolist() == [11, 20, 51, 90]


def test_boxes_outside_of_the_picture_or_turned_around_are_nobody() -> None:
    outside = rows((10, 1, 50, 11, 0.9, 0), (90, 50, 10, 90, 0.9, 0), (-50, 50, -10, 90, 0.9, 0))
    assert len(PeopleDetector(Canned(outside), END_TO_END).detect(picture())) == 0


@pytest.mark.parametrize("bad", [np.nan, np.inf, 17.0], ids=["nan", "inf", "a logit"])
def test_scores_that_are_none_are_named(bad: float) -> None:
    with pytest.raises(BrokenOutput, match="from 0 to 1"):
        PeopleDetector(Canned(rows((10, 20, 50, 90, bad, 0))), END_TO_END).detect(picture())


@pytest.mark.parametrize(
    "wrong",
    [
        np.zeros((0, 0, 3), np.uint8),
        np.zeros((10, 10), np.uint8),
        np.zeros((10, 10, 4), np.uint8),
        np.zeros((10, 10, 3), np.float32),
    ],
    ids=["empty", "grey", "alpha", "floats"],
)
def test_what_is_no_picture_is_refused(wrong: np.ndarray) -> None:
    with pytest.raises(InvalidInput, match="height × width × 3"):
        PeopleDetector(Canned(flat(tensors())), NANODET).detect(wrong)
