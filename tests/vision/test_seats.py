"""A clerk who is found less surely for a while is still there; nobody comes out of a shadow."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import numpy as np
import pytest

from models.observations import ZoneKind
from vision.seats import Seated, seated
from vision.zones import Boxes, watched_zone

NOON = datetime(2026, 3, 19, 7, 0, tzinfo=UTC)
SEAT = watched_zone(
    UUID(int=1), ZoneKind.OPERATOR, [[0.2, 0.1], [0.5, 0.1], [0.5, 0.4], [0.2, 0.4]]
)
LINE = watched_zone(UUID(int=2), ZoneKind.QUEUE, [[0.0, 0.6], [1.0, 0.6], [1.0, 1.0], [0.0, 1.0]])
CLERK, MOVED, ELSEWHERE = [0.3, 0.2, 0.4, 0.35], [0.31, 0.2, 0.41, 0.35], [0.42, 0.2, 0.5, 0.35]
WAITING = [0.6, 0.5, 0.7, 0.9]


def boxes(*rows: list[float]) -> Boxes:
    return np.array(rows, np.float64).reshape(-1, 4)


def watched(*looks: tuple[int, Boxes, Boxes]) -> list[int]:
    """Return how many people each look (second, sure, faint) tells of."""
    held: tuple[Seated, ...] = ()
    told = []
    for second, sure, faint in looks:
        at = NOON + timedelta(seconds=second)
        held, people = seated(held, sure, faint, (SEAT, LINE), at)
        told.append(len(people))
    return told


NOBODY = boxes()


@pytest.mark.parametrize(
    ("looks", "told"),
    [
        (
            [(0, boxes(CLERK), NOBODY), (1, NOBODY, boxes(MOVED)), (9, NOBODY, boxes(CLERK))],
            [1, 1, 1],
        ),
        ([(0, boxes(CLERK), NOBODY), (1, NOBODY, NOBODY), (2, NOBODY, boxes(CLERK))], [1, 0, 1]),
        ([(0, NOBODY, boxes(CLERK)), (1, NOBODY, boxes(CLERK))], [0, 0]),
        ([(0, boxes(CLERK), NOBODY), (1, NOBODY, boxes(ELSEWHERE))], [1, 0]),
        ([(0, boxes(CLERK), NOBODY), (1, boxes(MOVED), boxes(CLERK))], [1, 1]),
        ([(0, boxes(CLERK), NOBODY), (119, NOBODY, boxes(CLERK))], [1, 1]),
        ([(0, boxes(CLERK), NOBODY), (121, NOBODY, boxes(CLERK))], [1, 0]),
        ([(0, boxes(WAITING), NOBODY), (1, NOBODY, boxes(WAITING))], [1, 0]),
    ],
    ids=[
        "behind a visitor",
        "missed once",
        "a shadow",
        "somewhere else",
        "seen surely again",
        "just under two minutes",
        "two minutes are over",
        "not at a seat",
    ],
)
def test_faint_people(looks: list[tuple[int, Boxes, Boxes]], told: list[int]) -> None:
    assert watched(*looks) == told


def test_without_seats_nothing_is_remembered() -> None:
    held, people = seated(
        (Seated(boxes(CLERK)[0].astype(np.float32), NOON),), NOBODY, boxes(CLERK), (LINE,), NOON
    )
    assert (held, len(people)) == ((), 0)
