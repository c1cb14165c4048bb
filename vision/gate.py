"""Pure: has anything moved since the last look? Whoever stands still is kept, never lost.

Only what moves in or near a zone counts: neither the street behind the glass nor a burned-in clock
changes who waits.
"""

from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from vision.sight import Thumbnail

LOOK_AGAIN_AFTER = timedelta(seconds=10)
# A pixel has changed beyond 15 grey levels; fewer than 0.15 % of the picture's are noise. Such a
# picture keeps the people of the last one, but never for longer than 10 s.
_CHANGED_LEVELS = 15
_CHANGED_SHARE = 0.0015

Part = NDArray[np.bool_]  # 90 × 160: where a change counts


def unchanged(
    seen: Thumbnail | None,
    seen_at: datetime | None,
    thumbnail: Thumbnail,
    at: datetime,
    part: Part | None = None,
) -> bool:
    """Return whether the people found in ``seen`` still stand for this picture.

    It is compared with the picture that was looked at, not with the one before: slow movement
    adds up until it counts.
    """
    if seen is None or seen_at is None or seen.shape != thumbnail.shape:
        return False
    if not timedelta(0) <= at - seen_at < LOOK_AGAIN_AFTER:
        return False
    where = changed(seen, thumbnail)
    if part is not None:
        where &= part
    return int(np.count_nonzero(where)) < _CHANGED_SHARE * seen.size


def changed(seen: Thumbnail, thumbnail: Thumbnail) -> Part:
    """Return the pixels in which two thumbnails of the same size differ."""
    difference = np.maximum(seen, thumbnail) - np.minimum(seen, thumbnail)
    return np.asarray(difference > _CHANGED_LEVELS, np.bool_)
