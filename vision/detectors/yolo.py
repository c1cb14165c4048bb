"""Pure: the one tensor of YOLOv8 and YOLO11, 1 × (4 + classes) × cells → boxes."""

from collections.abc import Sequence

import numpy as np

from vision.detector import Tensor
from vision.detectors.grid import cells_of
from vision.detectors.outputs import ForeignNetwork, likely, settled


def decode(
    outputs: Sequence[Tensor], height: int, width: int, *, score: float, classes: int, person: int
) -> tuple[Tensor, Tensor]:
    """Return boxes (N × 4, input pixels) and scores (N) at or above ``score``, in no order.

    A cell holds centre and size in input pixels and the score of each class. The person's score
    counts by itself: whoever is half a chair to the network still waits.

    Raises:
        ForeignNetwork: this is not the tensor of YOLOv8/11 for this input size.
        BrokenOutput: it is, but holds no numbers.
    """
    if len(outputs) != 1 or outputs[0].shape != (1, 4 + classes, cells_of(height, width)):
        raise ForeignNetwork.gives(f"YOLOv8/11 of {classes} for {height}×{width} pictures", outputs)
    rows = outputs[0][0]
    scores = rows[4 + person]
    chosen = likely(scores, score)
    with np.errstate(all="ignore"):
        centres, halves = rows[:2, chosen].T, rows[2:4, chosen].T / 2
        boxes = np.concatenate([centres - halves, centres + halves], 1)
    return settled(boxes, scores[chosen])
