from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.recordings.keeping import Demand, Keep, claim, held_s, share
from tests.builders import NOON

DAYS = st.floats(0, 400, allow_nan=False)
KEEPS = st.tuples(DAYS, st.floats(0.1, 400)).map(lambda t: Keep(t[0], t[0] + t[1]))
DEMANDS = st.lists(st.builds(Demand, KEEPS, st.floats(1, 1e12)), min_size=1, max_size=20)
DAY = timedelta(days=1)


@given(demands=DEMANDS, room=st.floats(0, 1e16))
def test_shares_fit_and_respect_both_bounds(demands: list[Demand], room: float) -> None:
    days = share(demands, room)
    used = sum(d.bytes_per_day * n for d, n in zip(demands, days, strict=True))
    assert used <= room * 1.000001 + 1e-3
    least = sum(d.bytes_per_day * d.keep.min_days for d in demands)
    for demand, kept in zip(demands, days, strict=True):
        assert 0 <= kept <= demand.keep.max_days
        if least <= room:
            assert kept >= demand.keep.min_days
    most = sum(d.bytes_per_day * d.keep.max_days for d in demands)
    if most <= room:
        assert days == [d.keep.max_days for d in demands]
    elif least <= room:
        assert used >= room * 0.999 - most * 1e-12, "room is not left unused"


@given(demands=DEMANDS, room=st.floats(0, 1e16))
def test_nobody_keeps_a_greater_share_than_another(demands: list[Demand], room: float) -> None:
    days = share(demands, room)
    above = [
        n / d.keep.max_days
        for d, n in zip(demands, days, strict=True)
        if n > d.keep.min_days * 1.000001
    ]
    assert not above or max(above) == pytest.approx(min(above), rel=1e-6)


def test_the_greatest_part_of_a_maximum_goes_first_and_minimums_last() -> None:
    short, long = Keep(1, 10), Keep(1, 100)
    now = NOON + 20 * DAY
    assert claim(short, NOON + 12 * DAY, now) > claim(long, NOON, now)
    assert claim(long, NOON, now) > claim(Keep(30, 40), NOON, now)
    assert claim(Keep(30, 40), NOON, now) > claim(Keep(30, 40), NOON + DAY, now)


@pytest.mark.parametrize(
    ("holds", "hours"),
    [
        ([], 0),
        ([(0, 24)], 24),
        ([(-5, 30)], 24),
        ([(1, 3), (2, 5)], 4),
        ([(2, 5), (1, 9), (3, 4)], 8),
        ([(30, 40), (-9, -1)], 0),
    ],
)
def test_held_time_counts_once(holds: list[tuple[int, int]], hours: int) -> None:
    hour = timedelta(hours=1)
    spans = [(NOON + a * hour, NOON + b * hour) for a, b in holds]
    assert held_s(NOON, NOON + DAY, spans) == hours * 3600
