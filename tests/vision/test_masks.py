"""A mask leaves nothing of what it covers, and everything else."""

import numpy as np
import pytest

from vision.masks import Masks

LEFT_HALF = np.array([[0, 0], [0.5, 0], [0.5, 1], [0, 1]])
CORNER = np.array([[0.75, 0.75], [1, 0.75], [1, 1], [0.75, 1]])


@pytest.mark.parametrize("shape", [(90, 160), (90, 160, 3), (2, 4, 3)], ids=str)
def test_what_is_masked_is_black_and_the_rest_is_not(shape: tuple[int, ...]) -> None:
    picture = np.full(shape, 200, np.uint8)
    Masks((LEFT_HALF, CORNER))(picture)
    width = shape[1]
    assert not picture[:, : width // 2].any()
    assert not picture[-1, -1].any()
    assert (picture[0, width // 2 + 1 :] == 200).all()


def test_without_a_polygon_nothing_changes() -> None:
    picture = np.full((9, 16, 3), 7, np.uint8)
    Masks(())(picture)
    assert (picture == 7).all()
