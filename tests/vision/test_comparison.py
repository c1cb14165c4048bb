"""A candidate replaces what is in use only when it is surely better."""

import numpy as np
import pytest

from vision.comparison import compare
from vision.evaluate import Judged
from vision.evaluation import Evaluation, group_of


def evaluation(found: float, ghosts: float, stills: int = 40, dataset: str = "hall") -> Evaluation:
    """Of stills with three people each; shares of them found, and ghosts a still."""
    random = np.random.default_rng(5)
    judged = []
    for _ in range(stills):
        right = int((random.random(3) < found).sum())
        wrong = int(random.random() < ghosts)
        marks = np.array([1] * right + [0] * wrong, np.float32)
        judged.append(Judged(np.linspace(0.9, 0.5, len(marks), dtype=np.float32), marks, 3))
    return Evaluation("d", dataset, 0.35, 10.0, (group_of("all", judged, 0.35),), None)


@pytest.mark.parametrize(
    ("new", "old", "better", "why"),
    [
        (evaluation(0.95, 0.0), evaluation(0.7, 0.0), True, "better in 100% of drawings"),
        (evaluation(0.7, 0.0), evaluation(0.95, 0.0), False, "miscounts more"),
        (evaluation(0.9, 0.0), evaluation(0.9, 0.0), False, "finds no more"),
        (evaluation(0.95, 0.0, 9), evaluation(0.5, 0.0, 9), False, "too small"),
        (evaluation(0.95, 0.0, dataset="x"), evaluation(0.5, 0.0), False, "nothing can be comp"),
        (evaluation(0.905, 0.05), evaluation(0.90, 0.05), False, "."),
    ],
    ids=["better", "worse", "the same", "a small set", "another set", "by a hair"],
)
def test_a_verdict(new: Evaluation, old: Evaluation, better: bool, why: str) -> None:
    verdict = compare(new, old)
    assert verdict.better is better
    assert why in verdict.why
    assert compare(new, old) == verdict  # the drawings are the same each time


def test_luck_on_one_still_is_not_enough() -> None:
    """39 stills alike, one where the candidate finds one more: in half of drawings a draw."""
    same = [Judged(np.array([0.9], np.float32), np.ones(1, np.float32), 2)] * 39
    more = Judged(np.array([0.9, 0.8], np.float32), np.ones(2, np.float32), 2)
    new, old = (
        Evaluation("d", "hall", 0.35, 1.0, (group_of("all", [*same, last], 0.35),), None)
        for last in (more, same[0])
    )
    verdict = compare(new, old)
    assert not verdict.better
    assert "luck" in verdict.why
