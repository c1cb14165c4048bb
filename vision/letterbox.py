"""Picture → network input without distortion, and boxes back to the picture's own pixels."""

from dataclasses import dataclass

import cv2
import numpy as np

from vision.detector import Picture, Tensor
from vision.weights import Preprocessing


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
    height, width = picture.shape[:2]
    scale = min(into.width / width, into.height / height)
    new_width = max(1, round(width * scale))
    new_height = max(1, round(height * scale))
    left, top = (into.width - new_width) // 2, (into.height - new_height) // 2
    if (new_width, new_height) != (width, height):
        method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        resized = cv2.resize(picture, (new_width, new_height), interpolation=method)
        picture = np.asarray(resized, np.uint8)
    padded = np.full((into.height, into.width, 3), into.padding, np.uint8)
    padded[top : top + new_height, left : left + new_width] = picture
    if into.channels == "rgb":
        padded = padded[:, :, ::-1]
    planes = np.ascontiguousarray(padded.transpose(2, 0, 1)).astype(np.float32)
    mean = np.asarray(into.mean, np.float32)[:, None, None]
    deviation = np.asarray(into.deviation, np.float32)[:, None, None]
    planes -= mean
    planes *= 1 / deviation
    placement = Placement(new_width / width, new_height / height, left, top, width, height)
    return planes[None], placement
