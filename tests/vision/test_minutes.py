"""Minute rollups."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from vision.minutes import Minute, add

NOON = datetime(2026, 3, 19, 7, 0, tzinfo=UTC)


def at(second: float) -> datetime:
    return NOON + timedelta(seconds=second)


def test_a_minute_ends_with_the_first_look_of_the_next() -> None:
    minute, finished = add(None, 2, NOON + timedelta(seconds=10))
    assert finished is None
    minute, finished = add(minute, 0, NOON + timedelta(seconds=20))
    minute, finished = add(minute, None, NOON + timedelta(seconds=30))
    assert finished is None
    minute, finished = add(minute, 5, NOON + timedelta(seconds=61))
    assert finished == Minute(
        NOON, 3, 2, people_sum=2, people_max=2, occupied_looks=1, looked_at=at(30)
    )
    assert finished.people_mean == 1
    assert finished.occupied_share == 0.5
    assert minute == Minute(NOON + timedelta(minutes=1), 1, 1, 5, 5, 1, looked_at=at(61))


def test_a_blind_minute_knows_nothing() -> None:
    minute, _ = add(None, None, NOON)
    assert minute is not None
    assert (minute.looks, minute.known_looks) == (1, 0)
    assert minute.people_mean is None
    assert minute.occupied_share is None


def test_a_look_from_before_is_counted_now() -> None:
    minute, _ = add(None, 1, NOON)
    minute, finished = add(minute, 3, NOON - timedelta(seconds=5))
    assert finished is None
    assert minute == Minute(NOON, 2, 2, 4, 3, 2, looked_at=NOON)


@given(
    st.lists(st.tuples(st.one_of(st.none(), st.integers(0, 9)), st.integers(0, 20)), max_size=60)
)
def test_no_look_is_lost(looks: list[tuple[int | None, int]]) -> None:
    at, minute, done = NOON, None, []
    for people, pause_s in looks:
        at += timedelta(seconds=pause_s)
        minute, finished = add(minute, people, at)
        if finished is not None:
            done.append(finished)
    done += [minute] if minute else []
    assert sum(m.looks for m in done) == len(looks)
    assert sum(m.people_sum for m in done) == sum(p or 0 for p, _ in looks)
    assert len({m.minute_at for m in done}) == len(done)
    assert all(m.occupied_looks <= m.known_looks <= m.looks for m in done)
