"""Counts, presence, identities and waits against the truth, by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vision.detector import Tensor
from vision.scores import (
    Absence,
    Waited,
    absences,
    band_score,
    blindness,
    count_error,
    idf1,
    mean_wait,
    presence_score,
    wait_error,
)

PLACES = [np.array([100 * n, 0, 100 * n + 40, 80], np.float32) for n in range(6)]


def look(**who: int) -> dict[int, Tensor]:
    """Identities a, b, … at places."""
    return {ord(name): PLACES[place] for name, place in who.items()}


def test_counts_that_were_not_told_do_not_count() -> None:
    error = count_error([3, None, 5, 2], [4, 9, 5, 4])
    assert error is not None
    assert (error.looks, error.mae, error.bias) == (3, 1.0, -1.0)
    assert count_error([None], [1]) is None
    assert count_error([], []) is None


def test_presence_tells_unknown_apart_from_wrong() -> None:
    score = presence_score([True, True, None, False], [True, False, True, True])
    assert score is not None
    assert (score.precision, score.recall, score.unknown) == (0.5, 0.5, 0.25)
    nobody = presence_score([False, None], [False, False])
    assert nobody is not None
    assert (nobody.precision, nobody.recall) == (None, None)
    assert presence_score([], []) is None


@pytest.mark.parametrize(
    ("told", "true", "expected"),
    [
        ([look(x=0), look(x=1)], [look(a=0), look(a=1)], 1.0),
        ([look(x=0), look(y=1)], [look(a=0), look(a=1)], 0.5),  # the identity was lost
        ([look(x=0, y=1), look(x=1, y=0)], [look(a=0, b=1), look(a=0, b=1)], 0.5),  # swapped
        ([look(), look(x=0)], [look(a=0), look(a=0)], 2 / 3),
        ([look(x=3)], [look(a=0)], 0.0),
        ([look(x=0)], [look()], 0.0),
        ([look()], [look()], None),
        # Three looks under x and two under y: x is the right name.
        ([look(x=0)] * 3 + [look(y=0)] * 2, [look(a=0)] * 5, 0.6),
    ],
    ids=["all", "lost", "swapped", "late", "elsewhere", "a ghost", "nobody", "the longer one"],
)
def test_idf1(
    told: list[dict[int, Tensor]], true: list[dict[int, Tensor]], expected: float | None
) -> None:
    found = idf1(told, true)
    assert found == (None if expected is None else pytest.approx(expected))


PEOPLE = st.lists(
    st.dictionaries(st.integers(0, 4), st.integers(0, 5), max_size=4), min_size=1, max_size=8
)


@given(looks=PEOPLE, numbers=st.permutations(range(5)))
def test_names_do_not_matter_only_that_they_stay(
    looks: list[dict[int, int]], numbers: list[int]
) -> None:
    true = [{who: PLACES[place] for who, place in one.items()} for one in looks]
    # Two people at one place cannot be told apart by boxes; take one of them.
    true = [{who: box for who, box in one.items() if _alone(box, one)} for one in true]
    told = [{numbers[who]: box for who, box in one.items()} for one in true]
    assert idf1(told, true) == (pytest.approx(1) if any(true) else None)


def _alone(box: Tensor, others: dict[int, Tensor]) -> bool:
    return sum(bool(np.array_equal(box, other)) for other in others.values()) == 1


def test_waits_are_compared_by_share() -> None:
    error = wait_error(71.0, 66.0)
    assert error is not None
    assert error.share == pytest.approx(5 / 66)
    assert wait_error(None, 66) is None
    assert wait_error(10, 0) is None
    assert wait_error(10, None) is None


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        ([], None),
        ([(None, 4)], None),
        ([(10.0, 1), (20.0, 1)], 20.0),  # the second is about both
        ([(10.0, 1), (20.0, 3), (30.0, 2), (50.0, 2)], 35.0),  # two spans of two
        ([(90.0, 1), (10.0, 1), (20.0, 3)], 34.0),  # spans are counted from the end
        ([(10.0, 0), (None, 0)], 10.0),
    ],
    ids=["nothing", "never told", "one span", "two spans", "an odd first", "nobody served"],
)
def test_a_mean_of_sliding_figures_counts_each_wait_once(
    minutes: list[Waited], expected: float | None
) -> None:
    assert mean_wait(minutes, 2) == (None if expected is None else pytest.approx(expected))


BLIND: dict[str, tuple[str, str, list[tuple[str, float | None]], int]] = {
    # what is true and what is told, a letter a second: f frozen, d dark, . nothing
    "told in time": ("..fff...", "...tt...", [("f", 1.0)], 0),
    "never told": ("..fff...", "........", [("f", None)], 0),
    "one after the other": ("..ffdd..", "..tttt..", [("f", 0.0), ("d", 0.0)], 0),
    "told while it saw": ("........", ".t..t...", [], 2),
    "told a little longer": ("ff......", "tttt....", [("f", 0.0)], 0),
    "told much longer": ("f.............", "t.........tttt", [("f", 0.0)], 3),
}


@pytest.mark.parametrize(("true", "told", "spans", "false"), BLIND.values(), ids=BLIND.keys())
def test_blindness_is_told(
    true: str, told: str, spans: list[tuple[str, float | None]], false: int
) -> None:
    found, falsely = blindness(
        [float(n) for n in range(len(true))],
        [letter == "t" for letter in told],
        [None if letter == "." else letter for letter in true],
    )
    assert [(span.what, span.found_s) for span in found] == spans
    assert falsely == false


def states(text: str) -> list[bool | None]:
    """One look a second: + somebody is there, - nobody is, ? not known."""
    return [{"+": True, "-": False, "?": None}[one] for one in text]


@pytest.mark.parametrize(
    ("true", "told", "found", "false"),
    [
        ("+" * 5 + "-" * 20 + "++", "+" * 16 + "-" * 11, [11.0], 0),
        ("+" * 5 + "-" * 20 + "++", "+" * 27, [None], 0),
        ("+" * 5 + "-" * 15 + "++", "+" * 22, [], 0),
        ("+" * 9, "++--+++-+", [], 2),
        ("+" * 5 + "-" * 3 + "+" * 20, "+" * 22 + "--++++", [], 0),
        ("+" * 5 + "-" * 3 + "+" * 20, "+" * 24 + "--++", [], 1),
        ("?" * 5 + "-" * 20 + "++", "?" * 5 + "-" * 22, [], 0),
        ("+++??" + "-" * 20 + "++", "+" * 3 + "-" * 24, [], 0),
        ("-" * 27, "-" * 27, [], 0),
        ("+++?" * 5, "---?" * 5, [], 1),
    ],
    ids=[
        "after eleven seconds",
        "never",
        "too short to be told",
        "twice invented",
        "told late",
        "told too late",
        "began unseen",
        "began while nothing was seen",
        "never there",
        "one invented, of the others nothing is known",
    ],
)
def test_absences(true: str, told: str, found: list[float | None], false: int) -> None:
    seconds = [float(n) for n in range(len(true))]
    absent, invented = absences("window-1", seconds, states(told), states(true))
    assert [each.found_s for each in absent] == found
    assert invented == false
    assert all(each == Absence("window-1", 5.0, 20.0, each.found_s) for each in absent)


def test_a_band_holds_the_mean_of_those_who_went_in_its_span() -> None:
    waits = [(10.0, 60.0), (50.0, 100.0), (110.0, 500.0)]
    told = [(100.0, 100.0, 80.0, 120.0), (100.0, 50.0, 40.0, 60.0), (60.0, 100.0, 70.0, None)]
    found = band_score(told, waits, 95.0)
    assert found is not None
    assert found.told == 3
    assert found.half == pytest.approx(0.7 / 3)
    assert found.held == pytest.approx(2 / 3)
    assert band_score(told, [], 95.0) is None
    assert band_score([(5.0, 1.0, 0.0, 2.0)], waits, 95.0) is None
