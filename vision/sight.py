"""Pure: can the camera see? Covered, dark and frozen pictures are not looked at."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Thumbnail = NDArray[np.uint8]  # 90 × 160 grey

COVERED_BELOW = 6.0  # standard deviation of grey levels; the emptiest hall has more than 20
DARK_BELOW = 16.0  # mean grey level
FROZEN_AFTER = timedelta(seconds=30)
SAME_WITHIN = 1  # grey levels; a living sensor's noise moves some pixel further
# A camera that stands still encodes its picture anew with each key picture: that moves few points,
# and these by little. Noise moves them all.
_RECODED_WITHIN, _RECODED_MEAN = 3, 0.1


class Sight(StrEnum):
    CLEAR = "clear"
    DARK = "dark"
    COVERED = "covered"
    FROZEN = "frozen"
    DEFOCUSED = "defocused"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class StillSince:
    """The first of a run of equal pictures."""

    thumbnail: Thumbnail
    since: datetime


def judge(still: StillSince | None, thumbnail: Thumbnail, at: datetime) -> tuple[StillSince, Sight]:
    """Return the run that this picture belongs to, and whether the camera can see."""
    if still is None or not same(still.thumbnail, thumbnail):
        still = StillSince(thumbnail, at)
    if float(thumbnail.mean()) < DARK_BELOW:
        return still, Sight.DARK
    if float(thumbnail.std()) < COVERED_BELOW:
        return still, Sight.COVERED
    return still, Sight.FROZEN if at - still.since >= FROZEN_AFTER else Sight.CLEAR


def same(one: Thumbnail, other: Thumbnail) -> bool:
    """Return whether these are one picture, if maybe encoded twice."""
    if one.shape != other.shape:
        return False
    difference = np.abs(one.astype(np.int16) - other.astype(np.int16))
    most = int(difference.max(initial=0))
    return most <= SAME_WITHIN or (
        most <= _RECODED_WITHIN and float(difference.mean()) <= _RECODED_MEAN
    )
