"""Length and thinning of tracks."""

import pytest

from geo.geometry import length_m, thinned


def test_length_is_the_sum_of_its_legs() -> None:
    assert length_m([(0.0, 0.0), (0.0, 1.0), (1.0, 1.0)]) == pytest.approx(222_390, rel=1e-3)
    assert length_m([]) == 0


def test_thinning_keeps_ends_and_distance() -> None:
    points = [(43.0, 76.0 + i * 0.0001) for i in range(100)]  # 8 m apart
    kept = thinned(points, 80)
    assert kept[0] == 0
    assert kept[-1] == 99
    assert 9 <= len(kept) <= 12
    assert thinned([], 10) == []
    assert thinned(points[:1], 10) == [0]
