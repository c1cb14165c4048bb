"""Pure: how much boxes share, and one box a person (non-maximum suppression)."""

import numpy as np
from numpy.typing import NDArray

from vision.detector import Tensor


def iou(box: Tensor, others: Tensor) -> Tensor:
    """Return intersection over union of one box with N × 4 others; 0 where nothing is shared."""
    left_top = np.maximum(box[:2], others[:, :2])
    right_bottom = np.minimum(box[2:], others[:, 2:])
    shared = np.prod(np.clip(right_bottom - left_top, 0, None), axis=1)
    area = np.prod(np.clip(box[2:] - box[:2], 0, None))
    areas = np.prod(np.clip(others[:, 2:] - others[:, :2], 0, None), axis=1)
    together = area + areas - shared
    result: Tensor = np.divide(shared, together, out=np.zeros_like(shared), where=together > 0)
    return result


def keep_best(
    boxes: Tensor, scores: Tensor, *, overlap: float, at_most: int = 300
) -> NDArray[np.intp]:
    """Return indices of the boxes to keep, best first: of two that overlap, the better one."""
    order = np.argsort(-scores, kind="stable")[: 4 * at_most]
    kept: list[int] = []
    while order.size and len(kept) < at_most:
        best = int(order[0])
        kept.append(best)
        rest = order[1:]
        order = rest[iou(boxes[best], boxes[rest]) <= overlap]
    return np.asarray(kept, np.intp)
