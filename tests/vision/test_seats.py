"""A clerk who is found less surely, or sits still, is there; a chair with a jacket is nobody."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import numpy as np
import pytest

from models.observations import ZoneKind
from vision.seats import COLUMNS, ROWS, Patch, Seats, seated
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
    held: Seats = {}
    told = []
    for second, sure, faint in looks:
        at = NOON + timedelta(seconds=second)
        held, people = seated(held, sure, faint, (SEAT, LINE), at, {})
        told.append(len(people.boxes))
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
    held, _ = seated({}, boxes(CLERK), NOBODY, (SEAT,), NOON, {})
    assert set(held) == {SEAT.zone_id}
    held, people = seated(held, NOBODY, boxes(CLERK), (LINE,), NOON, {})
    assert (held, len(people.boxes)) == ({}, 0)


class Place:
    """Draws what is behind a counter: a wall, and before it whoever or whatever is there."""

    def __init__(self, seed: int = 1) -> None:
        self._rng = np.random.default_rng(seed)
        wall = self._rng.uniform(140, 170, (4, 4, 3))
        self._wall = wall.repeat(ROWS // 4, axis=0).repeat(COLUMNS // 4, axis=1)
        self._clothes = self._rng.uniform(30, 60, (6, 2, 3)).repeat(5, axis=0).repeat(10, axis=1)

    def patch(self, *, top: int, aside: int = 0, light: float = 1.0) -> Patch:
        """Somebody reaches from the lower edge up to row ``top``; a jacket not so high."""
        view = self._wall.copy()
        rows = min(ROWS - top, 30)
        view[top : top + rows, 24 + aside : 44 + aside] = self._clothes[:rows]
        view = light * view + self._rng.normal(0, 1.0, view.shape)
        return np.clip(view, 0, 255).astype(np.uint8)


HEAD, COLLAR = 6, 20
SITTING, HANGING = [0.3, 0.15, 0.4, 0.4], [0.3, 0.28, 0.4, 0.4]


def looked(
    patches: list[Patch], sure: Boxes | list[Boxes], faint: Boxes = NOBODY
) -> list[tuple[int, bool]]:
    """Return how many count in each look, one a second, and whether that is doubtful."""
    held: Seats = {}
    told = []
    for second, patch in enumerate(patches):
        found = sure[second] if isinstance(sure, list) else sure
        at = NOON + timedelta(seconds=second)
        held, people = seated(held, found, faint, (SEAT, LINE), at, {SEAT.zone_id: patch})
        told.append((len(people.boxes), bool(people.doubtful)))
    return told


def works(place: Place, seconds: int) -> list[Patch]:
    return [place.patch(top=HEAD, aside=(0, 2, 1, 3)[n % 4]) for n in range(seconds)]


def test_a_jacket_that_the_detector_takes_for_somebody_is_nobody_after_eight_seconds() -> None:
    place = Place()
    patches = works(place, 30) + [place.patch(top=COLLAR) for _ in range(40)]
    told = looked(patches, [boxes(SITTING)] * 30 + [boxes(HANGING)] * 40)
    assert told[:30] == [(1, False)] * 30
    assert all(count or doubtful for count, doubtful in told[31:38])
    assert any(doubtful for _, doubtful in told[31:38])
    assert told[39:] == [(0, False)] * 31


def test_who_sits_still_is_there_also_in_another_light() -> None:
    place = Place()
    still = [place.patch(top=HEAD, aside=1, light=1 - 0.002 * n) for n in range(90)]
    assert looked(works(place, 30) + still, boxes(SITTING)) == [(1, False)] * 120


def test_what_never_moved_is_nobody_after_three_minutes() -> None:
    place = Place()
    told = looked([place.patch(top=COLLAR) for _ in range(200)], boxes(HANGING))
    assert told[:180] == [(1, False)] * 180
    assert told[182:] == [(0, False)] * 18


def test_after_blindness_stillness_is_counted_anew() -> None:
    place = Place()
    held: Seats = {}
    for second in (*range(100), *range(190, 340)):
        at = NOON + timedelta(seconds=second)
        near = {SEAT.zone_id: place.patch(top=COLLAR)}
        held, people = seated(held, boxes(HANGING), NOBODY, (SEAT, LINE), at, near)
        assert (len(people.boxes), people.doubtful) == (1, frozenset())


def test_a_clerk_that_is_not_found_is_there_while_the_place_looks_so() -> None:
    place = Place()
    patches = works(place, 30) + [place.patch(top=HEAD, aside=1) for _ in range(30)]
    told = looked(patches, [boxes(SITTING)] * 30 + [NOBODY] * 30)
    assert told == [(1, False)] * 60
    gone = works(place, 30) + [place.patch(top=ROWS) for _ in range(30)]
    told = looked(gone, [boxes(SITTING)] * 30 + [NOBODY] * 30)
    assert told[30:] == [(0, False)] * 30


def test_one_box_of_a_visitor_and_the_clerk_behind_hides_nobody() -> None:
    place, both = Place(), [0.28, 0.1, 0.42, 0.9]
    patches = works(place, 30) + [place.patch(top=HEAD, aside=1) for _ in range(20)]
    told = looked(patches, [boxes(SITTING)] * 30 + [boxes(both)] * 20)
    assert told[30:] == [(2, False)] * 20
    gone = works(place, 30) + [place.patch(top=ROWS) for _ in range(20)]
    told = looked(gone, [boxes(SITTING)] * 30 + [boxes(both)] * 20)
    assert told[30:] == [(1, True)] * 20
