"""Pure: whether a candidate is better than the weights in use, and not only by luck."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vision.evaluate import Judged, average_of
from vision.evaluation import Evaluation

FEWEST_STILLS = 30
FEWEST_PEOPLE = 60
SURE = 0.9  # of drawings in which the candidate must win
_DRAWINGS = 200


@dataclass(frozen=True, slots=True)
class Verdict:
    """``why`` is one sentence for the person who asked."""

    better: bool
    why: str


def compare(candidate: Evaluation, present: Evaluation) -> Verdict:
    """Compare two evaluations on the same set.

    The candidate must have the higher AP50, in 9 of 10 drawings of the stills with replacement
    too, and must not miscount more. A small set decides nothing.
    """
    new, old = candidate.whole, present.whole
    if new is None or old is None or candidate.dataset != present.dataset:
        return Verdict(False, "the set has no labelled stills: nothing can be compared")
    if new.stills < FEWEST_STILLS or new.people < FEWEST_PEOPLE:
        return Verdict(
            False,
            f"the set is too small to decide: {new.stills} stills with {new.people} people; "
            f"label at least {FEWEST_STILLS} with {FEWEST_PEOPLE}",
        )
    figures = f"AP50 {new.ap50:.3f} against {old.ap50:.3f}"
    if new.count is not None and old.count is not None:
        figures += f", count MAE {new.count.mae:.2f} against {old.count.mae:.2f}"
        if new.count.mae > old.count.mae:
            return Verdict(False, f"it miscounts more: {figures}")
    if new.ap50 <= old.ap50:
        return Verdict(False, f"it finds no more: {figures}")
    wins = share_of_wins(_all(candidate), _all(present))
    figures += f", better in {wins:.0%} of drawings"
    if wins < SURE:
        return Verdict(False, f"that may be luck: {figures}; label more stills")
    return Verdict(True, figures)


def share_of_wins(new: Sequence[Judged], old: Sequence[Judged]) -> float:
    """Return in which share of drawings of the same stills ``new`` has the higher AP50."""
    random = np.random.default_rng(0)
    wins = 0
    for _ in range(_DRAWINGS):
        drawn = random.integers(0, len(new), len(new))
        wins += average_of([new[i] for i in drawn]) > average_of([old[i] for i in drawn])
    return wins / _DRAWINGS


def _all(evaluation: Evaluation) -> list[Judged]:
    """Return every still's verdicts, in the set's order."""
    groups = evaluation.groups if len(evaluation.groups) == 1 else evaluation.groups[:-1]
    return [one for group in groups for one in group.judged]
