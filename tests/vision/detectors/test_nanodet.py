"""Decoding NanoDet's tensors, without any runtime."""

import numpy as np
import pytest

from vision.detector import Tensor
from vision.detectors.grid import STRIDES
from vision.detectors.nanodet import BINS, decode
from vision.detectors.outputs import ForeignNetwork

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
