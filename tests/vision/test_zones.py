"""Who is in which zone."""

import math
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.kit.errors import InvalidInput
from models.observations import ZoneKind
from vision.zones import area, clip, contains, people_by_zone, watched_zone

W1, W2, QUEUE, VISITOR, DOOR = (UUID(int=n) for n in range(1, 6))
WINDOW_1 = watched_zone(W1, ZoneKind.OPERATOR, [[0.1, 0.1], [0.4, 0.1], [0.4, 0.4], [0.1, 0.4]])
WINDOW_2 = watched_zone(W2, ZoneKind.OPERATOR, [[0.4, 0.1], [0.7, 0.1], [0.7, 0.4], [0.4, 0.4]])
WAITING = watched_zone(QUEUE, ZoneKind.QUEUE, [[0.0, 0.7], [1.0, 0.7], [1.0, 1.0], [0.0, 1.0]])
SPOT = watched_zone(VISITOR, ZoneKind.VISITOR, [[0.1, 0.4], [0.4, 0.4], [0.4, 0.7], [0.1, 0.7]])
ENTRANCE = watched_zone(DOOR, ZoneKind.ENTRANCE, [[0.8, 0.6], [1.0, 0.6], [1.0, 1.0], [0.8, 1.0]])
ALL = (WINDOW_1, WINDOW_2, WAITING, SPOT, ENTRANCE)


@pytest.mark.parametrize(
    ("box", "inside"),
    [
        ((0.2, 0.15, 0.3, 0.4), {W1}),
        ((0.5, 0.30, 0.6, 0.6), {W2}),  # a third of the body
        ((0.2, 0.38, 0.3, 0.69), {VISITOR}),  # stands in front, head over the counter
        ((0.2, 0.10, 0.3, 0.5), {W1}),  # feet in the spot, but mostly behind the counter
        ((0.30, 0.15, 0.49, 0.4), {W1}),  # between two windows: the larger share
        ((0.33, 0.15, 0.52, 0.4), {W2}),
        ((0.5, 0.5, 0.6, 0.9), {QUEUE}),
        ((0.5, 0.5, 0.6, 0.65), set()),  # feet on neither
        ((0.85, 0.5, 0.95, 0.9), {QUEUE, DOOR}),
        ((0.5, 0.1, 0.6, 0.75), {QUEUE}),  # under half behind the counter, feet in the queue
        ((0.5, 0.15, 0.6, 0.15), set()),  # no height
    ],
)
def test_one_person(box: tuple[float, ...], inside: set[UUID]) -> None:
    counts = people_by_zone(np.array([box]), ALL)
    assert {zone for zone, count in counts.items() if count} == inside


def test_an_operator_whose_box_ends_in_the_queue_does_not_wait() -> None:
    deep = watched_zone(QUEUE, ZoneKind.QUEUE, [[0, 0.3], [1, 0.3], [1, 1], [0, 1]])
    counts = people_by_zone(np.array([[0.2, 0.12, 0.3, 0.42]]), (WINDOW_1, deep))
    assert counts == {W1: 1, QUEUE: 0}


def test_people_add_up_and_empty_zones_are_zero() -> None:
    boxes = np.array([[x, 0.5, x + 0.05, 0.9] for x in (0.1, 0.2, 0.3)])
    assert people_by_zone(boxes, ALL) == {W1: 0, W2: 0, QUEUE: 3, VISITOR: 0, DOOR: 0}
    assert people_by_zone(np.zeros((0, 4)), ALL) == dict.fromkeys((W1, W2, QUEUE, VISITOR, DOOR), 0)


@pytest.mark.parametrize(
    "corners",
    [
        [],
        [[0.1, 0.1], [0.2, 0.2]],
        [[0.1, 0.1], [0.2, 0.2], [0.3, 0.3]],
        [[2, 2], [3, 2], [3, 3]],
        [[0, 0], [1, 0], [math.nan, 1]],
        [[0, 0], [1, 0], [math.inf, 1]],
        [["a", "b"], ["c", "d"], ["e", "f"]],
        [[0, 0], [1], [1, 1]],
        {"x": 1},
        None,
    ],
    ids=["none", "two", "line", "outside", "nan", "inf", "text", "ragged", "object", "null"],
)
def test_a_zone_that_cannot_be_judged_is_refused(corners: object) -> None:
    with pytest.raises(InvalidInput, match="zone"):
        watched_zone(QUEUE, ZoneKind.QUEUE, corners)


def test_a_zone_is_cut_to_the_picture() -> None:
    zone = watched_zone(QUEUE, ZoneKind.QUEUE, [[-1, -1], [2, -1], [2, 2], [-1, 2]])
    assert area(zone.polygon) == pytest.approx(1)


_SHARE = st.floats(0, 1, allow_nan=False)
_POINTS = st.lists(st.tuples(_SHARE, _SHARE), min_size=3, max_size=8)


@given(_POINTS, st.tuples(_SHARE, _SHARE), st.tuples(_SHARE, _SHARE))
def test_a_clipped_polygon_lies_in_the_box(
    points: list[tuple[float, float]], one: tuple[float, float], other: tuple[float, float]
) -> None:
    box = (
        min(one[0], other[0]),
        min(one[1], other[1]),
        max(one[0], other[0]),
        max(one[1], other[1]),
    )
    part = clip(np.array(points), box)
    assert np.isfinite(part).all()
    assert (part >= np.array(box[:2]) - 1e-9).all()
    assert (part <= np.array(box[2:]) + 1e-9).all()
    if len(points) == 3:  # a line that crosses itself has parts that count twice
        assert area(part) <= (box[2] - box[0]) * (box[3] - box[1]) + 1e-9


@given(_SHARE, _SHARE)
def test_contains_agrees_with_a_rectangle(x: float, y: float) -> None:
    square = np.array([[0.25, 0.25], [0.75, 0.25], [0.75, 0.75], [0.25, 0.75]])
    if 0.25 < x < 0.75 and 0.25 < y < 0.75:
        assert contains(square, x, y)
    if not (0.25 <= x <= 0.75 and 0.25 <= y <= 0.75):
        assert not contains(square, x, y)


@given(st.lists(st.tuples(_SHARE, _SHARE, _SHARE, _SHARE), max_size=12))
def test_nobody_staffs_two_windows_or_waits_while_staffing(
    rows: list[tuple[float, float, float, float]],
) -> None:
    boxes = np.array([(min(a, c), min(b, d), max(a, c), max(b, d)) for a, b, c, d in rows])
    counts = people_by_zone(boxes.reshape(-1, 4), (WINDOW_1, WINDOW_2, WAITING))
    assert counts[W1] + counts[W2] + counts[QUEUE] <= len(rows)
