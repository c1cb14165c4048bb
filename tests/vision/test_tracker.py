"""Who is who at one look a second, and the exact assignment under it."""

from datetime import UTC, datetime, timedelta
from itertools import combinations, permutations
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from vision.assignment import assign
from vision.tracker import LOST_AFTER, Tracks, hidden_in, step, walked_in

NOON = datetime(2026, 3, 19, 7, 0, tzinfo=UTC)
HERE = UUID(int=1)
costs = arrays.arrays(
    np.float64,
    st.tuples(st.integers(1, 4), st.integers(1, 4)),
    elements=st.one_of(st.floats(0, 10, width=16), st.just(np.inf)),
)


@settings(max_examples=60)
@given(costs)
def test_no_assignment_pairs_more_or_costs_less(table: np.ndarray) -> None:
    pairs = assign(table)
    rows, columns = [row for row, _ in pairs], [column for _, column in pairs]
    assert len(set(rows)) == len(rows)
    assert len(set(columns)) == len(columns)
    lowest = min(
        (
            (-size, float(sum(table[i, j] for i, j in zip(some, others, strict=True))))
            for size in range(min(table.shape) + 1)
            for some in combinations(range(table.shape[0]), size)
            for others in permutations(range(table.shape[1]), size)
            if all(np.isfinite(table[i, j]) for i, j in zip(some, others, strict=True))
        ),
    )
    assert len(pairs) == -lowest[0]
    assert float(sum(table[i, j] for i, j in pairs)) == pytest.approx(lowest[1])


def test_nobody_is_assigned_to_nobody() -> None:
    assert assign(np.zeros((0, 3))) == []
    assert assign(np.full((2, 2), np.inf)) == []


def person(x: float, y: float = 0.4) -> list[float]:
    return [x - 0.03, y, x + 0.03, y + 0.3]


def play(
    looks: list[list[list[float]]], zone_from_x: float = 0.0, every_s: float = 1.0
) -> tuple[Tracks, list[list[int]], list[tuple[float, bool]]]:
    """Return the last state, the numbers of each look, and the stays as (seconds, went out)."""
    state = Tracks()
    numbers: list[list[int]] = []
    stays: list[tuple[float, bool]] = []
    for n, people in enumerate(looks):
        boxes = np.array(people, np.float64).reshape(-1, 4)
        places: list[tuple[UUID, ...]] = [
            (HERE,) if (b[0] + b[2]) / 2 >= zone_from_x else () for b in people
        ]
        at = NOON + timedelta(seconds=n * every_s)
        state, found, ended = step(state, boxes, places, at)
        numbers.append(found)
        stays += [(stay.length_s, stay.went_out) for stay in ended]
    return state, numbers, stays


def test_somebody_who_walks_further_than_a_box_keeps_the_number() -> None:
    _, numbers, _ = play([[person(0.1 + 0.08 * n)] for n in range(10)])
    assert numbers == [[1]] * 10


def test_two_who_pass_each_other_keep_their_numbers_by_pace() -> None:
    looks = [[person(0.1 + 0.05 * n), person(0.55 - 0.05 * n, 0.42)] for n in range(10)]
    assert play(looks)[1][-1] == [1, 2]


def test_somebody_hidden_for_a_while_is_still_counted_and_found_again() -> None:
    there = [person(0.5)]
    state, _, stays = play([there, there, [], [], []])
    assert hidden_in(state, HERE, NOON + timedelta(seconds=4), timedelta(seconds=6)) == 1
    assert hidden_in(state, HERE, NOON + timedelta(seconds=9), timedelta(seconds=6)) == 0
    assert play([there, there, [], [], there])[1][-1] == [1]
    assert stays == []


def test_who_is_lost_is_forgotten_and_the_number_never_comes_back() -> None:
    gone: list[list[list[float]]] = [[]] * int(LOST_AFTER.total_seconds() + 1)
    _, numbers, stays = play([[person(0.5)], [person(0.5)], *gone, [person(0.5)]])
    assert numbers[-1] == [2]
    assert stays == [(1.0, False)]


def test_a_stay_is_from_the_first_to_the_last_look_inside() -> None:
    state, _, stays = play([[person(0.3 + 0.05 * n)] for n in range(6)], zone_from_x=0.42)
    assert walked_in(state, HERE) == {1}
    back = [[person(x)] for x in (0.45, 0.45, 0.45, 0.40, 0.35)]
    assert play(back, zone_from_x=0.42)[2] == [(2.0, True)]
    assert stays == []
    assert walked_in(play(back[:3], zone_from_x=0.42)[0], HERE) == set(), "born inside"


@settings(max_examples=40)
@given(st.lists(st.lists(st.floats(0.05, 0.95), max_size=5), max_size=8))
def test_every_box_has_one_number_and_numbers_are_not_used_twice(looks: list[list[float]]) -> None:
    state, numbers, _ = play([[person(x) for x in xs] for xs in looks])
    for found, xs in zip(numbers, looks, strict=True):
        assert len(found) == len(xs) == len(set(found))
        assert all(number < state.following for number in found)
