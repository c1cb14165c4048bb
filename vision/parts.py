"""Which parts of a picture to look at again, and what earlier looks still say of the rest.

Somebody who was found stands until a look at that place does not find them any more.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from operator import itemgetter

import cv2
import numpy as np

from vision.detector import Crop, Detections
from vision.gate import Part
from vision.overlap import iou
from vision.zones import Boxes, Edges, shared

# Somebody's clothes may look like the wall behind: more is looked at than what changed.
_MARGIN_X, _MARGIN_Y = 0.03, 0.05  # of the picture, on each side
_MOST = 0.75  # of the picture; beyond it a look at all of it costs little more
_A_LOOK_MORE = 0.04  # of the picture: what one more look costs besides its pixels
_FEWEST = 15  # pixels of a thumbnail, spread by one; a lone one is noise
_UNDER = 0.1  # of what is under a box: if that changed, so may have who stood there
THUMBNAIL = (90, 160)  # rows, columns
_SAME, _COVERED = 0.55, 0.6
_AT_EDGE_PX = 2.0


@dataclass(frozen=True, slots=True)
class Found:
    """People in picture shares, N × 4: those that are sure, and faint boxes."""

    sure: Boxes
    faint: Boxes


def places(changed: Part, part: Part | None, people: Boxes) -> list[Edges] | None:
    """Return what to look at again, in picture shares; None where that is nearly everything.

    Args:
        changed: the pixels of the thumbnail that changed since they were looked at.
        part: where a change counts; None for everywhere.
        people: who was found, in picture shares; each is inside of a place or outside of all.
    """
    height, width = changed.shape
    count, labels, stats, _ = cv2.connectedComponentsWithStats(
        cv2.dilate(changed.astype(np.uint8), np.ones((3, 3), np.uint8))
    )
    counts = set(range(1, count) if part is None else np.unique(labels[part & changed]).tolist())
    pixels = [stats[n] for n in counts if n and stats[n, cv2.CC_STAT_AREA] >= _FEWEST]
    found = [
        _with_margin((x / width, y / height, (x + wide) / width, (y + high) / height))
        for x, y, wide, high, _ in (each.tolist() for each in pixels)
    ]
    bodies = [(box[0], box[1], box[2], box[3]) for box in people.clip(0, 1).tolist()]
    found += [_with_margin(body) for body in bodies if _changed_under(body, changed)]
    found = _together(found, bodies)
    return found if found and sum(map(_area, found)) < _MOST else None


def cheapest(where: Sequence[Crop], share: Callable[[Crop], float]) -> list[Crop] | None:
    """Return the crops, or one around all; None where a look at everything costs little more.

    ``share``: what a look at a crop costs, 1 for the whole picture.
    """
    around = Crop(
        min(crop.left for crop in where),
        min(crop.top for crop in where),
        max(crop.right for crop in where),
        max(crop.bottom for crop in where),
    )
    costs = [
        (sum(share(crop) + _A_LOOK_MORE for crop in crops), crops) for crops in (where, [around])
    ]
    cost, crops = min(costs, key=itemgetter(0))
    return list(crops) if cost < _MOST else None


def renewed(
    before: Found, looks: Sequence[tuple[Detections, Crop]], height: int, width: int
) -> Found | None:
    """Return who is there after looks at parts; None where somebody unknown is cut by an edge.

    Args:
        before: what earlier looks found.
        looks: at parts of the picture, boxes in pixels of the whole picture.
        height: of the picture, pixels.
        width: of the picture, pixels.
    """
    size = np.array([width, height] * 2, np.float64)
    crops = [_shares(crop, size) for _, crop in looks]
    stands = before.sure[~_inside_any(before.sure, crops)]
    sure = [stands]
    for found, crop in looks:
        boxes, cut = found.boxes / size, _cut(found.boxes, crop, height, width)
        if len(_unknown(boxes[cut], stands)):
            return None
        sure.append(boxes[~cut])
    faint = [before.faint[~_inside_any(before.faint, crops)]]
    faint += [found.faint / size for found, _ in looks]
    return Found(_once(sure), np.concatenate(faint))


def crop_of(place: Edges, height: int, width: int) -> Crop:
    """Return the pixels of a place in a picture."""
    left, top, right, bottom = place
    return Crop(
        int(left * width), int(top * height), -int(-right * width // 1), -int(-bottom * height // 1)
    )


def inner(crop: Crop, height: int, width: int) -> tuple[slice, slice]:
    """Return the rows and columns of a thumbnail that lie inside a crop of a picture."""
    rows, columns = THUMBNAIL
    down, right = rows / height, columns / width
    return (
        slice(-int(-crop.top * down // 1), int(crop.bottom * down)),
        slice(-int(-crop.left * right // 1), int(crop.right * right)),
    )


def _with_margin(place: Edges) -> Edges:
    left, top, right, bottom = place
    return (
        max(0.0, left - _MARGIN_X),
        max(0.0, top - _MARGIN_Y),
        min(1.0, right + _MARGIN_X),
        min(1.0, bottom + _MARGIN_Y),
    )


def _changed_under(body: Edges, changed: Part) -> bool:
    height, width = changed.shape
    left, top, right, bottom = body
    under = changed[
        int(top * height) : int(bottom * height) + 1, int(left * width) : int(right * width) + 1
    ]
    return bool(under.size) and float(under.mean()) > _UNDER


def _together(places: list[Edges], bodies: Sequence[Edges]) -> list[Edges]:
    """Join places until nobody is cut by one, and one more look is never the dearer way."""
    apart: list[Edges] = []
    waiting = list(places)
    while waiting:
        place = waiting.pop()
        for body in bodies:
            if shared(place, body) > 0:
                place = _around(place, _with_margin(body))
        near = [other for other in apart if _cheaper_as_one(place, other)]
        grown = place
        for other in near:
            apart.remove(other)
            grown = _around(grown, other)
        if near or any(
            shared(grown, body) > 0 and _around(grown, body) != grown for body in bodies
        ):
            waiting.append(grown)
        else:
            apart.append(grown)
    return apart


def _cheaper_as_one(one: Edges, other: Edges) -> bool:
    return _area(_around(one, other)) <= _area(one) + _area(other) + _A_LOOK_MORE


def _around(one: Edges, other: Edges) -> Edges:
    return (
        min(one[0], other[0]),
        min(one[1], other[1]),
        max(one[2], other[2]),
        max(one[3], other[3]),
    )


def _area(place: Edges) -> float:
    return (place[2] - place[0]) * (place[3] - place[1])


def _shares(crop: Crop, size: Boxes) -> Boxes:
    edges = np.array([crop.left, crop.top, crop.right, crop.bottom], np.float64)
    return np.asarray(edges / size)


def _inside_any(boxes: Boxes, crops: Iterable[np.ndarray]) -> np.ndarray:
    inside = np.zeros(len(boxes), np.bool_)
    for crop in crops:
        inside |= (boxes[:, :2] >= crop[:2]).all(axis=1) & (boxes[:, 2:] <= crop[2:]).all(axis=1)
    return inside


def _unknown(cut: Boxes, stands: Boxes) -> list[Edges]:
    """Return the boxes that are not a part of somebody who stands at the edge of the look."""
    return [
        (left, top, right, bottom)
        for left, top, right, bottom in cut.tolist()
        if not any(
            shared((left, top, right, bottom), (a, b, c, d))
            >= _COVERED * (right - left) * (bottom - top)
            for a, b, c, d in stands.tolist()
        )
    ]


def _cut(boxes: np.ndarray, crop: Crop, height: int, width: int) -> np.ndarray:
    """Return which boxes reach an edge of the crop that is none of the picture's own."""
    low = np.array([crop.left or -np.inf, crop.top or -np.inf]) + _AT_EDGE_PX
    high = np.array(
        [
            crop.right if crop.right < width else np.inf,
            crop.bottom if crop.bottom < height else np.inf,
        ]
    )
    return np.asarray(
        (boxes[:, :2] <= low).any(axis=1) | (boxes[:, 2:] >= high - _AT_EDGE_PX).any(axis=1)
    )


def _once(boxes: Sequence[Boxes]) -> Boxes:
    """Put boxes together; who was found by two looks is there once."""
    kept = boxes[0]
    for more in boxes[1:]:
        if len(kept) and len(more):
            known = kept.astype(np.float32)
            more = more[[iou(box, known).max() < _SAME for box in more.astype(np.float32)]]
        kept = np.concatenate([kept, more])
    return kept
