"""One look: decoded, judged, detected; costly only when something moved."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import numpy as np

from tests.vision import pictures
from vision.detector import Detections, Picture
from vision.eyes import Eyes, Look
from vision.sight import Sight
from vision.slots import CodedPicture

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

    def detect(self, picture: Picture, *, score: float | None = None) -> Detections:
        self.calls += 1
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
