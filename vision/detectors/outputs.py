"""Pure: what every decoder asks of a network's tensors, and the errors where that fails."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.kit.errors import InvalidInput, SettingsError
from vision.detector import Tensor

_ROUNDING = 0.01  # by which a 16-bit score may pass 0 or 1
_FARTHEST = 1e6  # pixels; beyond it an edge is as good as at the picture's own


class ForeignNetwork(SettingsError):
    """The file loads, but its tensors are not those of the decoder that its pin names."""

    type = "foreign-network"

    def __init__(self, what: str) -> None:
        super().__init__(
            f"the weight file {what}; pin it as what it is (./ahual weights add finds that out)"
        )

    @classmethod
    def gives(cls, expected: str, outputs: Sequence[Tensor]) -> "ForeignNetwork":
        shapes = ", ".join("×".join(map(str, one.shape)) or "a number" for one in outputs)
        return cls(f"is no {expected}: it gives {shapes or 'nothing'}")


class BrokenOutput(InvalidInput):
    """The tensors have the right shape, but no meaning: no numbers, or scores that are none."""

    type = "broken-output"


def likely(scores: Tensor, least: float) -> NDArray[np.intp]:
    """Return the indices of a vector of scores at or above ``least``.

    Raises:
        BrokenOutput: a score is no number or not within 0-1.
    """
    if scores.size and not (scores.min() >= -_ROUNDING and scores.max() <= 1 + _ROUNDING):
        msg = (
            f"the network's scores go from {scores.min():g} to {scores.max():g}, not from 0 to 1; "
            "the weight file is damaged, or exported without its last step"
        )
        raise BrokenOutput(msg)
    return np.flatnonzero(scores >= least)


def settled(boxes: Tensor, scores: Tensor) -> tuple[Tensor, Tensor]:
    """Return N × 4 boxes and N scores as float32, boxes within a million pixels, scores 0-1.

    Raises:
        BrokenOutput: an edge is no number.
    """
    if not np.isfinite(boxes).all():
        msg = "the network gives boxes that are no numbers; the weight file is damaged"
        raise BrokenOutput(msg)
    return (
        np.clip(boxes, -_FARTHEST, _FARTHEST).astype(np.float32),
        np.clip(scores, 0, 1).astype(np.float32),
    )
