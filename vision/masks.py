"""What must not be looked at, painted over before anything else sees the picture."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.zones import Polygon

_SHIFT = 4  # cv2 takes corners in 1/16 of a pixel


@dataclass(frozen=True, slots=True)
class Masks:
    """Polygons in picture shares; call it with a picture, grey or colour, to paint them black."""

    polygons: tuple[Polygon, ...]

    def __call__(self, picture: NDArray[np.uint8]) -> None:
        height, width = picture.shape[:2]
        size = np.array([width, height], np.float64)
        corners = [
            np.round((polygon * size - 0.5) * (1 << _SHIFT)).astype(np.int32)
            for polygon in self.polygons
        ]
        black = 0 if picture.ndim == 2 else (0, 0, 0)
        for polygon in corners:
            cv2.fillPoly(picture, [polygon], black, shift=_SHIFT)
