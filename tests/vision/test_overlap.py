"""One box a person."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vision.overlap import iou, keep_best

UNIT = np.array([0, 0, 2, 2], np.float32)


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ([0, 0, 2, 2], 1.0),
        ([1, 0, 3, 2], 1 / 3),
        ([2, 0, 4, 2], 0.0),
        ([5, 5, 6, 6], 0.0),
        ([0, 0, 0, 0], 0.0),
        ([2, 2, 0, 0], 0.0),  # turned inside out
    ],
)
def test_iou(other: list[float], expected: float) -> None:
    assert iou(UNIT, np.array([other], np.float32))[0] == pytest.approx(expected)


def test_of_two_that_overlap_the_better_stays() -> None:
    boxes = np.array([[0, 0, 10, 10], [1, 0, 11, 10], [20, 0, 30, 10]], np.float32)
    scores = np.array([0.5, 0.9, 0.4], np.float32)
    assert keep_best(boxes, scores, overlap=0.55).tolist() == [1, 2]


def test_nothing_in_nothing_out() -> None:
    empty = keep_best(np.zeros((0, 4), np.float32), np.zeros(0, np.float32), overlap=0.5)
    assert empty.tolist() == []


_BOXES = st.lists(
    st.tuples(st.floats(0, 50), st.floats(0, 50), st.floats(0, 50), st.floats(0, 50)), max_size=30
)


@given(_BOXES)
def test_what_stays_does_not_overlap_and_the_best_always_stays(
    rows: list[tuple[float, float, float, float]],
) -> None:
    boxes = np.array([(x, y, x + w, y + h) for x, y, w, h in rows], np.float32).reshape(-1, 4)
    scores = np.linspace(0.1, 0.9, len(rows), dtype=np.float32)
    kept = keep_best(boxes, scores, overlap=0.5)
    assert len(rows) == 0 or kept[0] == len(rows) - 1
    for position, index in enumerate(kept):
        others = boxes[kept[position + 1 :]]
        assert (iou(boxes[index], others) <= 0.5).all()
