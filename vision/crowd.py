"""Pure: the people of one look at one camera → how many are in each zone, hidden ones included."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from models.observations import ZoneKind
from vision.tracker import Colours, Stay, Tracks, hidden_in, step, walked_in
from vision.visits import Appearance, Around
from vision.zones import Boxes, Polygon, WatchedZone, area, contains, members, shared

# Somebody who queues behind others is lost by the detector for some looks, and has not left.
HIDDEN_FOR = timedelta(seconds=6)
# So much of an operator's place behind one other person: whether somebody sits there is not seen.
BLOCKED_SHARE = 0.45
_COUNTED = frozenset({ZoneKind.QUEUE, ZoneKind.QUEUE_TAIL})
_FOLLOWED = frozenset({*_COUNTED, ZoneKind.VISITOR})


@dataclass(frozen=True, slots=True)
class Counted:
    """One look.

    Attributes:
        people: in each zone.
        blocked: operator zones with nobody in them, most of which another person hides.
        stays: waits in queue zones that ended.
        at_spots: the tracks at each visitor spot.
    """

    people: dict[UUID, int]
    blocked: frozenset[UUID]
    stays: tuple[Stay, ...] = ()
    at_spots: dict[UUID, Around] = field(default_factory=dict)


def count(
    state: Tracks,
    zones: tuple[WatchedZone, ...],
    boxes: Boxes,
    at: datetime,
    colours: Colours | None = None,
) -> tuple[Tracks, Counted]:
    """Take one look."""
    found = members(boxes, zones)
    followed = [zone.zone_id for zone in zones if zone.kind in _FOLLOWED]
    people = {zone_id: len(indices) for zone_id, indices in found.items()}
    stays: list[Stay] = []
    numbers: list[int] = []
    if followed:
        places: list[tuple[UUID, ...]] = [()] * len(boxes)
        for zone_id in followed:
            for index in found[zone_id]:
                places[index] = (*places[index], zone_id)
        state, numbers, stays = step(state, boxes, places, at, colours)
    for zone in zones:
        if zone.kind in _COUNTED:
            people[zone.zone_id] += hidden_in(state, zone.zone_id, at, HIDDEN_FOR)
    seen = frozenset(numbers)
    at_spots = {
        zone.zone_id: Around(
            frozenset(numbers[index] for index in found[zone.zone_id]),
            walked_in(state, zone.zone_id),
            seen,
            _appearances(found[zone.zone_id], boxes, colours),
        )
        for zone in zones
        if zone.kind is ZoneKind.VISITOR
    }
    blocked = frozenset(
        zone.zone_id
        for zone in zones
        if zone.kind is ZoneKind.OPERATOR and not found[zone.zone_id] and _is_blocked(zone, boxes)
    )
    return state, Counted(people, blocked, tuple(stays), at_spots)


def _appearances(here: list[int], boxes: Boxes, colours: Colours | None) -> tuple[Appearance, ...]:
    if colours is None:
        return ()
    return tuple(Appearance(colours[n], float(boxes[n, 3] - boxes[n, 1])) for n in here)


def unmasked(boxes: Boxes, masks: tuple[Polygon, ...]) -> list[int]:
    """Return the indices of the boxes whose middle is in no mask."""
    middles = ((boxes[:, :2] + boxes[:, 2:]) / 2).tolist()
    return [
        index
        for index, (x, y) in enumerate(middles)
        if not any(contains(mask, x, y) for mask in masks)
    ]


def _is_blocked(zone: WatchedZone, boxes: Boxes) -> bool:
    enough = BLOCKED_SHARE * area(zone.polygon)
    return any(
        shared(zone.bounds, box) >= enough and zone.covered_by(box) >= enough
        for box in map(tuple, boxes.tolist())
    )
