"""One look: decoded, judged, detected; costly only when something moved."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import numpy as np

from models.observations import ZoneKind
from tests.vision import pictures
from vision.detector import Detections, Picture
from vision.eyes import Eyes, Look
from vision.sight import Sight
from vision.slots import CodedPicture
from vision.watched import Plan, WatchedCamera
from vision.zones import Polygon, watched_zone

CAMERA, OTHER = UUID(int=1), UUID(int=2)
NOON = datetime(2026, 3, 19, 7, 0, tzinfo=UTC)
HALL, FULL = pictures.hall(), pictures.hall("long-queue")
DARK = np.full((360, 640, 3), 3, np.uint8)
CONFIG, (CODED, CODED_FULL, CODED_DARK) = pictures.coded(HALL, FULL, DARK)


class Counting:
    """A Detector that finds one person in the middle and counts its calls."""

    name = "counting"

    def __init__(self) -> None:
        self.calls = 0
        self.last: Picture | None = None
        self.score: float | None = None

    def detect(self, picture: Picture, *, score: float | None = None) -> Detections:
        self.calls += 1
        self.last, self.score = picture, score
        height, width = picture.shape[:2]
        box = np.array([[width / 4, height / 4, width / 2, height / 2]], np.float32)
        return Detections(box, np.array([0.9], np.float32))


def picture(
    coded: bytes, second: float, camera_id: UUID = CAMERA, config: bytes = CONFIG
) -> CodedPicture:
    return CodedPicture(camera_id, config, coded, NOON + timedelta(seconds=second), second)


def look_at(eyes: Eyes, detector: Counting, coded: CodedPicture) -> Look:
    look = eyes.look(detector, coded)
    assert look is not None
    return look


def test_people_are_told_in_shares_of_the_picture() -> None:
    look = look_at(Eyes(), Counting(), picture(CODED, 0))
    assert (look.sight, look.at) == (Sight.CLEAR, NOON)
    assert look.boxes is not None
    assert look.boxes.tolist() == [[0.25, 0.25, 0.5, 0.5]]


def test_an_unchanged_picture_costs_nothing_for_ten_seconds() -> None:
    detector = Counting()
    eyes = Eyes()
    for second in range(10):
        look = look_at(eyes, detector, picture(CODED, second))
        assert look.boxes is not None
        assert len(look.boxes) == 1
    assert detector.calls == 1
    look_at(eyes, detector, picture(CODED, 10))
    assert detector.calls == 2
    look_at(eyes, detector, picture(CODED_FULL, 11))
    assert detector.calls == 3


def test_a_far_zone_is_looked_at_once_more() -> None:
    detector, eyes = Counting(), Eyes()
    corner = np.array([[0.7, 0.7], [0.9, 0.7], [0.9, 0.9], [0.7, 0.9]])
    zone = watched_zone(UUID(int=9), ZoneKind.QUEUE, corner)
    eyes.watch({CAMERA: WatchedCamera(CAMERA, OTHER, "node-1", (zone,), {}, far=(corner,))})
    look = look_at(eyes, detector, picture(CODED, 0))
    assert detector.calls == 2
    assert detector.last is not None
    assert detector.last.shape[1] < 320
    assert look.boxes is not None
    (large,) = [box for box in look.boxes.tolist() if box[0] > 0.5]
    assert 0.6 < large[0] < large[2] < 0.9


def test_a_dark_picture_shows_nothing_and_forgets_the_people() -> None:
    detector = Counting()
    eyes = Eyes()
    look_at(eyes, detector, picture(CODED, 0))
    dark = look_at(eyes, detector, picture(CODED_DARK, 1))
    assert (dark.sight, dark.boxes) == (Sight.DARK, None)
    look_at(eyes, detector, picture(CODED, 2))
    assert detector.calls == 2


def test_a_frozen_picture_shows_nothing() -> None:
    eyes, detector = Eyes(), Counting()
    sees = [look_at(eyes, detector, picture(CODED, second)).sight for second in range(32)]
    assert sees == [Sight.CLEAR] * 30 + [Sight.FROZEN] * 2


def test_a_broken_picture_is_a_blind_look_and_siblings_go_on() -> None:
    eyes, detector = Eyes(), Counting()
    broken = look_at(eyes, detector, picture(b"broken", 0))
    assert (broken.sight, broken.boxes) == (None, None)
    foreign = look_at(eyes, detector, picture(CODED, 0, OTHER, config=b"not an avcC"))
    assert foreign.boxes is None
    assert look_at(eyes, detector, picture(CODED, 1)).boxes is not None


def test_a_stream_that_changes_its_size_is_followed() -> None:
    eyes, detector = Eyes(), Counting()
    look_at(eyes, detector, picture(CODED, 0))
    small_config, (small,) = pictures.coded(pictures.noise(120, 160))
    look = look_at(eyes, detector, picture(small, 1, config=small_config))
    assert look.boxes is not None
    assert look.boxes.tolist() == [[0.25, 0.25, 0.5, 0.5]]


def test_cameras_that_left_are_forgotten() -> None:
    detector = Counting()
    eyes = Eyes()
    look_at(eyes, detector, picture(CODED, 0))
    eyes.watch({})
    look_at(eyes, detector, picture(CODED, 1))
    assert detector.calls == 2


def test_only_movement_near_the_zones_is_looked_at() -> None:
    eyes, detector = Eyes(), Counting()
    queue = np.array([[0, 0.5], [1, 0.5], [1, 1], [0, 1]])
    sign = HALL.copy()
    sign[20:60, 100:200] = 255
    config, (plain, lit) = pictures.coded(HALL, sign)
    eyes.watch(plan(queue))
    for second, coded in enumerate((plain, lit, plain)):
        look_at(eyes, detector, picture(coded, second, config=config))
    assert detector.calls == 1
    eyes.watch(plan(queue))  # read again, nothing was redrawn
    look_at(eyes, detector, picture(lit, 3, config=config))
    assert detector.calls == 1
    eyes.watch(plan(queue - [0, 0.5]))
    look_at(eyes, detector, picture(plain, 4, config=config))
    assert detector.calls == 2


def test_what_is_masked_is_never_given_to_the_detector() -> None:
    eyes, detector = Eyes(), Counting()
    left = np.array([[0, 0], [0.5, 0], [0.5, 1], [0, 1]])
    eyes.watch(plan(left, masks=(left,)))
    look_at(eyes, detector, picture(CODED, 0))
    assert detector.last is not None
    assert not detector.last[:, :318].any()
    assert detector.last[:, 322:].std() > 20


def test_a_large_mask_does_not_make_a_camera_blind() -> None:
    eyes, detector = Eyes(), Counting()
    dim = (HALL // 4).astype(np.uint8)
    config, (coded,) = pictures.coded(dim)
    most = np.array([[0, 0], [0.7, 0], [0.7, 1], [0, 1]])
    eyes.watch(plan(np.array([[0.7, 0], [1, 0], [1, 1], [0.7, 1]]), masks=(most,)))
    assert look_at(eyes, detector, picture(coded, 0, config=config)).sight is Sight.CLEAR


def test_a_camera_may_have_a_threshold_of_its_own() -> None:
    eyes, detector = Eyes(), Counting()
    zone = np.array([[0, 0], [0.5, 0], [0.5, 1], [0, 1]])
    eyes.watch({CAMERA: replace(plan(zone)[CAMERA], score=0.55)})
    look_at(eyes, detector, picture(CODED, 0))
    assert detector.score == 0.55


def test_pictures_that_need_one_another_are_seen_in_their_order() -> None:
    eyes, detector = Eyes(), Counting()
    config, units = pictures.stream(*[pictures.hall(number=n) for n in range(4)])
    whole = replace(picture(units[2], 0, config=config), before=tuple(units[:2]))
    assert look_at(eyes, detector, whole).sight is Sight.CLEAR
    following = replace(picture(units[3], 1, config=config), before=())
    assert look_at(eyes, detector, following).sight is Sight.CLEAR
    garbage = replace(picture(b"garbage", 2, config=config), before=())
    assert look_at(eyes, detector, garbage).broken


def plan(polygon: Polygon, masks: tuple[Polygon, ...] = ()) -> Plan:
    zone = watched_zone(UUID(int=7), ZoneKind.QUEUE, polygon)
    return {CAMERA: WatchedCamera(CAMERA, UUID(int=8), "node-1", (zone,), {}, masks)}
