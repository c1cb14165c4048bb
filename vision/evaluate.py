"""Pure: how well people are found in single pictures, against labelled ones."""

from collections.abc import Sequence
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


@dataclass(frozen=True, slots=True)
class Judged:
    """One picture's detections that count, best first, and how many people there were."""

    scores: Tensor
    right: Tensor  # 1 where a person was found, 0 for a ghost
    people: int

    def at(self, score: float) -> "Judged":
        likely = self.scores >= score
        return Judged(self.scores[likely], self.right[likely], self.people)


def judge(detections: Detections, truth: Labelled) -> Judged:
    """Return the verdict on each detection that counts; best first takes its person."""
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
    table = np.asarray(verdicts, np.float32).reshape(-1, 2)
    return Judged(table[:, 0], table[:, 1], len(truth.people))


def average_precision(found: Sequence[Detections], labelled: Sequence[Labelled]) -> float:
    """Return AP at MATCH over all pictures (area under the precision envelope), 0-1."""
    return average_of([judge(d, truth) for d, truth in zip(found, labelled, strict=True)])


def average_of(judged: Sequence[Judged]) -> float:
    """Return AP of judged pictures; 0 where there was nobody to find."""
    recall, precision = curve(judged)
    if not len(recall):
        return 0.0
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    return float(np.sum(np.diff(np.concatenate([[0], recall])) * envelope))


def curve(judged: Sequence[Judged]) -> tuple[Tensor, Tensor]:
    """Return recall and precision as the threshold falls; empty where nobody was to be found."""
    people = sum(each.people for each in judged)
    scores = np.concatenate([np.zeros(0, np.float32), *(each.scores for each in judged)])
    if not people or not scores.size:
        return np.zeros(0, np.float32), np.zeros(0, np.float32)
    right = np.concatenate([each.right for each in judged])
    hits = np.cumsum(right[np.argsort(-scores, kind="stable")])
    recall: Tensor = (hits / people).astype(np.float32)
    precision: Tensor = (hits / np.arange(1, len(hits) + 1)).astype(np.float32)
    return recall, precision


def precision_recall(judged: Sequence[Judged]) -> tuple[float | None, float | None]:
    """Return both over all detections that are left; None where there was nothing to divide by."""
    right = float(sum(each.right.sum() for each in judged))
    found = sum(len(each.scores) for each in judged)
    people = sum(each.people for each in judged)
    return right / found if found else None, right / people if people else None


def _is_ignored(box: Tensor, ignored: Tensor) -> bool:
    if not len(ignored):
        return False
    left_top = np.maximum(box[:2], ignored[:, :2])
    right_bottom = np.minimum(box[2:], ignored[:, 2:])
    shared = np.prod(np.clip(right_bottom - left_top, 0, None), axis=1)
    area = max(float(np.prod(box[2:] - box[:2])), 1e-6)
    return bool(shared.max() > _INSIDE * area or iou(box, ignored).max() >= MATCH)
