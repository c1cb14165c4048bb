"""Pure: YOLOX's one tensor, 1 × cells × (5 + classes) → boxes."""

from collections.abc import Sequence

import numpy as np

from vision.detector import Tensor
from vision.detectors.grid import STRIDES, cells_of, corners
from vision.detectors.outputs import ForeignNetwork, likely, settled


def decode(
    outputs: Sequence[Tensor], height: int, width: int, *, score: float, classes: int, person: int
) -> tuple[Tensor, Tensor]:
    """Return boxes (N × 4, input pixels) and scores (N) at or above ``score``, in no order.

    A cell holds its centre's offset and the logarithm of its size, both counted in cells, how
    sure it is that there is anything, and the share of each class.

    Raises:
        ForeignNetwork: this is not the tensor of YOLOX for this input size.
        BrokenOutput: it is, but holds no numbers.
    """
    if len(outputs) != 1 or outputs[0].shape != (1, cells_of(height, width), 5 + classes):
        raise ForeignNetwork.gives(f"YOLOX of {classes} for {height}×{width} pictures", outputs)
    cells = outputs[0][0]
    with np.errstate(all="ignore"):
        scores = cells[:, 4] * cells[:, 5 + person]
    chosen = likely(scores, score)
    shapes = [(height // stride, width // stride) for stride in STRIDES]
    corner = np.concatenate([corners(*shape) for shape in shapes])[chosen]
    stride = np.repeat(STRIDES, [rows * columns for rows, columns in shapes])[chosen, None]
    with np.errstate(all="ignore"):
        centres = (cells[chosen, :2] + corner) * stride
        halves = np.exp(cells[chosen, 2:4]) * stride / 2
        boxes = np.concatenate([centres - halves, centres + halves], 1)
    return settled(boxes, scores[chosen])
