"""Unwatched cameras rest, but never past their next key picture, and not while much comes."""

from hypothesis import given
from hypothesis import strategies as st

from ingest.cameras.pace import _OFF_S, REST_S, SLOT_S, SLOTS, Pace


@given(
    turn=st.integers(0, 10_000),
    reads=st.lists(st.tuples(st.floats(0.001, 1.0), st.integers(0, 300_000)), max_size=30),
    begun_s=st.floats(0, 1e6),
)
def test_a_rest_ends_at_a_slot_and_within_its_limit(
    turn: int, reads: list[tuple[float, int]], begun_s: float
) -> None:
    pace, now_s = Pace(turn), begun_s
    for pause_s, length in reads:
        now_s += pause_s
        until_s = pace.after(now_s, length)
        if until_s is not None:
            assert now_s < until_s <= now_s + REST_S + SLOT_S
            assert abs(until_s / SLOT_S - round(until_s / SLOT_S)) < 1e-6 * max(until_s, 1.0)


def test_cameras_are_spread_over_the_slots() -> None:
    looked = {round((Pace(turn).after(100.001, 0) or 0) / SLOT_S) for turn in range(SLOTS)}
    assert len(looked) == SLOTS


def test_the_expected_key_picture_ends_the_rest() -> None:
    pace = Pace(0)
    pace.key(97.93)
    pace.key(99.93)
    rests = [pace.after(101.76 + turn * SLOT_S, 1000) for turn in range(3)]
    assert all(until is not None and 101.93 <= until <= 101.93 + SLOT_S for until in rests)


def test_who_sends_much_is_looked_at_again_at_once() -> None:
    pace = Pace(0)
    pace.after(100.0, 1000)
    assert pace.after(100.25, 200_000) is None
    assert pace.after(100.27, 100_000) is None
    assert pace.after(100.47, 9_000) is not None


_BEAT_S = 0.02


@given(
    turn=st.integers(0, 10_000),
    intervals=st.lists(st.floats(0.3, 4.0), min_size=1, max_size=12),
)
def test_a_key_picture_waits_only_once_after_each_change(turn: int, intervals: list[float]) -> None:
    """A camera that is read as its pace says, each beat where that says nothing."""
    pace, now_s, key_s = Pace(turn), 100.0, 100.0
    pace.key(key_s)
    regular = 0  # intervals in a row that were as the one before
    before_s = None
    for interval_s in intervals:
        surprise = before_s is None or abs(interval_s - before_s) > _OFF_S
        key_s += interval_s
        while now_s < key_s:
            now_s = pace.after(now_s, 500) or now_s + _BEAT_S
        waited_s = now_s - key_s
        pace.key(key_s)
        known_off = before_s is not None and 0 < regular <= 8
        if not surprise or known_off:
            assert waited_s <= _OFF_S + SLOT_S + 1e-6
        regular = 1 if surprise and before_s is not None else regular + (regular > 0)
        before_s = interval_s


def test_an_irregular_camera_is_read_as_its_pictures_come() -> None:
    pace, key_s = Pace(0), 100.0
    for interval_s in (2.0, 2.0, 3.5):
        pace.key(key_s)
        assert pace.after(key_s + 0.01, 500) is not None
        key_s += interval_s
    pace.key(key_s)
    for _ in range(8):
        assert pace.after(key_s + 0.01, 500) is None
        key_s += 3.5
        pace.key(key_s)
    assert pace.after(key_s + 0.01, 500) is not None
