"""A route from what a van drove."""

from datetime import timedelta

import pytest

from geo.plans.driven import Driven, line_of_track, stays
from geo.plans.lines import along_m
from models.kit.errors import InvalidInput
from tests.builders import NOON


def _drive(*legs: tuple[float, float, int]) -> list[Driven]:
    """Fixes every half minute; a leg is (degrees east at its start, at its end, minutes)."""
    fixes = []
    at = NOON
    for start, end, minutes in legs:
        for step in range(minutes * 2):
            longitude = start + (end - start) * step / (minutes * 2)
            wobble = (step % 3 - 1) * 0.00004  # 4 m of a receiver's error
            fixes.append(Driven(at, (43.0 + wobble, longitude)))
            at += timedelta(seconds=30)
    return fixes


TRACK = _drive((77.0, 77.3, 30), (77.3, 77.3, 20), (77.3, 77.6, 30), (77.6, 77.6, 3))


def test_the_line_has_few_points_and_the_roads_length() -> None:
    line, remarks = line_of_track(TRACK)
    assert len(line) < 12
    assert along_m(line)[-1] == pytest.approx(48_800, rel=0.02)
    assert remarks == []


def test_a_stay_is_found_and_a_short_halt_is_not() -> None:
    (stay,) = stays(TRACK)
    assert stay.place[1] == pytest.approx(77.3, abs=0.001)
    assert stay.until - stay.since == pytest.approx(timedelta(minutes=20), abs=timedelta(minutes=1))


def test_a_track_with_a_hole_is_remarked() -> None:
    _, remarks = line_of_track(_drive((77.0, 77.1, 10), (77.4, 77.5, 10)))
    assert remarks == ["gaps"]


@pytest.mark.parametrize("track", [[], _drive((77.0, 77.0, 30))], ids=["nothing", "parked"])
def test_who_did_not_drive_has_no_route(track: list[Driven]) -> None:
    with pytest.raises(InvalidInput, match="less than a kilometre"):
        line_of_track(track)
