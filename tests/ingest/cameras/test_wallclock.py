import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.cameras.wallclock import SLEW, WallClock

START_S = 1_790_000_000.0
FRAME = 9_000


def test_first_picture_is_where_it_arrived() -> None:
    assert WallClock().place(123, START_S) == round(START_S * 90_000)


def test_jitter_of_arrival_does_not_show() -> None:
    clock = WallClock()
    late = [0.0, 0.2, 0.05, 0.3, 0.0, 0.1]
    placed = [clock.place(n * FRAME, START_S + n / 10 + late[n]) for n in range(6)]
    steps = [b - a for a, b in itertools.pairwise(placed)]
    assert all(abs(step - FRAME) <= FRAME * SLEW + 1 for step in steps)


def test_a_burst_at_the_beginning_does_not_make_everything_late() -> None:
    clock = WallClock()
    read_at = [max(n / 10, 0.4) for n in range(20)]  # five pictures waited to be read
    placed = [clock.place(n * FRAME, START_S + at) for n, at in enumerate(read_at)]
    steps = [b - a for a, b in itertools.pairwise(placed)]
    assert min(steps) == FRAME // 2
    assert placed[-1] / 90_000 - START_S == pytest.approx(1.9, abs=0.021)


def test_a_camera_clock_that_drifts_is_followed() -> None:
    clock = WallClock()
    true = fast = 0.0
    placed = 0
    for _ in range(36_000):  # an hour at 10 fps, 100 ppm fast
        placed = clock.place(round(fast * 90_000), START_S + true)
        true += 0.1
        fast += 0.1 * (1 + 100e-6)
    assert abs(placed / 90_000 - (START_S + true - 0.1)) < 0.05


def test_a_camera_that_sets_its_clock_is_placed_by_arrival_again() -> None:
    clock = WallClock()
    clock.place(0, START_S)
    assert abs(clock.place(3600 * 90_000, START_S + 0.1) - (START_S + 0.1) * 90_000) < 2
    assert abs(clock.place(0, START_S + 0.2) - (START_S + 0.2) * 90_000) < 2


def test_a_new_connection_never_goes_back() -> None:
    newest = round((START_S + 10) * 90_000)
    assert WallClock(not_before=newest).place(0, START_S) == newest + 1


@given(
    st.lists(
        st.tuples(
            st.integers(-(2**40), 2**40), st.floats(0, 1e6, allow_nan=False, allow_infinity=False)
        )
    )
)
def test_time_only_grows_whatever_the_camera_says(stamps: list[tuple[int, float]]) -> None:
    clock = WallClock()
    placed = [clock.place(ticks, START_S + late) for ticks, late in stamps]
    assert all(a < b for a, b in itertools.pairwise(placed))
