"""Pure: NanoDet's six tensors (scores and edge distributions at strides 8, 16, 32) → boxes."""

from collections.abc import Sequence

import numpy as np

from vision.detector import Tensor
from vision.detectors.grid import STRIDES, corners
from vision.detectors.outputs import ForeignNetwork, likely, settled

BINS = 11  # an edge's distance from the cell centre is a distribution over 0…10 strides


def decode(
    outputs: Sequence[Tensor],
    height: int,
    width: int,
    *,
    score: float,
    classes: int = 1,
    person: int = 0,
) -> tuple[Tensor, Tensor]:
    """Return boxes (N × 4, input pixels) and scores (N) at or above ``score``, in no order.

    Tensors are told apart by shape (1×cells×classes scores, 1×cells×44 edges), because runtimes
    do not agree on their order.

    Raises:
        ForeignNetwork: they are not the six tensors of NanoDet for this input size.
        BrokenOutput: they are, but hold no numbers.
    """
    by_shape = {tensor.shape: tensor for tensor in outputs}
    boxes: list[Tensor] = []
    scores: list[Tensor] = []
    for stride in STRIDES:
        rows, columns = height // stride, width // stride
        level_scores = by_shape.get((1, rows * columns, classes))
        level_edges = by_shape.get((1, rows * columns, 4 * BINS))
        if level_scores is None or level_edges is None:
            raise ForeignNetwork.gives(
                f"NanoDet of {classes} for {height}×{width} pictures", outputs
            )
        of_people = level_scores[0, :, person]
        chosen = likely(of_people, score)
        distances = _expected(level_edges[0, chosen].reshape(-1, 4, BINS)) * stride
        centres = (corners(rows, columns)[chosen] + 0.5) * stride
        boxes.append(np.concatenate([centres - distances[:, :2], centres + distances[:, 2:]], 1))
        scores.append(of_people[chosen])
    return settled(np.concatenate(boxes), np.concatenate(scores))


def _expected(logits: Tensor) -> Tensor:
    """Return the mean bin of N × 4 × BINS logits; no number where a logit is none."""
    with np.errstate(all="ignore"):
        weights = np.exp(logits - logits.max(axis=2, keepdims=True))
        weights /= weights.sum(axis=2, keepdims=True)
        mean: Tensor = weights @ np.arange(BINS, dtype=np.float32)
    return mean
