"""Distances and directions against known ones."""

import pytest

from ingest.gps.geodesy import bearing_deg, distance_m, offset


@pytest.mark.parametrize(
    ("a", "b", "metres"),
    [
        ((0, 0), (0, 0), 0),
        ((0, 0), (0, 1), 111_195),
        ((43.2383, 76.9453), (51.1283, 71.4305), 971_600),  # Almaty to Astana
        ((0, 179.9), (0, -179.9), 22_239),
    ],
)
def test_distance(a: tuple[float, float], b: tuple[float, float], metres: float) -> None:
    assert distance_m(*a, *b) == pytest.approx(metres, rel=0.003, abs=0.5)


@pytest.mark.parametrize(
    ("to", "degrees"),
    [((1.0, 0.0), 0), ((0.0, 1.0), 90), ((-1.0, 0.0), 180), ((0.0, -1.0), 270)],
)
def test_bearing(to: tuple[float, float], degrees: float) -> None:
    assert bearing_deg(0, 0, *to) == pytest.approx(degrees)


def test_offset_is_as_far_as_it_says() -> None:
    moved = offset(43.2, 76.9, north_m=300, east_m=400)
    assert distance_m(43.2, 76.9, *moved) == pytest.approx(500, rel=1e-4)
