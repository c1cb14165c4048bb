"""Pure: the cells that one-stage networks look from, at strides of 8, 16 and 32 input pixels."""

from functools import lru_cache

import numpy as np

from vision.detector import Tensor

STRIDES = (8, 16, 32)


def cells_of(height: int, width: int) -> int:
    """Return how many cells an input has over all strides; always a multiple of 21."""
    return sum((height // stride) * (width // stride) for stride in STRIDES)


@lru_cache(maxsize=32)
def corners(rows: int, columns: int) -> Tensor:
    """Return rows·columns × 2 cell corners (x, y), counted in cells, row by row."""
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    found = np.stack([x, y], 2).reshape(-1, 2).astype(np.float32)
    found.flags.writeable = False  # shared by all who ask
    return found
