"""Pure: is it a clerk that the detector finds behind a counter, or a chair with a jacket on it?

The detector alone cannot tell: a jacket scores as high as a clerk behind a visitor's head, and a
clerk lower than the threshold. But people move, and chairs do not. Who moves is there. Who sits
still is there while the place looks as it did when somebody moved in it. A still thing that looks
otherwise is doubtful at once, and nobody after STILL_FOR. So nobody appears out of a shadow, nobody
vanishes behind a visitor, and a chair keeps nobody at work.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from models.observations import ZoneKind
from vision.detector import Tensor
from vision.overlap import iou
from vision.zones import Boxes, WatchedZone, members

ROWS, COLUMNS = 32, 64
Patch = NDArray[np.uint8]  # ROWS × COLUMNS × 3
Part = NDArray[np.bool_]  # ROWS × COLUMNS
_Grey = NDArray[np.float32]

HELD_FOR = timedelta(minutes=2)  # since the last sure look, for a box below the threshold
STILL_FOR = timedelta(seconds=8)
_WATCHED_FOR = timedelta(seconds=6)  # at least, to call something still
UNKNOWN_STILL_FOR = timedelta(minutes=3)  # where nobody was seen to move yet
_SAME = 0.6  # intersection over union of a faint box with the sure one
# Grey levels beyond which a point of a patch has changed, at least and by the noise of the picture;
# and the share of a box's points that must, for somebody to have moved.
_CHANGED, _NOISE, _MOVED_SHARE = 3.0, 6.0, 0.02
_ALIVE_LOOKS = 3  # moving in so many looks before and after, a patch shows somebody: no departure
# A point is as it was if it lies between what its neighbours were, give or take so many levels.
_TOLERANCE, _OTHER_SHARE = 16.0, 0.06
_KNOWN = 8
_FREE_SHARE = 0.4  # less of a box behind others says nothing


class Sits(Enum):
    """What one look says of a box at a seat."""

    YES = 1
    DOUBTFUL = 2
    NO = 3
    HIDDEN = 4


@dataclass(frozen=True, slots=True)
class _View:
    """A patch at a time; ``free`` of it is hidden by nobody else, ``moved`` since the last one.

    ``level`` is how bright it is, in the middle.
    """

    at: datetime
    patch: Patch
    grey: _Grey
    level: float
    body: Part
    free: Part
    moved: bool = False


@dataclass(frozen=True, slots=True)
class _Known:
    """How a place looked with somebody in it: between ``low`` and ``high`` at each point."""

    at: datetime
    low: NDArray[np.float32]
    high: NDArray[np.float32]
    level: float
    body: Part
    free: Part


@dataclass(frozen=True, slots=True)
class Seat:
    """What is remembered of one operator's place: where somebody sat, and how it looked lately."""

    box: Tensor | None = None
    sure_at: datetime | None = None
    views: tuple[_View, ...] = ()
    known: tuple[_Known, ...] = ()
    still_since: datetime | None = None


Seats = Mapping[UUID, Seat]


@dataclass(frozen=True, slots=True)
class Seated:
    """The people of a look, in picture shares; at ``doubtful`` seats it is not known yet."""

    boxes: Boxes
    doubtful: frozenset[UUID] = frozenset()


def seated(
    seats: Seats,
    sure: Boxes,
    faint: Boxes,
    zones: Iterable[WatchedZone],
    at: datetime,
    patches: Mapping[UUID, Patch],
) -> tuple[Seats, Seated]:
    """Take one look; return what is remembered, and the boxes that count.

    Boxes are in picture shares; ``zones`` are those of the camera.
    """
    every = tuple(zones)
    places = [zone for zone in every if zone.kind is ZoneKind.OPERATOR]
    if not places:
        return {}, Seated(sure)
    at_seat, faintly = members(sure, every), members(faint, every)
    added: list[Tensor] = []
    doubtful: set[UUID] = set()
    nobody: list[int] = []
    after: dict[UUID, Seat] = {}
    for place in places:
        seat = _lately(seats.get(place.zone_id, Seat()), at)
        mine = at_seat[place.zone_id]
        if mine:
            seat = replace(seat, box=sure[mine[0]].astype(np.float32), sure_at=at)
        after[place.zone_id] = seat
        if seat.box is None:
            continue
        likely = seat.box if mine else _likely(seat.box, faint[faintly[place.zone_id]])
        one, sits = seat.box if likely is None else likely, Sits.YES
        patch = patches.get(place.zone_id)
        if patch is not None:
            others = np.delete(sure, mine, axis=0)
            seat, sits, alike = _judged(seat, place, one, others, patch, at, found=bool(mine))
            after[place.zone_id] = seat
            likely = one if alike else likely
        boxed = bool(mine) or likely is not None
        if sits is Sits.HIDDEN or (sits is Sits.DOUBTFUL and boxed):
            doubtful.add(place.zone_id)
        if sits is Sits.NO:
            nobody += mine
        elif not mine and likely is not None:
            added.append(likely)
    kept = np.ones(len(sure), np.bool_)
    kept[nobody] = False
    return after, Seated(
        np.concatenate([sure[kept], *(box[None] for box in added)]), frozenset(doubtful)
    )


def _lately(seat: Seat, at: datetime) -> Seat:
    """Forget the box of whom the detector was last sure of too long ago."""
    if seat.sure_at is None or timedelta(0) <= at - seat.sure_at <= HELD_FOR:
        return seat
    return replace(seat, box=None, sure_at=None)


def _likely(box: Tensor, faint: Boxes) -> Tensor | None:
    """Return the box below the threshold that is where somebody was."""
    shares = iou(box, faint.astype(np.float32))
    if not len(shares) or float(shares.max()) < _SAME:
        return None
    likely: Tensor = faint[int(shares.argmax())].astype(np.float32)
    return likely


def _judged(
    seat: Seat,
    place: WatchedZone,
    box: Tensor,
    others: Boxes,
    patch: Patch,
    at: datetime,
    *,
    found: bool,
) -> tuple[Seat, Sits, bool]:
    """Return also whether the place looks as it did with somebody in it.

    ``found``: the detector is sure of the box; then who moves is there, however it looks.
    """
    body = _part(place, box)
    free = np.ones_like(body)
    left, top, right, bottom = place.bounds
    for other in others.tolist():
        if other[0] < right and other[2] > left and other[1] < bottom and other[3] > top:
            free &= ~_part(place, np.asarray(other, np.float32))
    hidden = not body.any() or (body & free).sum() < _FREE_SHARE * body.sum()
    if hidden:  # maybe the detector made one tall box of a visitor and the clerk behind
        free = np.ones_like(body)
    grey = patch[:, :, 1].astype(np.float32)
    level = max(1.0, _middle(grey))
    view = _View(at, patch, grey, level, body, free)
    if hidden:
        alike = any(_alike(one, view) for one in reversed(seat.known))
        return seat, Sits.YES if alike else Sits.HIDDEN, alike
    before = [one for one in seat.views if timedelta(0) < at - one.at <= STILL_FOR]
    # The last one and the oldest tell quick and slow movement; one between, who came back.
    steps = [_moved(one, view) for one in _some(before)]
    view = replace(view, moved=bool(steps) and steps[-1])
    views = (*(one for one in seat.views if timedelta(0) < at - one.at <= 2 * STILL_FOR), view)
    seen_on = before and seat.still_since is not None and not any(steps)
    still_since = seat.still_since if seen_on and seat.still_since else at
    seat = replace(seat, views=views, still_since=still_since)
    seat = _learned(seat, at)
    if view.moved and found:
        return seat, Sits.YES, False
    if any(_alike(one, view) for one in reversed(seat.known)):
        return seat, Sits.YES, True
    if view.moved:
        return seat, Sits.YES, False
    if not seat.known:
        alive = any(steps) or at - still_since < UNKNOWN_STILL_FOR
        return seat, Sits.YES if alive else Sits.NO, False
    watched = bool(before) and at - before[0].at >= _WATCHED_FOR
    return seat, Sits.NO if watched and not any(steps) else Sits.DOUBTFUL, False


def _some(views: list[_View]) -> list[_View]:
    return [views[0], views[len(views) // 2], views[-1]] if len(views) > 3 else views


def _learned(seat: Seat, at: datetime) -> Seat:
    """Learn the look of STILL_FOR ago, if somebody moved for some time before and after it."""
    past = [one for one in seat.views if at - one.at >= STILL_FOR]
    if not past:
        return seat
    one = past[-1]
    before = sum(each.moved for each in seat.views if each.at <= one.at)
    after = sum(each.moved for each in seat.views if each.at > one.at)
    if min(before, after) < _ALIVE_LOOKS or any(_alike(known, one) for known in seat.known):
        return seat
    low, high = _range(one.patch.astype(np.float32))
    known = _Known(one.at, low, high, one.level, one.body, one.free)
    return replace(seat, known=(*seat.known, known)[-_KNOWN:])


def _moved(one: _View, other: _View) -> bool:
    part = other.body & other.free & one.free
    if not part.any():
        return False
    change = np.abs(one.grey * np.float32(other.level / one.level) - other.grey)
    least = max(_CHANGED, _NOISE * _middle(change))
    moved = np.count_nonzero((change > least) & part)
    return bool(moved >= _MOVED_SHARE * np.count_nonzero(part))


def _alike(known: _Known, view: _View) -> bool:
    return _off(known, view) < _OTHER_SHARE


def _off(known: _Known, view: _View) -> float:
    """Return how much of the place of who was there looks otherwise now, 0-1."""
    part = known.body & known.free & view.free
    if part.sum() < _FREE_SHARE * known.body.sum():
        return 1.0
    patch = view.patch * np.float32(known.level / view.level)
    off: Part = np.any((patch < known.low) | (patch > known.high), axis=2)
    return np.count_nonzero(off & part) / np.count_nonzero(part)


def _middle(values: _Grey) -> float:
    """Return about the median; every second row and column is asked."""
    some = values[::2, ::2].ravel()
    return float(np.partition(some, some.size // 2)[some.size // 2])


def _range(patch: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the lowest and the highest of each point and its neighbours, with the tolerance."""
    low = high = np.pad(patch, ((1, 1), (1, 1), (0, 0)), mode="edge")
    low = np.minimum(np.minimum(low[:-2], low[1:-1]), low[2:])
    high = np.maximum(np.maximum(high[:-2], high[1:-1]), high[2:])
    low = np.minimum(np.minimum(low[:, :-2], low[:, 1:-1]), low[:, 2:])
    high = np.maximum(np.maximum(high[:, :-2], high[:, 1:-1]), high[:, 2:])
    return low - np.float32(_TOLERANCE), high + np.float32(_TOLERANCE)


def _part(place: WatchedZone, box: Tensor) -> Part:
    """Return which points of the place's patch a box covers."""
    left, top, right, bottom = place.bounds
    x0, y0, x1, y1 = map(float, box)
    wide, high = COLUMNS / (right - left), ROWS / (bottom - top)
    part: Part = np.zeros((ROWS, COLUMNS), np.bool_)
    columns = slice(max(0, round((x0 - left) * wide)), max(0, round((x1 - left) * wide)))
    part[max(0, round((y0 - top) * high)) : max(0, round((y1 - top) * high)), columns] = True
    return part
