"""Unwatched cameras rest, but never past their next key picture, and not while much comes."""

from hypothesis import given
from hypothesis import strategies as st

from ingest.cameras.pace import _OFF_S, REST_S, SLOT_S, STRETCH, WARY_S, Pace

_ENOUGH_BYTES = 100_000


def _sure() -> Pace:
    """Return one that knows of key pictures every 2 s, the last at 99.93."""
    pace = Pace(_ENOUGH_BYTES)
    pace.key(97.93)
    pace.key(99.93)
    return pace


@given(
    reads=st.lists(
        st.tuples(st.floats(0.001, 1.0), st.integers(0, 300_000), st.booleans()), max_size=30
    ),
    begun_s=st.floats(0, 1e6),
)
def test_a_rest_ends_at_a_slot_and_within_its_limit(
    reads: list[tuple[float, int, bool]], begun_s: float
) -> None:
    pace, now_s = Pace(_ENOUGH_BYTES), begun_s
    for pause_s, length, key in reads:
        now_s += pause_s
        if key:
            pace.key(now_s)
        until_s = pace.after(now_s, length)
        if until_s is not None:
            assert now_s < until_s <= now_s + STRETCH * REST_S + SLOT_S
            assert abs(until_s / SLOT_S - round(until_s / SLOT_S)) < 1e-6 * max(until_s, 1.0)


@given(number=st.integers(0, 10**7), key_after_s=st.floats(-0.2, 0.2))
def test_a_look_at_a_slot_is_followed_by_a_later_one(number: int, key_after_s: float) -> None:
    pace, now_s = Pace(_ENOUGH_BYTES), number * SLOT_S
    for back in (4, 2):
        pace.key(now_s + key_after_s - back)
    assert (pace.after(now_s, 1000) or 0) > now_s


def test_the_expected_key_picture_ends_the_rest() -> None:
    pace = _sure()
    rests = [pace.after(100.76 + turn * SLOT_S, 1000) for turn in range(20)]
    assert all(until is not None and 101.93 <= until <= 101.93 + SLOT_S for until in rests[4:])


def test_a_regular_camera_is_looked_at_once_a_second() -> None:
    pace, looks = _sure(), 1
    now_s = pace.after(99.95, 5_000) or 0.0
    for number in range(10):
        key_s = 101.93 + 2 * number
        while now_s < key_s:
            now_s = pace.after(now_s, 60_000) or 0.0
            looks += 1
        pace.key(key_s)
    assert looks == 20


def test_until_two_key_pictures_came_and_when_one_is_late_rests_are_short() -> None:
    fresh = Pace(_ENOUGH_BYTES)
    assert 100 < (fresh.after(100.0, 1000) or 0) <= 100 + WARY_S
    late = _sure()
    assert (late.after(101.0, 1000) or 0) >= 101.93
    for now_s in (101.98, 102.05, 102.5):
        assert now_s < (late.after(now_s, 1000) or 0) <= now_s + WARY_S


def test_who_sends_much_is_looked_at_again_at_once() -> None:
    pace = _sure()
    pace.after(100.0, 1000)
    assert pace.after(100.25, 2 * _ENOUGH_BYTES * 3) is None
    assert pace.after(100.27, _ENOUGH_BYTES) is None
    assert 100.57 < (pace.after(100.47, _ENOUGH_BYTES // 2) or 0) <= 100.87


_BEAT_S = 0.02


@given(intervals=st.lists(st.floats(0.3, 4.0), min_size=1, max_size=12))
def test_a_key_picture_waits_only_once_after_each_change(intervals: list[float]) -> None:
    """A camera that is read as its pace says, each beat where that says nothing."""
    pace, now_s, key_s = Pace(_ENOUGH_BYTES), 100.0, 100.0
    pace.key(key_s)
    regular = 0  # intervals in a row that were as the one before
    before_s = None
    for interval_s in intervals:
        surprise = before_s is None or abs(interval_s - before_s) > _OFF_S
        key_s += interval_s
        same_rest = now_s >= key_s
        while now_s < key_s:
            now_s = pace.after(now_s, 500) or now_s + _BEAT_S
        waited_s = now_s - key_s
        pace.key(key_s)
        known_off = before_s is not None and 0 < regular <= 8
        later = before_s is not None and interval_s > before_s
        if not same_rest and (not surprise or known_off or before_s is None or later):
            assert waited_s <= _OFF_S + SLOT_S + 1e-6
        regular = 1 if surprise and before_s is not None else regular + (regular > 0)
        before_s = interval_s


def test_an_irregular_camera_is_read_soon_after_its_pictures_come() -> None:
    pace, key_s = Pace(_ENOUGH_BYTES), 100.0
    for interval_s in (2.0, 2.0, 3.5):
        pace.key(key_s)
        key_s += interval_s
    assert (pace.after(key_s - 3.49, 500) or 0) >= key_s - 3.49 + REST_S - SLOT_S
    pace.key(key_s)
    for _ in range(8):
        assert (pace.after(key_s + 0.01, 500) or 0) <= key_s + 0.01 + WARY_S
        key_s += 3.5
        pace.key(key_s)
    assert (pace.after(key_s + 0.01, 500) or 0) >= key_s + 0.01 + REST_S - SLOT_S
