"""What somebody wears, as a histogram: tells neighbours in a queue apart, not who they are."""

import cv2
import numpy as np

from vision.detector import Picture
from vision.tracker import Colours
from vision.zones import Boxes

_TORSO = (0.25, 0.18, 0.75, 0.55)  # left, top, right, bottom of a box, in its own shares
_HUES, _GREYS = 12, 6
_COLOURLESS_BELOW = 40  # saturation, 0-255
_SIDE = 16  # pixels; a torso is scaled down to this


def colours(picture: Picture, boxes: Boxes) -> Colours:
    """Return a row a box of 12 hues, then 6 greys from dark to bright; boxes in picture shares."""
    height, width = picture.shape[:2]
    found = np.zeros((len(boxes), _HUES + _GREYS), np.float32)
    left, top, right, bottom = _TORSO
    for row, (x0, y0, x1, y1) in enumerate(boxes.tolist()):
        columns = slice(
            int((x0 + left * (x1 - x0)) * width), int((x0 + right * (x1 - x0)) * width) + 1
        )
        rows = slice(int((y0 + top * (y1 - y0)) * height), int((y0 + bottom * (y1 - y0)) * height))
        torso = picture[rows, columns]
        if not torso.size:
            found[row] = 1 / found.shape[1]
            continue
        small = cv2.resize(torso, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
        hue, saturation, value = cv2.cvtColor(small, cv2.COLOR_BGR2HSV).reshape(-1, 3).T
        grey = _HUES + value.astype(np.intp) * _GREYS // 256
        place = np.where(saturation < _COLOURLESS_BELOW, grey, hue.astype(np.intp) * _HUES // 180)
        found[row] = np.bincount(place, minlength=found.shape[1]) / place.size
    return found
