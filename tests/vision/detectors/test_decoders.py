"""Every decoder: by hand, which one fits, and whatever a broken network may give."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.vision.detectors.test_people import Canned
from vision import weights
from vision.detector import Network, Tensor
from vision.detectors import end_to_end, yolo, yolox
from vision.detectors.decoders import DECODERS, recognise
from vision.detectors.grid import STRIDES, cells_of
from vision.detectors.outputs import BrokenOutput, ForeignNetwork
from vision.detectors.people import PeopleDetector
from vision.weights import DecoderName

HEIGHT, WIDTH = 384, 640
CELLS = cells_of(HEIGHT, WIDTH)
SMALL = 64  # a square input of 84 cells, for whole tensors at random


def zeros(*shape: int) -> Tensor:
    return np.zeros(shape, np.float32)


def shapes_of(
    decoder: DecoderName, side_h: int, side_w: int, classes: int
) -> Sequence[tuple[int, ...]]:
    cells = cells_of(side_h, side_w)
    levels = [(side_h // stride) * (side_w // stride) for stride in STRIDES]
    return {
        "nanodet": [(1, n, c) for n in levels for c in (classes, 44)],
        "yolox": [(1, cells, 5 + classes)],
        "yolo": [(1, 4 + classes, cells)],
        "end_to_end": [(1, 300, 6)],
    }[decoder]


@pytest.mark.parametrize(("stride", "row", "column"), [(8, 2, 5), (16, 3, 7), (32, 11, 19)])
def test_yolox_counts_in_cells(stride: int, row: int, column: int) -> None:
    output = zeros(1, CELLS, 5 + 80)
    before = sum((HEIGHT // s) * (WIDTH // s) for s in STRIDES if s < stride)
    cell = before + row * (WIDTH // stride) + column
    output[0, cell, :5] = [0.5, 0.25, np.log(2), np.log(4), 0.8]
    output[0, cell, 5] = 0.9
    boxes, scores = yolox.decode([output], HEIGHT, WIDTH, score=0.3, classes=80, person=0)
    x, y = (column + 0.5) * stride, (row + 0.25) * stride
    wanted = [x - stride, y - 2 * stride, x + stride, y + 2 * stride]
    assert boxes.tolist() == [pytest.approx(wanted, abs=1e-3)]
    assert scores.tolist() == pytest.approx([0.72])


def test_yolo_counts_in_pixels_and_asks_for_people_only() -> None:
    output = zeros(1, 4 + 80, CELLS)
    output[0, :4, 77] = [100, 50, 20, 40]
    output[0, 4 + 56, 77] = 0.9  # a chair
    output[0, 4, 77] = 0.6
    output[0, :4, 78] = [300, 50, 20, 40]
    output[0, 4 + 2, 78] = 0.9  # a car
    boxes, scores = yolo.decode([output], HEIGHT, WIDTH, score=0.25, classes=80, person=0)
    assert boxes.tolist() == [[90, 30, 110, 70]]
    assert scores.tolist() == pytest.approx([0.6])


def test_an_end_to_end_network_has_picked_already() -> None:
    output = zeros(1, 300, 6)
    output[0, :3] = [[1, 2, 30, 40, 0.9, 0], [5, 6, 70, 80, 0.8, 7], [1, 2, 3, 4, 0.1, 0]]
    boxes, scores = end_to_end.decode([output], HEIGHT, WIDTH, score=0.25, classes=80, person=0)
    assert boxes.tolist() == [[1, 2, 30, 40]]
    assert scores.tolist() == pytest.approx([0.9])


def test_a_class_that_there_is_none_of_is_named() -> None:
    output = zeros(1, 300, 6)
    output[0, 0] = [1, 2, 30, 40, 0.9, 81]
    with pytest.raises(BrokenOutput, match="80"):
        end_to_end.decode([output], HEIGHT, WIDTH, score=0.25, classes=80, person=0)


@pytest.mark.parametrize("classes", [1, 80])
@pytest.mark.parametrize("decoder", DECODERS)
@pytest.mark.parametrize(("height", "width"), [(384, 640), (256, 416), (32, 32)], ids=str)
def test_each_networks_tensors_are_recognised(
    decoder: DecoderName, classes: int, height: int, width: int
) -> None:
    outputs = [zeros(*shape) for shape in shapes_of(decoder, height, width, classes)]
    assert recognise(outputs, height, width, classes=classes) == decoder


@pytest.mark.parametrize(
    "shapes",
    [[], [(1, 1000)], [(1, 84, 100)], [(1, 5040, 84), (1, 5040, 4)], [(2, 300, 6)], [()]],
    ids=["nothing", "a classifier", "another size", "two heads", "a batch", "a number"],
)
def test_other_networks_are_nobodys(shapes: list[tuple[int, ...]]) -> None:
    outputs = [zeros(*shape) for shape in shapes]
    assert recognise(outputs, HEIGHT, WIDTH, classes=80) is None
    for decode in DECODERS.values():
        with pytest.raises(ForeignNetwork, match="weights add"):
            decode(outputs, HEIGHT, WIDTH, score=0.3, classes=80, person=0)


STRANGE = st.sampled_from([-1.0, 60.0, 89.0, 3.4e38, -3.4e38, np.nan, np.inf, -np.inf])
SPOTS = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), STRANGE), max_size=6)


@pytest.mark.parametrize("decoder", DECODERS)
@given(
    seed=st.integers(0, 2**32 - 1),
    spread=st.sampled_from([0.0, 0.1, 1.0, 50.0, 1e30]),
    spots=SPOTS,
    size=st.tuples(st.integers(1, 300), st.integers(1, 300)),
)
@settings(max_examples=60, deadline=None)
def test_whatever_a_network_gives_is_boxes_in_the_picture_or_a_named_error(
    decoder: DecoderName,
    seed: int,
    spread: float,
    spots: list[tuple[float, float]],
    size: tuple[int, int],
) -> None:
    """Tensors of likely scores and some spread, with values at some places that make no sense."""
    entry = weights.describe("nanodet_g_person")
    small = entry.preprocessing.model_copy(update={"height": SMALL, "width": SMALL})
    entry = entry.model_copy(update={"decoder": decoder, "preprocessing": small})
    random = np.random.default_rng(seed)
    outputs = []
    for shape in shapes_of(decoder, SMALL, SMALL, 1):
        output = (random.random(shape) * (spread or 1)).astype(np.float32)
        for place, value in spots:
            output.flat[int(place * output.size)] = value
        outputs.append(output)
    height, width = size
    network: Network = SmallCanned(outputs)
    try:
        found = PeopleDetector(network, entry).detect(np.zeros((height, width, 3), np.uint8))
    except BrokenOutput:
        return
    assert np.isfinite(found.boxes).all()
    assert (found.boxes >= 0).all()
    assert (found.boxes <= np.array([width, height] * 2)).all()
    assert (found.boxes[:, :2] < found.boxes[:, 2:]).all()
    assert ((found.scores >= entry.thresholds.score) & (found.scores <= 1)).all()
    assert (np.diff(found.scores) <= 0).all()


class SmallCanned(Canned):
    def infer(self, tensor: Tensor) -> list[Tensor]:
        assert tensor.shape == (1, 3, SMALL, SMALL)
        return self._outputs
