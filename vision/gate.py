"""Pure: has anything moved since the last look? Whoever stands still is kept, never lost."""

from datetime import datetime, timedelta

import numpy as np

from vision.sight import Thumbnail

LOOK_AGAIN_AFTER = timedelta(seconds=10)
# A pixel has changed beyond 15 grey levels; fewer than 0.15 % of them is noise and the burned-in
# clock. Such a picture keeps the people of the last one, but never for longer than 10 s.
_CHANGED_LEVELS = 15
_CHANGED_SHARE = 0.0015


def unchanged(
    seen: Thumbnail | None, seen_at: datetime | None, thumbnail: Thumbnail, at: datetime
) -> bool:
    """Return whether the people found in ``seen`` still stand for this picture.

    It is compared with the picture that was looked at, not with the one before: slow movement
    adds up until it counts.
    """
    if seen is None or seen_at is None or seen.shape != thumbnail.shape:
        return False
    if not timedelta(0) <= at - seen_at < LOOK_AGAIN_AFTER:
        return False
    difference = np.maximum(seen, thumbnail) - np.minimum(seen, thumbnail)
    return int(np.count_nonzero(difference > _CHANGED_LEVELS)) < _CHANGED_SHARE * seen.size
