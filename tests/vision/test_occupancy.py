"""Presence and queue length over looks, told only on change."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.observations import ZoneKind, ZoneObservation, ZoneState
from vision.occupancy import UNKNOWN_AFTER, Occupancy, observe

NOON = datetime(2026, 3, 19, 7, 0, tzinfo=UTC)
ZONE = UUID(int=7)
OCCUPIED, EMPTY, UNKNOWN = ZoneState.OCCUPIED, ZoneState.EMPTY, ZoneState.UNKNOWN
Told = tuple[int, ZoneState, int | None, int]  # second told, state, people, since second


def play(kind: ZoneKind, looks: list[int | None], *, every_s: float = 1) -> list[Told]:
    """Take one look a second from second 1 on; None is a look without a picture."""
    zone = Occupancy(ZONE, kind, usable_at=NOON)
    told: list[Told] = []
    for number, people in enumerate(looks, start=1):
        zone, change = observe(zone, people, NOON + timedelta(seconds=number * every_s))
        if change is not None:
            told.append((*_seconds(change),))
    return told


def _seconds(change: ZoneObservation) -> Told:
    assert change.zone_id == ZONE
    at = round((change.at - NOON).total_seconds())
    return at, change.state, change.people, round((change.since - NOON).total_seconds())


B = None  # blind
PRESENCE: dict[str, tuple[list[int | None], list[Told]]] = {
    "the first look settles a state": ([1], [(1, OCCUPIED, 1, 1)]),
    "that nobody is there takes three looks": ([0, 0, 0], [(3, EMPTY, 0, 1)]),
    "one look may have missed the clerk": ([0, 1], [(2, OCCUPIED, 1, 2)]),
    "nothing new is not told": ([1] * 60, [(1, OCCUPIED, 1, 1)]),
    "one sighting is not presence": ([0, 0, 0, 1, 0, 0, 1, 0], [(3, EMPTY, 0, 1)]),
    "two of three are": ([0, 0, 0, 1, 0, 1], [(3, EMPTY, 0, 1), (6, OCCUPIED, 1, 4)]),
    "a clerk who bends down is not absent": (
        [1, *[0] * 10, 1, *[0] * 10, 1],
        [(1, OCCUPIED, 1, 1)],
    ),
    "ten seconds without anybody is absence, since the first of them": (
        [1, *[0] * 11],
        [(1, OCCUPIED, 1, 1), (12, EMPTY, 0, 2)],
    ),
    "blindness is told after five seconds and is not absence": (
        [1, *[B] * 7],
        [(1, OCCUPIED, 1, 1), (7, UNKNOWN, None, 1)],
    ),
    "a camera that never gave a picture is unknown": ([B] * 10, [(6, UNKNOWN, None, 0)]),
    "short blindness is not told": ([1, *[B] * 5, 1], [(1, OCCUPIED, 1, 1)]),
    "after blindness absence takes three looks again": (
        [1, *[B] * 6, 0, 0, 0],
        [(1, OCCUPIED, 1, 1), (7, UNKNOWN, None, 1), (10, EMPTY, 0, 8)],
    ),
    "sightings before blindness do not count after it": (
        [0, 0, 0, 1, *[B] * 6, 0, 0, 0],
        [(3, EMPTY, 0, 1), (10, UNKNOWN, None, 4), (13, EMPTY, 0, 11)],
    ),
    "absence does not grow while blind": (
        [1, 0, 0, *[B] * 3, 0, 1],
        [(1, OCCUPIED, 1, 1)],
    ),
}


@pytest.mark.parametrize(("looks", "told"), PRESENCE.values(), ids=PRESENCE.keys())
def test_presence(looks: list[int | None], told: list[Told]) -> None:
    assert play(ZoneKind.OPERATOR, looks) == told


QUEUE: dict[str, tuple[list[int | None], list[Told]]] = {
    "the first look settles the number": ([3], [(1, OCCUPIED, 3, 1)]),
    "nobody is a number too": ([0], [(1, EMPTY, 0, 1)]),
    "somebody hidden for a look is still counted": ([3, 3, 2, 3, 3, 2, 3], [(1, OCCUPIED, 3, 1)]),
    "a longer queue is told when it held": (
        [3, 3, 3, 5, 5, 5, 5],
        [(1, OCCUPIED, 3, 1), (7, OCCUPIED, 5, 6)],
    ),
    "an emptied queue is empty": (
        [2, 2, 2, 0, 0, 0, 0],
        [(1, OCCUPIED, 2, 1), (7, EMPTY, 0, 6)],
    ),
    "a number that swings is told by its median": (
        [4, 5, 4, 5, 4, 5, 4, 4, 4],
        [(1, OCCUPIED, 4, 1)],
    ),
    "blind is unknown": ([4, *[B] * 6], [(1, OCCUPIED, 4, 1), (7, UNKNOWN, None, 1)]),
}


@pytest.mark.parametrize(("looks", "told"), QUEUE.values(), ids=QUEUE.keys())
def test_queue(looks: list[int | None], told: list[Told]) -> None:
    assert play(ZoneKind.QUEUE, looks) == told


def settle(zone: Occupancy, people: int, second: float) -> tuple[Occupancy, ZoneObservation]:
    """Take looks, all within a third of a second, until the state is told."""
    for part in range(3):
        zone, change = observe(zone, people, NOON + timedelta(seconds=second + part / 10))
        if change is not None:
            return zone, change
    raise AssertionError("three looks settle any state")


@pytest.mark.parametrize(
    ("kind", "people", "seen", "since"),
    [
        (ZoneKind.OPERATOR, 0, 0, -100),
        (ZoneKind.OPERATOR, 1, 2, -100),
        (ZoneKind.OPERATOR, 1, 0, 1),
        (ZoneKind.QUEUE, 4, 4, -100),
        (ZoneKind.QUEUE, 4, 5, 1),
    ],
)
def test_a_restart_does_not_count_from_anew(
    kind: ZoneKind, people: int, seen: int, since: int
) -> None:
    long_ago = NOON - timedelta(seconds=100)
    state = OCCUPIED if people else EMPTY
    before = ZoneObservation(ZONE, kind, state, people, long_ago, long_ago)
    zone = Occupancy(ZONE, kind, usable_at=NOON, before=before)
    zone, change = settle(zone, seen, 1)
    assert _seconds(change)[2:] == (seen, since)
    for second in range(2, 9):
        zone, _ = observe(zone, None, NOON + timedelta(seconds=second))
    _, change = settle(zone, seen, 10)
    assert _seconds(change)[3] == 10, "after blindness nothing is known of before"


def test_two_far_looks_are_not_an_absence() -> None:
    """With a look every four seconds ten seconds pass between few looks; three must agree."""
    assert play(ZoneKind.OPERATOR, [1, 0, 0, 0], every_s=4.9) == [(5, OCCUPIED, 1, 5)]
    assert play(ZoneKind.OPERATOR, [1, 0, 0, 0, 0], every_s=4.9)[-1][1] is EMPTY


def test_a_look_that_comes_late_is_ignored() -> None:
    zone, _ = observe(Occupancy(ZONE, ZoneKind.QUEUE, usable_at=NOON), 2, NOON)
    same, change = observe(zone, 9, NOON - timedelta(seconds=1))
    assert same == zone
    assert change is None


def test_a_clock_that_is_set_back_does_not_stop_the_watching() -> None:
    zone, _ = observe(Occupancy(ZONE, ZoneKind.OPERATOR, usable_at=NOON), 1, NOON)
    back = NOON - timedelta(hours=1)
    told = []
    for second in range(15):
        zone, change = observe(zone, 0, back + timedelta(seconds=second))
        if change:
            told.append(change.state)
    assert told == [EMPTY]
    for second in range(15, 25):
        zone, change = observe(zone, None, back + timedelta(seconds=second))
        if change:
            told.append(change.state)
    assert told == [EMPTY, UNKNOWN]


_LOOKS = st.lists(st.one_of(st.none(), st.integers(0, 12)), max_size=80)


@given(_LOOKS, st.sampled_from(list(ZoneKind)))
def test_whatever_is_seen(looks: list[int | None], kind: ZoneKind) -> None:
    zone = Occupancy(ZONE, kind, usable_at=NOON)
    last: ZoneObservation | None = None
    for number, people in enumerate(looks, start=1):
        at = NOON + timedelta(seconds=number)
        zone, change = observe(zone, people, at)
        blind_for = at - zone.usable_at
        assert (zone.people is None) == (zone.state in (None, UNKNOWN))
        if zone.state is EMPTY:
            assert blind_for <= UNKNOWN_AFTER, "absence was claimed without a picture"
        if change is not None:
            assert change.since <= change.at == at
            assert (change.people is None) == (change.state is UNKNOWN)
            assert (change.people == 0) == (change.state is EMPTY)
            if last is not None:
                assert (change.state, change.people) != (last.state, last.people)
            last = change


@pytest.mark.parametrize(
    ("looks", "told"),
    [
        ("+" + "?" * 8 + "---", [(1, OCCUPIED, 1, 1), (12, EMPTY, 0, 2)]),
        ("+" + "?" * 20 + "+", [(1, OCCUPIED, 1, 1)]),
        ("+" + "?" * 20 + "-", [(1, OCCUPIED, 1, 1), (22, EMPTY, 0, 2)]),
        ("+" + "?" * 8 + "+" + "-" * 10, [(1, OCCUPIED, 1, 1)]),
        ("---????", [(3, EMPTY, 0, 1)]),
        ("??++", [(3, OCCUPIED, 1, 3)]),
        ("????????", []),
    ],
    ids=[
        "an absence began with the doubt",
        "doubt is no absence",
        "doubt may last",
        "somebody is seen again",
        "doubt is no presence",
        "doubt does not settle a state",
        "doubt is not blindness",
    ],
)
def test_doubt(looks: str, told: list[Told]) -> None:
    zone = Occupancy(ZONE, ZoneKind.OPERATOR, usable_at=NOON)
    changes = []
    for number, look in enumerate(looks, start=1):
        at = NOON + timedelta(seconds=number)
        zone, change = observe(zone, int(look == "+"), at, doubt=look == "?")
        changes += [_seconds(change)] if change is not None else []
    assert changes == told
