"""Decoding NanoDet's tensors, without any runtime."""

import numpy as np
import pytest

from models.kit.errors import InvalidInput
from vision import weights
from vision.detector import Tensor
from vision.detectors.nanodet import BINS, STRIDES, ForeignNetwork, NanoDet, decode

HEIGHT, WIDTH = 384, 640


def tensors() -> dict[int, tuple[Tensor, Tensor]]:
    """Scores of 0 and even edges for each stride."""
    made: dict[int, tuple[Tensor, Tensor]] = {}
    for stride in STRIDES:
        cells = (HEIGHT // stride) * (WIDTH // stride)
        scores = np.zeros((1, cells, 1), np.float32)
        made[stride] = (scores, np.zeros((1, cells, 4 * BINS), np.float32))
    return made


def put(
    made: dict[int, tuple[Tensor, Tensor]],
    stride: int,
    cell: tuple[int, int],
    bins: tuple[int, int, int, int],
    score: float,
) -> None:
    """A person around the cell (row, column) whose edges are ``bins`` strides away."""
    scores, edges = made[stride]
    index = cell[0] * (WIDTH // stride) + cell[1]
    scores[0, index, 0] = score
    for side, far in enumerate(bins):
        edges[0, index, side * BINS + far] = 50


def flat(made: dict[int, tuple[Tensor, Tensor]]) -> list[Tensor]:
    return [tensor for pair in made.values() for tensor in pair]


@pytest.mark.parametrize("stride", STRIDES)
def test_edges_are_strides_from_the_cell_centre(stride: int) -> None:
    made = tensors()
    put(made, stride, (3, 5), (1, 2, 3, 4), 0.9)
    boxes, scores = decode(flat(made), HEIGHT, WIDTH, score=0.35)
    x, y = 5.5 * stride, 3.5 * stride
    expected = [x - stride, y - 2 * stride, x + 3 * stride, y + 4 * stride]
    assert boxes[0] == pytest.approx(expected, abs=1e-3)
    assert scores.tolist() == pytest.approx([0.9])


def test_the_order_of_the_tensors_does_not_matter() -> None:
    made = tensors()
    put(made, 8, (10, 10), (2, 2, 2, 2), 0.8)
    put(made, 32, (5, 5), (3, 3, 3, 3), 0.7)
    straight = decode(flat(made), HEIGHT, WIDTH, score=0.35)
    turned = decode(flat(made)[::-1], HEIGHT, WIDTH, score=0.35)
    assert np.array_equal(straight[0], turned[0])
    assert np.array_equal(straight[1], turned[1])


@pytest.mark.parametrize(
    "outputs",
    [
        [],
        [np.zeros((1, 5, 5040), np.float32)],
        [np.zeros((1, 5040, 85), np.float32), np.zeros(3, np.float32)],
    ],
    ids=["nothing", "yolo", "yolox"],
)
def test_another_network_is_named(outputs: list[Tensor]) -> None:
    with pytest.raises(ForeignNetwork, match="no NanoDet"):
        decode(outputs, HEIGHT, WIDTH, score=0.35)


class Canned:
    """A Network whose answer is given."""

    runtime = "canned"

    def __init__(self, outputs: list[Tensor]) -> None:
        self._outputs = outputs

    def infer(self, tensor: Tensor) -> list[Tensor]:
        assert tensor.shape == (1, 3, HEIGHT, WIDTH)
        return self._outputs


def test_a_detector_answers_in_the_pictures_own_pixels() -> None:
    made = tensors()
    put(made, 8, (24, 40), (2, 2, 2, 2), 0.9)
    put(made, 8, (24, 41), (2, 2, 2, 2), 0.6)  # the same person, a cell further
    put(made, 8, (2, 2), (1, 1, 1, 1), 0.2)  # too unlikely
    detector = NanoDet(Canned(flat(made)), weights.describe("nanodet_g_person"))
    found = detector.detect(np.zeros((720, 1280, 3), np.uint8))
    assert len(found) == 1
    x, y = 40.5 * 8 * 2, (24.5 * 8 - 12) * 2
    assert found.boxes[0] == pytest.approx([x - 32, y - 32, x + 32, y + 32], abs=0.01)


@pytest.mark.parametrize(
    "picture",
    [
        np.zeros((0, 0, 3), np.uint8),
        np.zeros((10, 10), np.uint8),
        np.zeros((10, 10, 4), np.uint8),
        np.zeros((10, 10, 3), np.float32),
    ],
    ids=["empty", "grey", "alpha", "floats"],
)
def test_what_is_no_picture_is_refused(picture: np.ndarray) -> None:
    detector = NanoDet(Canned(flat(tensors())), weights.describe("nanodet_g_person"))
    with pytest.raises(InvalidInput, match="height × width × 3"):
        detector.detect(picture)
