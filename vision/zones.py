"""Pure: who is in which zone. Everything is in picture shares, 0-1 from the top left."""

from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from models.kit.errors import InvalidInput
from models.observations import Anchor, ZoneKind

Polygon = NDArray[np.float64]  # corners × 2
Edges = tuple[float, float, float, float]
Boxes = NDArray[np.float64]  # N × 4: left, top, right, bottom

# An operator stands behind a counter: the feet are hidden, so the body's share decides.
OPERATOR_SHARE = 0.30
# Whose feet are in a queue is a visitor, unless this much of the body is behind the counter.
STRONG_SHARE = 0.50
_HEAD = 0.08  # the head's centre, from the box's top
_UPPER_BODY = 0.25  # the upper body's centre, from the box's top
_ROUNDING = 1e-9
_SMALLEST_AREA = 1e-5  # of the picture; below it no person fits
WAITING = frozenset(
    {ZoneKind.VISITOR, ZoneKind.QUEUE, ZoneKind.QUEUE_HEAD, ZoneKind.QUEUE_TAIL}
)  # zones of visitors: whoever stands in them staffs no window
ASPECT = 16 / 9  # of a picture, where shares of its width are compared with shares of its height


@dataclass(frozen=True, slots=True)
class WatchedZone:
    """A zone that can be judged; make it with ``watched_zone``, which refuses what cannot.

    ``bounds`` is the polygon's left, top, right, bottom: most people are outside of most zones.
    ``upright``: the polygon is its bounds, as most operators' places are drawn.
    """

    zone_id: UUID
    kind: ZoneKind
    polygon: Polygon
    bounds: Edges
    anchor: Anchor = Anchor.FOOT
    upright: bool = False

    def covered_by(self, box: Edges) -> float:
        """Return the area that a box shares with the zone.

        Where the zone's line crosses itself a part counts twice.
        """
        if self.upright:
            return shared(self.bounds, box)
        return area(clip(self.polygon, box))


def watched_zone(
    zone_id: UUID, kind: ZoneKind, corners: object, anchor: Anchor = Anchor.FOOT
) -> WatchedZone:
    """Return the zone, its corners cut to the picture.

    Raises:
        InvalidInput: fewer than three corners, not numbers, or no area inside the picture.
    """
    try:
        polygon = np.asarray(corners, dtype=np.float64)
    except (TypeError, ValueError) as error:
        msg = "a zone is a list of [x, y] corners; draw it again"
        raise InvalidInput(msg, field="polygon") from error
    if polygon.ndim != 2 or polygon.shape[1] != 2 or len(polygon) < 3:
        msg = "a zone needs at least three [x, y] corners; draw it again"
        raise InvalidInput(msg, field="polygon")
    if not np.isfinite(polygon).all():
        msg = "a zone's corners must be numbers from 0 to 1; draw it again"
        raise InvalidInput(msg, field="polygon")
    inside = clip(polygon, (0.0, 0.0, 1.0, 1.0))
    if area(inside) < _SMALLEST_AREA:
        msg = "a zone must have an area inside the picture; draw it again"
        raise InvalidInput(msg, field="polygon")
    left, top = map(float, inside.min(axis=0))
    right, bottom = map(float, inside.max(axis=0))
    bounds = (left, top, right, bottom)
    upright = len(inside) == 4 and abs(area(inside) - shared(bounds, bounds)) < _ROUNDING
    return WatchedZone(zone_id, kind, inside, bounds, anchor, upright)


def people_by_zone(boxes: Boxes, zones: tuple[WatchedZone, ...]) -> dict[UUID, int]:
    """Return how many people are in each zone; see ``members``."""
    return {zone_id: len(found) for zone_id, found in members(boxes, zones).items()}


def members(boxes: Boxes, zones: tuple[WatchedZone, ...]) -> dict[UUID, list[int]]:
    """Return which boxes are in each zone, by their index.

    A person is at one window at most: the operator zone that holds the largest share of the body.
    Who stands in a visitor or queue zone (by the feet, or by the head where they cannot be seen)
    is a visitor and staffs nothing, unless at least half the body is inside an operator zone; then
    it is staff and does not wait.
    """
    found: dict[UUID, list[int]] = {zone.zone_id: [] for zone in zones}
    operators = [zone for zone in zones if zone.kind is ZoneKind.OPERATOR]
    floors = [zone for zone in zones if zone.kind is not ZoneKind.OPERATOR]
    for index, (left, top, right, bottom) in enumerate(boxes.tolist()):
        box = (left, top, right, bottom)
        middle_x = (left + right) / 2
        head_y = top + _HEAD * (bottom - top)
        stands_in = [
            zone
            for zone in floors
            if _holds(zone, middle_x, head_y if zone.anchor is Anchor.HEAD else bottom)
        ]
        visits = any(zone.kind in WAITING for zone in stands_in)
        window, share = _window_of(box, operators)
        is_staff = window is not None and (not visits or share >= STRONG_SHARE)
        if is_staff and window is not None:
            found[window.zone_id].append(index)
        for zone in stands_in:
            if not (is_staff and zone.kind in WAITING):
                found[zone.zone_id].append(index)
    return found


def _window_of(box: Edges, operators: list[WatchedZone]) -> tuple[WatchedZone | None, float]:
    """Return the operator zone a person belongs to and the share of the box inside it."""
    left, top, right, bottom = box
    body = (right - left) * (bottom - top)
    near = [zone for zone in operators if _touch(zone.bounds, box)]
    if body <= 0 or not near:
        return None, 0.0
    centre = (left + right) / 2, top + _UPPER_BODY * (bottom - top)
    if all(
        shared(zone.bounds, box) < OPERATOR_SHARE * body and not _holds(zone, *centre)
        for zone in near
    ):
        return None, 0.0
    # Where a line crosses itself a part counts twice, so a share may pass 1.
    shares = [min(1.0, zone.covered_by(box) / body) for zone in near]
    share = max(shares)
    zone = near[shares.index(share)]
    if share >= OPERATOR_SHARE or _holds(zone, *centre):
        return zone, share
    return None, share


def _touch(one: Edges, other: Edges) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def shared(one: Edges, other: Edges) -> float:
    """Return the area of what two upright boxes share."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    return max(0.0, width) * max(0.0, height)


def _holds(zone: WatchedZone, x: float, y: float) -> bool:
    left, top, right, bottom = zone.bounds
    return left <= x <= right and top <= y <= bottom and contains(zone.polygon, x, y)


def contains(polygon: Polygon, x: float, y: float) -> bool:
    """Return whether the point is inside (even-odd rule)."""
    corners: list[tuple[float, float]] = polygon.tolist()
    inside = False
    x1, y1 = corners[-1]
    for x2, y2 in corners:  # a polygon has few corners: plain numbers are faster than arrays
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
        x1, y1 = x2, y2
    return inside


def area(polygon: Polygon) -> float:
    """Return the area; 0 for fewer than three corners."""
    if len(polygon) < 3:
        return 0.0
    x, y = polygon[:, 0], polygon[:, 1]
    return float(abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2)


def clip(polygon: Polygon, box: Edges) -> Polygon:
    """Return the part of the polygon inside the box (Sutherland-Hodgman), maybe without corners."""
    left, top, right, bottom = box
    for axis, limit, sign in ((0, left, 1), (1, top, 1), (0, right, -1), (1, bottom, -1)):
        polygon = _clip_side(polygon, axis, limit, sign)
        if not len(polygon):
            break
    return polygon


def _clip_side(polygon: Polygon, axis: int, limit: float, sign: int) -> Polygon:
    distance = sign * (polygon[:, axis] - limit)
    kept: list[NDArray[np.float64]] = []
    for i, corner in enumerate(polygon):
        before, here, there = polygon[i - 1], distance[i], distance[i - 1]
        if (here >= 0) != (there >= 0):
            kept.append(before + (corner - before) * (there / (there - here)))
        if here >= 0:
            kept.append(corner)
    return np.array(kept, np.float64).reshape(-1, 2)
