"""People of a simulated hall: the same for each seed, and each in one place only."""

import numpy as np
import pytest

from ingest.simulated.visitors import Floor, Visitors

FLOOR = Floor({1: 0.2, 2: 0.5, 3: 0.8})


def half_an_hour(seed: int) -> tuple[Visitors, list[tuple[int, int, int]]]:
    visitors = Visitors(np.random.default_rng(seed), FLOOR, per_hour=90.0, breaks_until=900.0)
    told = []
    for second in range(1800):
        visitors.step(second)
        served = sum(person.state in ("called", "served") for person in visitors.people)
        told.append((visitors.waiting(), served, len(visitors.people)))
    return visitors, told


def test_a_seed_is_a_half_hour() -> None:
    visitors, told = half_an_hour(3)
    again, told_again = half_an_hour(3)
    assert told == told_again
    assert visitors.waits == again.waits
    assert half_an_hour(4)[1] != told


@pytest.mark.parametrize("seed", range(4))
def test_people_wait_are_served_and_leave(seed: int) -> None:
    visitors, told = half_an_hour(seed)
    assert len(visitors.waits) >= 20
    assert all(waited.waited_s >= 0 for waited in visitors.waits)
    assert max(waiting for waiting, _, _ in told) >= 2
    assert all(served <= len(FLOOR.window_x) for _, served, _ in told)
    assert all(waiting + served <= people for waiting, served, people in told)
    for window, (start, end) in visitors.breaks.items():
        assert not visitors.is_present(window, (start + end) / 2)
        assert visitors.is_present(window, end)
