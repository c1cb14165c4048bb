"""Picture → network input without distortion, and boxes back to the picture's own pixels."""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from vision.detector import Crop, Picture, Tensor
from vision.weights import Preprocessing

STEP_X, STEP_Y = 128, 64  # of a smaller input; each size costs a little memory
_STRIDE = 32  # pixels of the largest cell


@dataclass(frozen=True, slots=True)
class Placement:
    """Where the picture lies inside the input: ``x × scale_x + left`` and so on, in pixels."""

    scale_x: float
    scale_y: float
    left: int
    top: int
    width: int
    height: int

    def back(self, boxes: Tensor) -> Tensor:
        """Return N × 4 boxes of the input as boxes of the picture, cut at its edges."""
        offset = np.array([self.left, self.top] * 2, np.float32)
        scale = np.array([self.scale_x, self.scale_y] * 2, np.float32)
        edge = np.array([self.width, self.height] * 2, np.float32)
        inside: Tensor = np.clip((boxes - offset) / scale, 0, edge).astype(np.float32)
        return inside


def place(picture: Picture, into: Preprocessing) -> tuple[Tensor, Placement]:
    """Return the 1×3×H×W float32 input and how to map boxes back."""
    padded, placement = _padded(picture, into)
    return _levels(padded, into), placement


def place_part(picture: Picture, crop: Crop, into: Preprocessing) -> tuple[Tensor, Placement, Crop]:
    """Return a part of that same input, which holds the crop, and the crop that it shows.

    Parts have one of few sizes and begin where cells of the network do, so that what is in the
    middle of one is seen as in the whole input.
    """
    padded, whole = _padded(picture, into)
    left, top, right, bottom = _window(whole, crop, into)
    placement = replace(whole, left=whole.left - left, top=whole.top - top)
    corners = np.array([[0, 0, right - left, bottom - top]], np.float32)
    ends = placement.back(corners)[0].tolist()
    return _levels(padded[top:bottom, left:right], into), placement, Crop(*map(round, ends))


def part_share(height: int, width: int, crop: Crop, into: Preprocessing) -> float:
    """Return how much of the whole input the part for a crop of such a picture would be."""
    left, top, right, bottom = _window(_whole(height, width, into), crop, into)
    return (right - left) * (bottom - top) / (into.width * into.height)


def _window(whole: Placement, crop: Crop, into: Preprocessing) -> tuple[int, int, int, int]:
    """Return left, top, right, bottom of the part of the input that shows a crop."""
    left, right = _steps(
        crop.left * whole.scale_x + whole.left,
        crop.right * whole.scale_x + whole.left,
        into.width,
        STEP_X,
    )
    top, bottom = _steps(
        crop.top * whole.scale_y + whole.top,
        crop.bottom * whole.scale_y + whole.top,
        into.height,
        STEP_Y,
    )
    return left, top, right, bottom


def _steps(start: float, end: float, most: int, step: int) -> tuple[int, int]:
    """Return a span around another that begins at a cell and is whole steps long."""
    first = int(start // _STRIDE) * _STRIDE
    length = min(most, -int(-(end - first) // step) * step)
    spare = int(length - (end - first)) // 2 // _STRIDE * _STRIDE
    first = min(max(0, first - spare), most - length)
    return first, first + length


def _padded(picture: Picture, into: Preprocessing) -> tuple[Picture, Placement]:
    """Return the picture, scaled, in the middle of the input's size."""
    height, width = picture.shape[:2]
    whole = _whole(height, width, into)
    new_width, new_height = round(width * whole.scale_x), round(height * whole.scale_y)
    left, top = whole.left, whole.top
    if (new_width, new_height) != (width, height):
        method = cv2.INTER_AREA if new_width < width else cv2.INTER_LINEAR
        resized = cv2.resize(picture, (new_width, new_height), interpolation=method)
        picture = np.asarray(resized, np.uint8)
    padded = np.full((into.height, into.width, 3), into.padding, np.uint8)
    padded[top : top + new_height, left : left + new_width] = picture
    return padded, whole


def _whole(height: int, width: int, into: Preprocessing) -> Placement:
    scale = min(into.width / width, into.height / height)
    new_width = max(1, round(width * scale))
    new_height = max(1, round(height * scale))
    left, top = (into.width - new_width) // 2, (into.height - new_height) // 2
    return Placement(new_width / width, new_height / height, left, top, width, height)


def _levels(padded: Picture, into: Preprocessing) -> Tensor:
    """Return H × W × 3 bytes as the network takes them."""
    planes = np.empty((1, 3, *padded.shape[:2]), np.float32)
    order = (2, 1, 0) if into.channels == "rgb" else (0, 1, 2)
    for plane, channel in enumerate(order):
        scale = np.float32(1 / into.deviation[plane])
        np.multiply(padded[:, :, channel], scale, out=planes[0, plane])
        planes[0, plane] -= np.float32(into.mean[plane]) * scale
    return planes
