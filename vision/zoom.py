"""A queue far away looked at again with real pixels: the crop around its zone, larger.

Pure functions of a picture and a polygon: whoever has the camera's main stream at hand gives that,
and the same code takes the part that matters of it.
"""

from collections.abc import Sequence

import numpy as np

from vision.detector import Crop as Crop
from vision.detector import Detections, Detector, Picture, Tensor
from vision.overlap import keep_best
from vision.zones import Polygon

_HEADROOM = 0.6  # of the zone's own height, above it: people stand up out of where their feet are
_MARGIN = 0.15  # of the zone's width and height, around it
_SMALLEST_PX = 32
_AT_EDGE_PX = 2.0
_OVERLAP = 0.55


def crop_around(polygon: Polygon, height: int, width: int, *, aspect: float) -> Crop | None:
    """Return the part of a picture to look at for a zone; None where it is nearly the whole one.

    Args:
        polygon: the zone in shares of the picture.
        height: of the picture, pixels.
        width: of the picture, pixels.
        aspect: width ÷ height of the network's input, which the crop takes on where it can.
    """
    left, top = polygon.min(axis=0)
    right, bottom = polygon.max(axis=0)
    wide, high = right - left, bottom - top
    x0, x1 = (left - _MARGIN * wide) * width, (right + _MARGIN * wide) * width
    y0, y1 = (top - _HEADROOM * high) * height, (bottom + _MARGIN * high) * height
    missing_x = max(0.0, (y1 - y0) * aspect - (x1 - x0), _SMALLEST_PX - (x1 - x0))
    missing_y = max(0.0, (x1 - x0) / aspect - (y1 - y0), _SMALLEST_PX - (y1 - y0))
    x0, x1 = _within(x0 - missing_x / 2, x1 + missing_x / 2, width)
    y0, y1 = _within(y0 - missing_y, y1, height)  # more above than below: heads
    crop = Crop(int(x0), int(y0), int(np.ceil(x1)), int(np.ceil(y1)))
    nearly = (crop.right - crop.left) * (crop.bottom - crop.top) > 0.8 * width * height
    return None if nearly else crop


def detect_in(
    detector: Detector, picture: Picture, crop: Crop, *, score: float | None = None
) -> Detections:
    """Return the people of the crop in pixels of the picture, without those it cuts in two."""
    height, width = picture.shape[:2]
    found = detector.detect(crop.of(picture), score=score)
    boxes = found.boxes + np.array([crop.left, crop.top] * 2, np.float32)
    inner = np.array([crop.left if crop.left else -9, crop.top if crop.top else -9], np.float32)
    outer = np.array(
        [
            crop.right if crop.right < width else width + 9,
            crop.bottom if crop.bottom < height else height + 9,
        ],
        np.float32,
    )
    whole = (boxes[:, :2] > inner + _AT_EDGE_PX).all(axis=1)
    whole &= (boxes[:, 2:] < outer - _AT_EDGE_PX).all(axis=1)
    return Detections(boxes[whole], found.scores[whole])


def merged(coarse: Detections, fine: Detections, crop: Crop) -> Detections:
    """Return everybody once: inside the crop who was seen large, elsewhere who was seen at all.

    Somebody of the coarse look stays unless the fine look found them, too (IoU above _OVERLAP).
    """
    if not len(fine):
        return coarse
    middles = (coarse.boxes[:, :2] + coarse.boxes[:, 2:]) / 2
    inside = (middles >= [crop.left, crop.top]).all(axis=1)
    inside &= (middles < [crop.right, crop.bottom]).all(axis=1)
    boxes: Tensor = np.concatenate([fine.boxes, coarse.boxes])
    # What the fine look says of a place weighs more, however sure the coarse one is.
    order = np.concatenate([fine.scores + 1, coarse.scores])
    order[len(fine) :][~inside] += 1
    kept = keep_best(boxes, order.astype(np.float32), overlap=_OVERLAP)
    scores = np.concatenate([fine.scores, coarse.scores])[kept]
    best = np.argsort(-scores, kind="stable")
    return Detections(boxes[kept][best], scores[best])


def zoomed(
    detector: Detector,
    picture: Picture,
    polygons: Sequence[Polygon],
    *,
    aspect: float,
    score: float | None = None,
) -> Detections:
    """Return the people of a picture, those around the zones as another, larger look sees them."""
    found = whole = detector.detect(picture, score=score)
    height, width = picture.shape[:2]
    for polygon in polygons:
        crop = crop_around(polygon, height, width, aspect=aspect)
        if crop is not None:
            found = merged(found, detect_in(detector, picture, crop, score=score), crop)
    return Detections(found.boxes, found.scores, whole.faint)


def _within(start: float, end: float, size: int) -> tuple[float, float]:
    """Move a span into 0…size; one that is longer is cut."""
    if end - start >= size:
        return 0.0, float(size)
    if start < 0:
        return 0.0, end - start
    if end > size:
        return size - (end - start), float(size)
    return start, end
