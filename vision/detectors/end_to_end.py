"""Pure: the one tensor of networks that pick one box a person themselves (YOLO26), 1 × K × 6."""

from collections.abc import Sequence

import numpy as np

from vision.detector import Tensor
from vision.detectors.grid import cells_of
from vision.detectors.outputs import BrokenOutput, ForeignNetwork, likely, settled


def decode(
    outputs: Sequence[Tensor], height: int, width: int, *, score: float, classes: int, person: int
) -> tuple[Tensor, Tensor]:
    """Return boxes (N × 4, input pixels) and scores (N) at or above ``score``, best first.

    A row holds left, top, right, bottom in input pixels, the score and the class's number. A row
    a cell instead of at most K rows is YOLOX of one class: K (300) is never a multiple of 21.

    Raises:
        ForeignNetwork: this is not the tensor of an end-to-end network.
        BrokenOutput: it is, but holds no numbers.
    """
    is_one = len(outputs) == 1 and outputs[0].ndim == 3
    if not is_one or outputs[0].shape[::2] != (1, 6) or _a_row_a_cell(outputs[0], height, width):
        raise ForeignNetwork.gives(f"end-to-end network of {classes}", outputs)
    rows = outputs[0][0]
    numbers = rows[:, 5]
    if not np.isfinite(numbers).all() or (np.abs(numbers) > classes).any():
        msg = f"the network names classes that are none of its {classes}; the file is damaged"
        raise BrokenOutput(msg)
    scores = rows[:, 4]
    chosen = likely(scores, score)
    chosen = chosen[np.rint(numbers[chosen]) == person]
    return settled(rows[chosen, :4], scores[chosen])


def _a_row_a_cell(output: Tensor, height: int, width: int) -> bool:
    return bool(output.shape[1] == cells_of(height, width))
