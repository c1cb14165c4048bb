"""Pictures of any shape fit the input, and boxes come back to their own pixels."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vision import weights
from vision.letterbox import place

INTO = weights.describe("nanodet_g_person").preprocessing


@pytest.mark.parametrize(
    ("height", "width", "left", "top"),
    [
        (360, 640, 0, 12),
        (720, 1280, 0, 12),
        (384, 640, 0, 0),
        (480, 640, 64, 0),
        (1, 1, 128, 0),
        (4320, 7680, 0, 12),
    ],
)
def test_place_centres_the_picture(height: int, width: int, left: int, top: int) -> None:
    tensor, placement = place(np.full((height, width, 3), 255, np.uint8), INTO)
    assert tensor.shape == (1, 3, 384, 640)
    assert tensor.dtype == np.float32
    assert (placement.left, placement.top) == (left, top)
    padding = (np.float32(114) - np.array(INTO.mean)) / np.array(INTO.deviation)
    white = (np.float32(255) - np.array(INTO.mean)) / np.array(INTO.deviation)
    assert tensor[0, :, 192, 320] == pytest.approx(white, abs=1e-4)
    if top:
        assert tensor[0, :, 0, 0] == pytest.approx(padding, abs=1e-4)


def test_channels_are_in_the_order_of_the_weights() -> None:
    blue = np.zeros((384, 640, 3), np.uint8)
    blue[:, :, 0] = 255
    bgr, _ = place(blue, INTO)
    rgb, _ = place(blue, INTO.model_copy(update={"channels": "rgb"}))
    assert bgr[0, 0, 0, 0] > 2 > bgr[0, 2, 0, 0]
    assert rgb[0, 2, 0, 0] > 2 > rgb[0, 0, 0, 0]


@given(
    height=st.integers(1, 1200),
    width=st.integers(1, 1200),
    corner=st.tuples(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1)),
)
@settings(max_examples=40)
def test_boxes_come_back_and_stay_inside(
    height: int, width: int, corner: tuple[float, float, float, float]
) -> None:
    _, placement = place(np.zeros((height, width, 3), np.uint8), INTO)
    box = np.array([corner], np.float32) * np.array([width, height] * 2, np.float32)
    scale = np.array([placement.scale_x, placement.scale_y] * 2, np.float32)
    there = box * scale + np.array([placement.left, placement.top] * 2, np.float32)
    assert placement.back(there) == pytest.approx(box, abs=0.01 * max(height, width))
    wild = placement.back(np.array([[-1e4, -1e4, 1e4, 1e4]], np.float32))
    assert wild.tolist() == [[0, 0, width, height]]
