"""Distances and progress on a line, and which way of an out-and-back road is meant."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.judgement.fixes import apart_m
from geo.judgement.line import Line
from ingest.gps.geodesy import distance_m, offset
from tests.geo.judgement.drives import way

STRAIGHT = Line.of([(50.0, 70.0), (50.0, 70.01), (50.0, 70.02), (50.0, 70.03)])
OUT_AND_BACK = Line.of(way(3).points)


@given(
    st.floats(-60, 60),
    st.floats(-170, 170),
    st.floats(-3000, 3000),
    st.floats(-3000, 3000),
)
@settings(deadline=None)
def test_near_points_are_as_far_apart_as_on_the_globe(
    latitude: float, longitude: float, north: float, east: float
) -> None:
    there = offset(latitude, longitude, north_m=north, east_m=east)
    true = distance_m(latitude, longitude, *there)
    assert apart_m(latitude, longitude, *there) == pytest.approx(true, rel=1e-4, abs=0.01)


@pytest.mark.parametrize(
    ("north", "along"), [(0.0, 500.0), (120.0, 1000.0), (-299.0, 1500.0), (1000.0, 20.0)]
)
def test_a_point_beside_a_line(north: float, along: float) -> None:
    place = offset(50.0, 70.0, north_m=north, east_m=along)
    for match in (
        STRAIGHT.near(place, 600.0, 5000.0, None),
        STRAIGHT.anywhere(place, 600.0, None),
    ):
        assert match.off_m == pytest.approx(abs(north), abs=1.0)
        assert match.along_m == pytest.approx(along, abs=1.0)
        assert match.agrees


def test_before_and_behind_the_line_its_ends_are_nearest() -> None:
    before = STRAIGHT.anywhere(offset(50.0, 70.0, north_m=0, east_m=-400), 0.0, None)
    assert before.along_m == 0.0
    assert before.off_m == pytest.approx(400, abs=1)
    behind = STRAIGHT.near(offset(50.0, 70.03, north_m=0, east_m=400), 2000.0, 9000.0, None)
    assert behind.along_m == pytest.approx(STRAIGHT.length_m)


@given(st.floats(0.02, 0.48), st.booleans(), st.booleans())
@settings(deadline=None)
def test_direction_tells_the_way_out_from_the_way_back(
    share: float, back: bool, whole: bool
) -> None:
    line = OUT_AND_BACK
    true = line.length_m * (1 - share if back else share)
    k = next(i for i, along in enumerate(line.along_m) if along >= true)
    a, b = (
        (line.latitudes[k - 1], line.longitudes[k - 1]),
        (line.latitudes[k], line.longitudes[k]),
    )
    middle = ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)
    heading = (b[0] - a[0], (b[1] - a[1]) * math.cos(math.radians(a[0])))
    expected = line.length_m / 2
    match = (
        line.anywhere(middle, expected, heading)
        if whole
        else line.near(middle, 0.0, line.length_m, heading)
    )
    assert match.off_m < 1
    assert match.agrees
    assert match.along_m == pytest.approx(true, abs=210)


def test_a_line_needs_two_places() -> None:
    with pytest.raises(ValueError, match="two different"):
        Line.of([(50.0, 70.0), (50.0, 70.0)])
