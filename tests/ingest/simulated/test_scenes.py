"""The scenes' geometry and truth agree with each other."""

import pytest

from ingest.simulated.scenes import EMPTY_HALL, LONG_QUEUE, SCENES, STAFFED, Point, Scene, scene
from models.observations import ZoneKind

EVERY_VARIANT = [pytest.param(s, v, id=f"{s.name}-{v}") for s in SCENES for v in s.variants]


def _inside(point: Point, polygon: tuple[Point, ...]) -> bool:
    """Ray casting, written here so that the test trusts no room's own geometry."""
    x, y = point
    crossings = 0
    for (x0, y0), (x1, y1) in zip(polygon, (*polygon[1:], polygon[0]), strict=True):
        if (y0 > y) != (y1 > y) and x < x0 + (y - y0) / (y1 - y0) * (x1 - x0):
            crossings += 1
    return crossings % 2 == 1


def test_there_are_at_least_four_halls_with_their_own_names_and_looks() -> None:
    assert len(SCENES) >= 4
    assert len({s.name for s in SCENES}) == len({s.look for s in SCENES}) == len(SCENES)


@pytest.mark.parametrize("hall", SCENES, ids=lambda s: s.name)
def test_zones_stay_in_the_picture_and_every_window_has_one(hall: Scene) -> None:
    operators = [z.window_number for z in hall.zones if z.kind is ZoneKind.OPERATOR]
    assert operators == list(hall.windows)
    assert [z.kind for z in hall.zones].count(ZoneKind.QUEUE) == 1
    for zone in hall.zones:
        assert len(zone.polygon) >= 3
        assert all(0 <= x <= 1 and 0 <= y <= 1 for x, y in zone.polygon)


@pytest.mark.parametrize("hall", SCENES, ids=lambda s: s.name)
def test_every_place_of_the_queue_is_in_the_queue_zone_and_in_no_other(hall: Scene) -> None:
    assert len(hall.places) >= hall.long_queue
    for place in hall.places:
        zones = [z.kind for z in hall.zones if _inside(place.foot, z.polygon)]
        assert zones == [ZoneKind.QUEUE]


@pytest.mark.parametrize(("hall", "variant"), EVERY_VARIANT)
def test_truth_is_what_the_variant_says(hall: Scene, variant: str) -> None:
    truth = hall.truth(variant)
    absent = [number for number, there in truth.present.items() if not there]
    assert tuple(truth.present) == hall.windows
    if variant == EMPTY_HALL:
        assert (truth.queue, absent) == (0, list(hall.windows))
    elif variant == LONG_QUEUE:
        assert 7 <= truth.queue <= 9
        assert absent == []
    elif variant == STAFFED:
        assert 2 <= truth.queue <= 3
        assert absent == []
    else:
        assert [variant] == [f"window-{number}-empty" for number in absent]


def test_unknown_scene_and_variant_are_refused() -> None:
    with pytest.raises(KeyError):
        scene("hall-99")
    with pytest.raises(KeyError):
        SCENES[0].truth("window-9-empty")
