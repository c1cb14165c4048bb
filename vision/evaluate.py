"""Pure: average precision of found people against labelled ones."""

from dataclasses import dataclass

import numpy as np

from vision.detector import Detections, Tensor
from vision.overlap import iou

MATCH = 0.5  # intersection over union
_INSIDE = 0.5  # of a found box; more of it inside an unlabelled crowd is neither right nor wrong


@dataclass(frozen=True, slots=True)
class Labelled:
    """People in one picture: N × 4 boxes to find, and M × 4 regions that do not count."""

    people: Tensor
    ignored: Tensor


def average_precision(found: list[Detections], labelled: list[Labelled]) -> float:
    """Return AP at MATCH over all pictures (area under the precision envelope), 0-1."""
    verdicts: list[tuple[float, bool]] = []
    for detections, truth in zip(found, labelled, strict=True):
        verdicts += _judge(detections, truth)
    people = sum(len(truth.people) for truth in labelled)
    if not people or not verdicts:
        return 0.0
    verdicts.sort(key=lambda verdict: -verdict[0])
    right = np.cumsum([is_right for _, is_right in verdicts])
    recall = np.concatenate([[0], right / people])
    precision = right / np.arange(1, len(right) + 1)
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    return float(np.sum(np.diff(recall) * envelope))


def _judge(detections: Detections, truth: Labelled) -> list[tuple[float, bool]]:
    """Return (score, is right) of each detection that counts; best first takes its person."""
    free = np.ones(len(truth.people), bool)
    verdicts: list[tuple[float, bool]] = []
    for index in np.argsort(-detections.scores, kind="stable"):
        box, score = detections.boxes[index], float(detections.scores[index])
        shares = iou(box, truth.people) * free
        if len(shares) and shares.max() >= MATCH:
            free[int(shares.argmax())] = False
            verdicts.append((score, True))
        elif not _is_ignored(box, truth.ignored):
            verdicts.append((score, False))
    return verdicts


def _is_ignored(box: Tensor, ignored: Tensor) -> bool:
    if not len(ignored):
        return False
    left_top = np.maximum(box[:2], ignored[:, :2])
    right_bottom = np.minimum(box[2:], ignored[:, 2:])
    shared = np.prod(np.clip(right_bottom - left_top, 0, None), axis=1)
    area = max(float(np.prod(box[2:] - box[:2])), 1e-6)
    return bool(shared.max() > _INSIDE * area or iou(box, ignored).max() >= MATCH)
