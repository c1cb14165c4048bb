"""Can the camera see?"""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from tests.vision import pictures
from vision.sight import Sight, StillSince, Thumbnail, judge

NOON = datetime(2026, 3, 19, 7, 0, tzinfo=UTC)
thumbnail = pictures.thumbnail
RANDOM = np.random.default_rng(1)


def flat(level: int, noise: float = 2) -> Thumbnail:
    grey = np.clip(RANDOM.normal(level, noise, (90, 160)), 0, 255)
    return grey.astype(np.uint8)


@pytest.mark.parametrize(
    ("small", "sees"),
    [
        (thumbnail(pictures.hall()), Sight.CLEAR),
        (thumbnail(pictures.hall("empty-hall")), Sight.CLEAR),
        (thumbnail(pictures.hall(scene=1)), Sight.CLEAR),
        (flat(120), Sight.COVERED),
        (flat(240), Sight.COVERED),
        (flat(4), Sight.DARK),
        (np.zeros((90, 160), np.uint8), Sight.DARK),
    ],
    ids=["hall", "empty hall", "evening", "bag", "glare", "night", "black"],
)
def test_judge(small: Thumbnail, sees: Sight) -> None:
    assert judge(None, small, NOON)[1] is sees


def test_equal_pictures_for_thirty_seconds_are_frozen() -> None:
    small = thumbnail(pictures.hall())
    still: StillSince | None = None
    seen = []
    for second in range(33):
        # Re-encoding the same picture moves a pixel by one level.
        again = np.clip(small.astype(np.int16) + second % 2, 0, 255).astype(np.uint8)
        still, sees = judge(still, again, NOON + timedelta(seconds=second))
        seen.append(sees)
    assert seen[:30] == [Sight.CLEAR] * 30
    assert seen[30:] == [Sight.FROZEN] * 3
    still, sees = judge(still, thumbnail(pictures.hall(number=10)), NOON + timedelta(seconds=33))
    assert sees is Sight.CLEAR


def test_a_standing_picture_that_is_encoded_anew_is_frozen() -> None:
    small = thumbnail(pictures.hall())
    still: StillSince | None = None
    sees = Sight.CLEAR
    for second in range(32):
        again = small.copy()
        if second % 10 == 0:
            rows, columns = RANDOM.integers(0, 90, 300), RANDOM.integers(0, 160, 300)
            again[rows, columns] = np.clip(again[rows, columns].astype(np.int16) + 2, 0, 255)
        still, sees = judge(still, again, NOON + timedelta(seconds=second))
    assert sees is Sight.FROZEN


def test_a_living_hall_without_people_is_not_frozen() -> None:
    still: StillSince | None = None
    for second in range(35):
        small = thumbnail(pictures.hall("empty-hall", number=second % 10 * 10))
        still, sees = judge(still, small, NOON + timedelta(seconds=second))
        assert sees is Sight.CLEAR


def test_a_change_of_size_is_a_change() -> None:
    still, _ = judge(None, thumbnail(pictures.hall()), NOON)
    _, sees = judge(still, np.zeros((10, 10), np.uint8), NOON + timedelta(seconds=40))
    assert sees is Sight.DARK
