"""What people wear."""

import numpy as np
import pytest

from tests.vision import pictures
from vision.colours import colours
from vision.detector import Picture

BOX = np.array([[0.2, 0.1, 0.4, 0.9]])


def wearing(blue: int, green: int, red: int) -> Picture:
    picture = pictures.noise(360, 640)
    picture[36:324, 128:256] = (blue, green, red)
    return picture


def test_equal_clothes_are_equal_and_others_are_not() -> None:
    red, dark_red, blue, grey = (
        colours(wearing(*levels), BOX)[0]
        for levels in ((20, 20, 200), (20, 20, 150), (200, 30, 20), (120, 120, 120))
    )
    assert red.sum() == pytest.approx(1)
    assert np.minimum(red, dark_red).sum() == pytest.approx(1)
    assert np.minimum(red, blue).sum() == 0
    assert np.minimum(red, grey).sum() == 0


@pytest.mark.parametrize(
    "box", [[0.5, 0.5, 0.5, 0.5], [0, 0, 1, 1], [0.99, 0.99, 1, 1], [0, 0, 0.001, 0.001]]
)
def test_boxes_of_any_size_have_colours(box: list[float]) -> None:
    found = colours(pictures.hall(), np.array([box]))
    assert found.shape == (1, 18)
    assert found.sum() == pytest.approx(1)


def test_nobody_has_no_colours() -> None:
    assert colours(pictures.hall(), np.zeros((0, 4))).shape == (0, 18)
