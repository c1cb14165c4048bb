"""Pure: the people of one look at one camera → how many are in each zone, hidden ones included."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from models.observations import ZoneKind
from vision.tracker import Colours, Stay, Tracks, hidden_in, step
from vision.zones import Boxes, Polygon, WatchedZone, area, clip, contains, members

# Somebody who queues behind others is lost by the detector for some looks, and has not left.
HIDDEN_FOR = timedelta(seconds=6)
# So much of an operator's place behind one other person: whether somebody sits there is not seen.
BLOCKED_SHARE = 0.45
_COUNTED = frozenset({ZoneKind.QUEUE, ZoneKind.QUEUE_TAIL})


@dataclass(frozen=True, slots=True)
class Counted:
    """One look.

    Attributes:
        people: in each zone.
        blocked: operator zones with nobody in them, most of which another person hides.
        stays: waits in queue zones that ended.
    """

    people: dict[UUID, int]
    blocked: frozenset[UUID]
    stays: tuple[Stay, ...]


def count(
    state: Tracks,
    zones: tuple[WatchedZone, ...],
    boxes: Boxes,
    at: datetime,
    colours: Colours | None = None,
) -> tuple[Tracks, Counted]:
    """Take one look."""
    found = members(boxes, zones)
    counted = [zone for zone in zones if zone.kind in _COUNTED]
    people = {zone_id: len(indices) for zone_id, indices in found.items()}
    stays: list[Stay] = []
    if counted:
        places: list[list[UUID]] = [[] for _ in range(len(boxes))]
        for zone in counted:
            for index in found[zone.zone_id]:
                places[index].append(zone.zone_id)
        state, stays = step(state, boxes, [tuple(place) for place in places], at, colours)
        for zone in counted:
            people[zone.zone_id] += hidden_in(state, zone.zone_id, at, HIDDEN_FOR)
    blocked = frozenset(
        zone.zone_id
        for zone in zones
        if zone.kind is ZoneKind.OPERATOR and not found[zone.zone_id] and _is_blocked(zone, boxes)
    )
    return state, Counted(people, blocked, tuple(stays))


def unmasked(boxes: Boxes, masks: tuple[Polygon, ...]) -> list[int]:
    """Return the indices of the boxes whose middle is in no mask."""
    middles = ((boxes[:, :2] + boxes[:, 2:]) / 2).tolist()
    return [
        index
        for index, (x, y) in enumerate(middles)
        if not any(contains(mask, x, y) for mask in masks)
    ]


def _is_blocked(zone: WatchedZone, boxes: Boxes) -> bool:
    left, top, right, bottom = zone.bounds
    near = (
        (boxes[:, 0] < right) & (boxes[:, 2] > left) & (boxes[:, 1] < bottom) & (boxes[:, 3] > top)
    )
    whole = area(zone.polygon)
    return any(
        area(clip(zone.polygon, (x0, y0, x1, y1))) >= BLOCKED_SHARE * whole
        for x0, y0, x1, y1 in boxes[near].tolist()
    )
