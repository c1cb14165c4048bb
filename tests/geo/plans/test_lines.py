"""Lines of routes: dense, measured, and where places lie along them."""

import math
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.plans.lines import along_m, densified, place_on, simplified
from ingest.gps.geodesy import distance_m

points = st.lists(
    st.tuples(st.floats(42, 52), st.floats(50, 80)), min_size=2, max_size=12, unique=True
)
EAST = [(43.0, 77.0), (43.0, 77.5)]
THERE_AND_BACK = densified([(43.0, 77.0), (43.0, 77.5), (43.0, 77.0)])


@given(points)
@settings(max_examples=60)
def test_a_dense_line_has_short_edges_and_the_same_corners(line: list[tuple[float, float]]) -> None:
    dense = densified(line)
    assert set(line) <= set(dense)
    assert (dense[0], dense[-1]) == (line[0], line[-1])
    for a, b in pairwise(dense):
        assert 0 < math.dist(a, b) <= 0.01 + 1e-9


def test_repeated_points_are_dropped() -> None:
    assert densified([(43.0, 77.0), (43.0, 77.0)]) == [(43.0, 77.0)]


@pytest.mark.parametrize(
    ("place", "after_m", "expected_m", "off_m"),
    [
        ((43.0, 77.25), 0.0, 20_330, 0),
        ((43.01, 77.25), 0.0, 20_330, 1112),  # beside the road
        ((43.0, 77.25), 25_000.0, 61_000, 0),  # served on the way back
        ((43.0, 77.0), 0.0, 0, 0),  # home is where it starts
        ((43.0, 77.0), 50_000.0, 81_330, 0),  # and where it ends
        ((43.0, 77.25), 90_000.0, 81_330, 20_330),  # behind the end there is nothing
    ],
    ids=["there", "beside", "back", "start", "end", "behind"],
)
def test_a_place_lies_on_the_pass_that_is_meant(
    place: tuple[float, float], after_m: float, expected_m: float, off_m: float
) -> None:
    metres = along_m(THERE_AND_BACK)
    found_m, found_off_m = place_on(THERE_AND_BACK, metres, place, after_m)
    assert found_m == pytest.approx(expected_m, abs=80)
    assert found_off_m == pytest.approx(off_m, abs=40)


@given(points, st.floats(0, 1), st.floats(0, 1))
@settings(max_examples=60)
def test_a_place_is_never_found_before_after_m(
    line: list[tuple[float, float]], share: float, after_share: float
) -> None:
    dense = densified(line)
    metres = along_m(dense)
    place = dense[round(share * (len(dense) - 1))]
    after_m = after_share * metres[-1]
    found_m, off_m = place_on(dense, metres, place, after_m)
    assert after_m - 1 <= found_m <= metres[-1] + 1
    if share == 1.0:
        assert off_m < 1


def _off_m(line: list[tuple[float, float]], place: tuple[float, float]) -> float:
    return place_on(line, along_m(line), place)[1]


@given(st.lists(st.floats(-40, 40), min_size=3, max_size=80))
@settings(max_examples=40)
def test_a_simplified_track_stays_within_its_tolerance(wobble_m: list[float]) -> None:
    track = [(43.0 + wobble / 111_195, 77.0 + n * 0.002) for n, wobble in enumerate(wobble_m)]
    line = simplified(track, 15.0)
    assert (line[0], line[-1]) == (track[0], track[-1])
    assert all(_off_m(line, place) < 16 for place in track)


def test_a_straight_track_becomes_its_two_ends() -> None:
    track = [(43.0, 77.0 + n / 1000) for n in range(200)]
    assert simplified(track, 5.0) == [track[0], track[-1]]
    assert distance_m(*track[0], *track[-1]) == pytest.approx(16_180, rel=0.01)
