"""Looks at parts: who stands elsewhere stays, who was looked for and not found goes."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.observations import ZoneKind
from tests.vision import pictures
from vision import weights
from vision.detector import Crop, Detections, Picture
from vision.detectors.choose import load_detector
from vision.eyes import Eyes
from vision.overlap import iou
from vision.parts import Found, cheapest, crop_of, inner, places, renewed
from vision.slots import CodedPicture
from vision.watched import WatchedCamera
from vision.zones import watched_zone

NOBODY = np.zeros((0, 4))
HEIGHT, WIDTH = 360, 640
NOON = datetime(2026, 3, 19, 7, 0, tzinfo=UTC)
CAMERA = UUID(int=1)


def moved(*edges: tuple[int, int, int, int]) -> np.ndarray:
    """Changed pixels of a thumbnail: left, top, right, bottom."""
    changed = np.zeros((90, 160), np.bool_)
    for left, top, right, bottom in edges:
        changed[top:bottom, left:right] = True
    return changed


def people(*rows: tuple[float, float, float, float]) -> np.ndarray:
    return np.array(rows, np.float64).reshape(-1, 4)


def found(*rows: tuple[float, float, float, float]) -> Detections:
    boxes = np.array(rows, np.float32).reshape(-1, 4)
    return Detections(boxes, np.full(len(boxes), 0.9, np.float32))


def test_what_moves_is_looked_at_with_a_margin_and_with_whom_it_touches() -> None:
    beside = (0.55, 0.4, 0.65, 0.9)
    far = (0.05, 0.1, 0.1, 0.3)
    (place,) = places(moved((80, 45, 90, 60)), None, people(beside, far)) or []
    left, top, right, bottom = place
    assert left < 0.5 < 0.5625 < right
    assert (top, right) < (0.4, 1)
    assert right > 0.65
    assert bottom > 0.9
    assert left > far[2]


def test_two_corners_are_two_looks_and_everything_is_one_of_all() -> None:
    corners = moved((2, 2, 12, 12), (145, 75, 155, 85))
    assert len(places(corners, None, NOBODY) or []) == 2
    assert places(moved((0, 0, 160, 90)), None, NOBODY) is None
    assert len(places(moved((70, 40, 80, 50), (84, 40, 94, 50)), None, NOBODY) or []) == 1


def test_what_moves_outside_of_the_zones_is_left_unless_somebody_was_there() -> None:
    zone = moved((0, 60, 160, 90))
    outside, across = (20, 5, 30, 15), (100, 40, 110, 70)
    ((left, top, _, _),) = places(moved(outside, across), zone, NOBODY) or []
    assert left > 0.5
    assert top < 0.5  # who stands in a zone is looked at up to the head
    somebody = people((0.12, 0.05, 0.19, 0.17))
    assert len(places(moved(outside, across), zone, somebody) or []) == 2


SHARE = st.floats(0, 1, width=32)
BODY = st.tuples(SHARE, SHARE, SHARE, SHARE).map(
    lambda e: (min(e[0], e[2]), min(e[1], e[3]), max(e[0], e[2]) + 0.01, max(e[1], e[3]) + 0.01)
)
SPOT = st.tuples(st.integers(0, 150), st.integers(0, 80), st.integers(3, 30), st.integers(3, 30))


@given(st.lists(BODY, max_size=6), st.lists(SPOT, min_size=1, max_size=5))
def test_nobody_known_is_cut_and_all_that_changed_is_looked_at(
    bodies: list[tuple[float, float, float, float]], spots: list[tuple[int, int, int, int]]
) -> None:
    changed = moved(*((x, y, min(160, x + w), min(90, y + h)) for x, y, w, h in spots))
    found_places = places(changed, None, people(*bodies))
    if found_places is None:
        return
    seen = np.zeros_like(changed)
    for left, top, right, bottom in found_places:
        assert 0 <= left < right <= 1
        assert 0 <= top < bottom <= 1
        seen[int(top * 90) : int(bottom * 90) + 1, int(left * 160) : int(right * 160) + 1] = True
        for body in bodies:
            inside = left <= body[0] and top <= body[1]
            inside = inside and right >= min(1, body[2]) and bottom >= min(1, body[3])
            apart = body[2] <= left or body[0] >= right or body[3] <= top or body[1] >= bottom
            assert inside or apart
    assert seen[changed].all()


@given(st.lists(BODY, max_size=6), BODY)
def test_who_stands_elsewhere_stays_and_who_is_not_found_again_goes(
    bodies: list[tuple[float, float, float, float]], place: tuple[float, float, float, float]
) -> None:
    crop = crop_of((*place[:2], min(1, place[2]), min(1, place[3])), HEIGHT, WIDTH)
    before = people(*bodies)
    after = renewed(Found(before, before), [(Detections.none(), crop)], HEIGHT, WIDTH)
    assert after is not None
    size = np.array([WIDTH, HEIGHT] * 2)
    edges = np.array([crop.left, crop.top, crop.right, crop.bottom]) / size
    covered = (before[:, :2] >= edges[:2]).all(axis=1) & (before[:, 2:] <= edges[2:]).all(axis=1)
    assert after.sure.tolist() == before[~covered].tolist()
    assert after.faint.tolist() == before[~covered].tolist()


def test_parts_are_looked_at_in_the_cheapest_way() -> None:
    left, right = Crop(0, 0, 100, 100), Crop(110, 0, 210, 100)
    assert cheapest([left, right], lambda crop: 0.2) == [Crop(0, 0, 210, 100)]
    assert cheapest([left, right], lambda crop: crop.right / 1000) == [Crop(0, 0, 210, 100)]
    apart = cheapest([left, right], lambda crop: 0.2 if crop in (left, right) else 0.6)
    assert apart == [left, right]
    assert cheapest([left, right], lambda crop: 0.72) is None


def test_a_newcomer_is_added_and_a_half_of_somebody_known_is_not() -> None:
    known = people((0.45, 0.2, 0.55, 0.8))
    crop = Crop(0, 0, 320, 360)
    half, newcomer = (290, 72, 320, 288), (60, 100, 90, 250)
    after = renewed(Found(known, NOBODY), [(found(half, newcomer), crop)], HEIGHT, WIDTH)
    assert after is not None
    assert len(after.sure) == 2
    assert after.sure[0].tolist() == known[0].tolist()
    assert renewed(Found(NOBODY, NOBODY), [(found(half), crop)], HEIGHT, WIDTH) is None


def test_who_is_found_by_two_looks_is_there_once() -> None:
    box = (300, 100, 330, 200)
    looks = [(found(box), Crop(256, 64, 400, 300)), (found(box), Crop(280, 0, 500, 300))]
    after = renewed(Found(NOBODY, NOBODY), looks, HEIGHT, WIDTH)
    assert after is not None
    assert len(after.sure) == 1


def test_only_pixels_that_were_looked_at_count_as_seen() -> None:
    rows, columns = inner(Crop(5, 5, 636, 355), HEIGHT, WIDTH)
    assert (rows, columns) == (slice(2, 88), slice(2, 159))
    assert inner(Crop(0, 0, WIDTH, HEIGHT), HEIGHT, WIDTH) == (slice(0, 90), slice(0, 160))


class Parted:
    """A PartDetector that sees whoever is put into ``there``, and counts its looks."""

    name = "parted"
    sees_parts = True

    def __init__(self) -> None:
        self.there: list[tuple[float, float, float, float]] = []
        self.whole = 0
        self.crops: list[Crop] = []

    def detect(self, picture: Picture, *, score: float | None = None) -> Detections:
        self.whole += 1
        return found(*self.there)

    def share(self, height: int, width: int, crop: Crop) -> float:
        return (crop.right - crop.left) * (crop.bottom - crop.top) / (height * width)

    def detect_part(
        self, picture: Picture, crop: Crop, *, score: float | None = None
    ) -> tuple[Detections, Crop]:
        self.crops.append(crop)
        inside = [
            box
            for box in self.there
            if box[0] >= crop.left and box[1] >= crop.top and box[2] <= crop.right
        ]
        return found(*inside), crop


def test_a_still_person_stays_while_another_walks_and_is_looked_for_after_ten_seconds() -> None:
    hall = pictures.hall()
    walks = [hall.copy() for _ in range(12)]
    for second, picture in enumerate(walks):
        picture[200:340, 40 + 9 * second : 100 + 9 * second] = (20, 40, 160)
    config, coded = pictures.coded(*walks)
    zone = watched_zone(UUID(int=3), ZoneKind.QUEUE, [[0, 0], [1, 0], [1, 1], [0, 1]])
    eyes, detector = Eyes(), Parted()
    eyes.watch({CAMERA: WatchedCamera(CAMERA, UUID(int=2), "node-1", (zone,), {})})
    told = []
    for second, unit in enumerate(coded):
        walker = (40.0 + 9 * second, 200.0, 100.0 + 9 * second, 340.0)
        still = (500.0, 100.0, 540.0, 300.0)
        detector.there = [walker, still] if second < 3 else [walker]  # seen no longer
        at = NOON + timedelta(seconds=second)
        look = eyes.look(detector, CodedPicture(CAMERA, config, unit, at, second))
        assert look is not None
        assert look.boxes is not None
        told.append(len(look.boxes))
    assert told == [2] * 10 + [1] * 2
    assert detector.whole == 2
    assert len(detector.crops) == 10
    assert all(crop.right < 480 for crop in detector.crops)


@pytest.mark.parametrize("part", [Crop(150, 60, 420, 350), Crop(10, 150, 90, 340)], ids=str)
def test_the_default_sees_in_a_part_whom_it_sees_in_the_whole(part: Crop) -> None:
    detector = load_detector("openvino", weights.packaged()["nanodet_g_person"], precision="f32")
    picture = pictures.hall("long-queue", 20)
    assert detector.sees_parts
    found_part, seen = detector.detect_part(picture, part)
    assert seen.left <= part.left
    assert seen.top <= part.top
    assert (seen.right, seen.bottom) >= (part.right, part.bottom)
    margin = 20
    whole = detector.detect(picture).boxes
    middles = (whole[:, :2] + whole[:, 2:]) / 2
    inside = (middles > [seen.left + margin, seen.top + margin]).all(axis=1)
    inside &= (middles < [seen.right - margin, seen.bottom - margin]).all(axis=1)
    uncut = (whole[:, 0] > seen.left + 2) & (whole[:, 2] < seen.right - 2) & inside
    assert uncut.any()
    assert all(iou(box, found_part.boxes).max() > 0.6 for box in whole[uncut])
