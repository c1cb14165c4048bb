"""Unwatched cameras rest, but never past their next key picture, and not while much comes."""

from hypothesis import given
from hypothesis import strategies as st

from ingest.cameras.pace import REST_S, SLOT_S, SLOTS, Pace


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
