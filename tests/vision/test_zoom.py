"""A zone far away is looked at larger, and nobody is counted twice or cut in two."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vision import pictures
from vision import weights
from vision.detector import Detections, Picture
from vision.detectors.choose import load_detector
from vision.zoom import Crop, crop_around, detect_in, merged, zoomed

ASPECT = 640 / 384


def box(left: float, top: float, right: float, bottom: float) -> np.ndarray:
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]])


@pytest.mark.parametrize(
    ("polygon", "size"),
    [
        (box(0.4, 0.4, 0.6, 0.5), (720, 1280)),
        (box(0.0, 0.0, 0.1, 0.1), (720, 1280)),
        (box(0.9, 0.9, 1.0, 1.0), (1080, 1920)),
        (box(0.2, 0.48, 0.7, 0.52), (720, 1280)),
    ],
    ids=["middle", "corner", "far corner", "a strip"],
)
def test_a_crop_holds_the_zone_and_has_the_networks_shape(
    polygon: np.ndarray, size: tuple[int, int]
) -> None:
    height, width = size
    crop = crop_around(polygon, height, width, aspect=ASPECT)
    assert crop is not None
    corners = polygon * [width, height]
    assert (corners.min(axis=0) >= [crop.left, crop.top]).all()
    assert (corners.max(axis=0) <= [crop.right, crop.bottom]).all()
    shape = (crop.right - crop.left) / (crop.bottom - crop.top)
    assert shape == pytest.approx(ASPECT, rel=0.05)


def test_a_zone_of_nearly_the_whole_picture_needs_no_crop() -> None:
    assert crop_around(box(0, 0, 1, 1), 720, 1280, aspect=ASPECT) is None
    assert crop_around(box(0.4, 0.4, 0.6, 0.6), 1, 1, aspect=ASPECT) is None


SHARE = st.floats(0, 1)


@given(
    corners=st.lists(st.tuples(SHARE, SHARE), min_size=3, max_size=6),
    height=st.integers(1, 5000),
    width=st.integers(1, 9000),
)
def test_a_crop_is_never_outside_or_empty(
    corners: list[tuple[float, float]], height: int, width: int
) -> None:
    crop = crop_around(np.array(corners), height, width, aspect=ASPECT)
    if crop is not None:
        assert 0 <= crop.left < crop.right <= width
        assert 0 <= crop.top < crop.bottom <= height


class Given:
    """A Detector that finds what a test says, in pixels of what it is shown."""

    name = "given"

    def __init__(self, *boxes: tuple[float, float, float, float]) -> None:
        self._boxes = np.array(boxes, np.float32).reshape(-1, 4)

    def detect(self, picture: Picture, *, score: float | None = None) -> Detections:
        self.shape = picture.shape
        return Detections(self._boxes, np.full(len(self._boxes), 0.9, np.float32))


def test_people_come_back_in_pixels_and_halves_are_left_to_the_whole_look() -> None:
    detector = Given((10, 20, 40, 90), (0, 20, 30, 90), (270, 20, 300, 90))
    crop = Crop(100, 50, 400, 230)
    found = detect_in(detector, np.zeros((720, 1280, 3), np.uint8), crop)
    assert detector.shape == (180, 300, 3)
    assert found.boxes.tolist() == [[110, 70, 140, 140]]
    at_edge = detect_in(detector, np.zeros((720, 400, 3), np.uint8), Crop(100, 50, 400, 230))
    assert len(at_edge) == 2  # the picture's own edge cuts nobody off


def detections(*rows: tuple[float, float, float, float, float]) -> Detections:
    table = np.array(rows, np.float32).reshape(-1, 5)
    return Detections(table[:, :4], table[:, 4])


def test_everybody_is_there_once() -> None:
    coarse = detections(
        (110, 70, 140, 140, 0.95), (600, 300, 640, 400, 0.5), (200, 70, 230, 140, 0.4)
    )
    fine = detections((111, 71, 141, 141, 0.6), (150, 70, 180, 140, 0.7))
    both = merged(coarse, fine, Crop(100, 50, 400, 230))
    assert sorted(both.boxes[:, 0].tolist()) == [111, 150, 200, 600]
    assert (np.diff(both.scores) <= 0).all()
    assert merged(coarse, Detections.none(), Crop(100, 50, 400, 230)) is coarse


def test_a_far_queue_is_seen_better_with_real_pixels() -> None:
    """The hall shrunk into a corner of a large picture, as a camera far away sees it."""
    far = np.full((1080, 1920, 3), 190, np.uint8)
    far[400:580, 800:1120] = pictures.hall("long-queue")[::2, ::2]
    detector = load_detector("openvino", weights.packaged()["nanodet_g_person"], precision="f32")
    zone = box(800 / 1920, 480 / 1080, 1120 / 1920, 580 / 1080)
    coarse = detector.detect(far)
    assert len(zoomed(detector, far, [zone], aspect=ASPECT)) >= len(coarse) + 4
    whole = box(0, 0, 1, 1)
    assert len(zoomed(detector, far, [whole], aspect=ASPECT)) == len(coarse)
