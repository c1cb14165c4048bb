"""NanoDet: decodes its six tensors (scores and edge distributions at strides 8, 16, 32)."""

from functools import lru_cache

import numpy as np

from models.kit.errors import SettingsError
from vision.detector import Detections, Network, Picture, Tensor, require_picture
from vision.letterbox import place
from vision.overlap import keep_best
from vision.weights import Weights

STRIDES = (8, 16, 32)  # input pixels a cell
BINS = 11  # an edge's distance from the cell centre is a distribution over 0…10 strides


class ForeignNetwork(SettingsError):
    """The file loads, but its tensors are not those of the decoder that weights.toml names."""

    type = "foreign-network"


class NanoDet:
    """A Detector: letterbox, infer on any runtime, decode, one box a person."""

    def __init__(self, network: Network, weights: Weights, *, score: float | None = None) -> None:
        self._network = network
        self._weights = weights
        self._score = weights.thresholds.score if score is None else score
        self.name = f"{network.runtime} {weights.file}"

    def detect(self, picture: Picture) -> Detections:
        require_picture(picture)
        prepared = self._weights.preprocessing
        tensor, placement = place(picture, prepared)
        outputs = self._network.infer(tensor)
        boxes, scores = decode(outputs, prepared.height, prepared.width, score=self._score)
        kept = keep_best(boxes, scores, overlap=self._weights.thresholds.overlap)
        return Detections(placement.back(boxes[kept]), scores[kept])


def decode(
    outputs: list[Tensor], height: int, width: int, *, score: float
) -> tuple[Tensor, Tensor]:
    """Return boxes (N × 4, input pixels) and scores (N) at or above ``score``, in no order.

    Tensors are told apart by shape (1×cells×1 scores, 1×cells×44 edges), because runtimes do not
    agree on their order.

    Raises:
        ForeignNetwork: they are not the six tensors of NanoDet for this input size.
    """
    by_shape = {tensor.shape: tensor for tensor in outputs}
    boxes: list[Tensor] = []
    scores: list[Tensor] = []
    for stride in STRIDES:
        cells = (height // stride) * (width // stride)
        level_scores = by_shape.get((1, cells, 1))
        level_edges = by_shape.get((1, cells, 4 * BINS))
        if level_scores is None or level_edges is None:
            shapes = ", ".join("×".join(map(str, shape)) for shape in by_shape) or "nothing"
            msg = f"the weight file is no NanoDet for {height}×{width} pictures: it gives {shapes}"
            raise ForeignNetwork(msg)
        likely = np.flatnonzero(level_scores[0, :, 0] >= score)
        distances = _expected(level_edges[0, likely].reshape(-1, 4, BINS)) * stride
        centres = _centres(height // stride, width // stride, stride)[likely]
        boxes.append(np.concatenate([centres - distances[:, :2], centres + distances[:, 2:]], 1))
        scores.append(level_scores[0, likely, 0])
    return np.concatenate(boxes).astype(np.float32), np.concatenate(scores).astype(np.float32)


def _expected(logits: Tensor) -> Tensor:
    """Return the mean bin of N × 4 × BINS logits."""
    weights = np.exp(logits - logits.max(axis=2, keepdims=True))
    weights /= weights.sum(axis=2, keepdims=True)
    mean: Tensor = weights @ np.arange(BINS, dtype=np.float32)
    return mean


@lru_cache(maxsize=16)
def _centres(rows: int, columns: int, stride: int) -> Tensor:
    """Return rows·columns × 2 cell centres (x, y) in input pixels, row by row."""
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    centres = (np.stack([x, y], 2).reshape(-1, 2) + 0.5) * stride
    return centres.astype(np.float32)
