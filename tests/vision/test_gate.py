"""Has anything moved where it matters?"""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vision import pictures
from vision.gate import LOOK_AGAIN_AFTER, unchanged
from vision.picture import covered
from vision.sight import Thumbnail

NOON = datetime(2026, 3, 19, 7, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
HALL = pictures.thumbnail(pictures.hall())
LOWER = covered([np.array([[0, 0.6], [1, 0.6], [1, 1], [0, 1]])], near=4)


def with_square(top: int, grey: int = 255) -> Thumbnail:
    changed = HALL.copy()
    changed[top : top + 10, 70:80] = grey
    return changed


@pytest.mark.parametrize(
    ("top", "whole", "below"), [(10, False, True), (36, False, True), (70, False, False)]
)
def test_only_what_moves_near_a_zone_counts(top: int, whole: bool, below: bool) -> None:
    moved = with_square(top)
    assert unchanged(HALL, NOON, moved, NOON + SECOND) is whole
    assert unchanged(HALL, NOON, moved, NOON + SECOND, LOWER) is below


@given(st.integers(-14, 14))
def test_a_lamp_that_flickers_is_no_movement(shift: int) -> None:
    lit = np.clip(HALL.astype(int) + shift, 0, 255).astype(np.uint8)
    assert unchanged(HALL, NOON, lit, NOON + SECOND)


@pytest.mark.parametrize(
    ("after", "stands"),
    [
        (timedelta(0), True),
        (LOOK_AGAIN_AFTER - SECOND, True),
        (LOOK_AGAIN_AFTER, False),
        (-SECOND, False),  # the clock was set back
    ],
    ids=["at once", "nine seconds", "ten seconds", "earlier"],
)
def test_whoever_stands_still_is_looked_at_again_in_time(after: timedelta, stands: bool) -> None:
    assert unchanged(HALL, NOON, HALL, NOON + after) is stands


def test_slow_movement_adds_up() -> None:
    slow = [with_square(70, grey) for grey in range(60, 255, 8)]
    first = slow[0]
    verdicts = [unchanged(first, NOON, later, NOON + SECOND) for later in slow]
    assert verdicts[0] is True
    assert verdicts[-1] is False


def test_without_an_earlier_look_everything_is_new() -> None:
    assert unchanged(None, None, HALL, NOON) is False
    assert unchanged(HALL[:45], NOON, HALL, NOON + SECOND) is False
