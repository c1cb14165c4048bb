"""Pure: which person of this look is which of the last ones, at one or two looks a second.

At that rate people move further than their own width, so boxes seldom overlap. A person is found
again by where the head is, within a distance that grows with the time between looks, by size and
by colours. What dies is forgotten: a track is a number, and nothing ties it to another one.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from vision.assignment import assign
from vision.zones import ASPECT, Boxes

Pace = tuple[float, float]
Colours = NDArray[np.float32]  # N × K, each row a histogram that sums to 1

LOST_AFTER = timedelta(seconds=20)
CONFIRMED_LOOKS = 2
_FOLLOWED_FOR = timedelta(seconds=2)
# In body heights: a box trembles this much, and a person walks this far in a second.
_TREMBLE, _PACE, _FARTHEST = 0.35, 0.75, 3.0
_STANDS = 0.15
_FORESEEN_S = 2.0
_SIZE_WEIGHT = 0.6
_COLOUR_WEIGHT = 0.8
_AGE_WEIGHT = 0.02  # a second; of two that fit, the one seen last is likelier


@dataclass(frozen=True, slots=True)
class Track:
    """Somebody seen in several looks.

    Attributes:
        number: of this camera, never used again.
        head: x, y of the box's top centre, in picture heights.
        height: of the box, in picture heights.
        pace: of the head, picture heights a second; where somebody will be is more than was.
        entered: since when in which zones; of the last look that saw it.
    """

    number: int
    head: tuple[float, float]
    height: float
    began_at: datetime
    seen_at: datetime
    looks: int = 1
    pace: Pace = (0.0, 0.0)
    colour: Colours | None = None
    entered: tuple[tuple[UUID, datetime], ...] = ()

    @property
    def confirmed(self) -> bool:
        return self.looks >= CONFIRMED_LOOKS

    def entered_at(self, zone_id: UUID) -> datetime | None:
        return next((at for zone, at in self.entered if zone == zone_id), None)


@dataclass(frozen=True, slots=True)
class Tracks:
    """Everybody followed at one camera; ``following`` is the next new track's number."""

    tracks: tuple[Track, ...] = ()
    following: int = 1


@dataclass(frozen=True, slots=True)
class Stay:
    """A confirmed track was in a zone from … until it was last seen there.

    ``went_out``: it was seen outside afterwards; else it was lost inside.
    """

    zone_id: UUID
    entered_at: datetime
    left_at: datetime
    went_out: bool = True

    @property
    def length_s(self) -> float:
        return (self.left_at - self.entered_at).total_seconds()


def step(
    state: Tracks,
    boxes: Boxes,
    places: list[tuple[UUID, ...]],
    at: datetime,
    colours: Colours | None = None,
) -> tuple[Tracks, list[int], list[Stay]]:
    """Take one look; ``places`` are the zones of each box.

    Return each box's track number, and the stays that ended.
    """
    alive = [track for track in state.tracks if at - track.seen_at <= LOST_AFTER]
    stays = [
        stay
        for track in state.tracks
        if at - track.seen_at > LOST_AFTER
        for stay in _stays(track, (), went_out=False)
    ]
    heads, heights = _anchors(boxes)
    pairs = assign(_costs(alive, heads, heights, colours, at)) if alive and len(boxes) else []
    track_of = {box: alive[row] for row, box in pairs}
    matched = {row for row, _ in pairs}
    kept = [track for row, track in enumerate(alive) if row not in matched]
    number = state.following
    numbers: list[int] = []
    for box in range(len(boxes)):
        colour = None if colours is None else colours[box]
        head, height = (float(heads[box, 0]), float(heads[box, 1])), float(heights[box])
        track = track_of.get(box)
        if track is None:
            entered = tuple((zone, at) for zone in places[box])
            kept.append(Track(number, head, height, at, at, colour=colour, entered=entered))
            numbers.append(number)
            number += 1
            continue
        numbers.append(track.number)
        stays += _stays(track, places[box])
        entered = tuple((zone, track.entered_at(zone) or at) for zone in places[box])
        kept.append(
            Track(
                track.number,
                head,
                height,
                track.began_at,
                at,
                track.looks + 1,
                _pace(track, head, height, at),
                _mixed(track.colour, colour),
                entered,
            )
        )
    return Tracks(tuple(kept), number), numbers, stays


def walked_in(state: Tracks, zone_id: UUID) -> frozenset[int]:
    """Return who is in the zone and was followed there from outside: no track born inside."""
    return frozenset(
        track.number
        for track in state.tracks
        if (entered_at := track.entered_at(zone_id)) is not None
        and entered_at - track.began_at >= _FOLLOWED_FOR
    )


def hidden_in(state: Tracks, zone_id: UUID, at: datetime, hold: timedelta) -> int:
    """Return how many confirmed people were last seen in the zone and are hidden since ``hold``."""
    return sum(
        1
        for track in state.tracks
        if track.confirmed
        and timedelta(0) < at - track.seen_at <= hold
        and track.entered_at(zone_id) is not None
    )


def _stays(track: Track, now_in: tuple[UUID, ...], *, went_out: bool = True) -> list[Stay]:
    if not track.confirmed:
        return []
    return [
        Stay(zone, at, track.seen_at, went_out) for zone, at in track.entered if zone not in now_in
    ]


def _anchors(boxes: Boxes) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    middle_x = (boxes[:, 0] + boxes[:, 2]) / 2 * ASPECT
    heights = np.maximum(boxes[:, 3] - boxes[:, 1], 1e-3)
    return np.stack([middle_x, boxes[:, 1]], axis=1), heights


def _costs(
    alive: list[Track],
    heads: NDArray[np.float64],
    heights: NDArray[np.float64],
    colours: Colours | None,
    at: datetime,
) -> NDArray[np.float64]:
    """Return tracks × boxes; infinite where a person cannot have come that far."""
    ahead_s = [min(_FORESEEN_S, (at - track.seen_at).total_seconds()) for track in alive]
    were = np.array(
        [
            (track.head[0] + track.pace[0] * s, track.head[1] + track.pace[1] * s)
            for track, s in zip(alive, ahead_s, strict=True)
        ]
    )
    tall = np.array([track.height for track in alive])[:, None]
    age = np.array([max(0.0, (at - track.seen_at).total_seconds()) for track in alive])[:, None]
    body = np.minimum(tall, heights[None, :])
    far = np.hypot(*np.moveaxis(were[:, None, :] - heads[None, :, :], 2, 0)) / body
    gate = np.minimum(_TREMBLE + _PACE * age, _FARTHEST)
    costs = far / gate + _SIZE_WEIGHT * np.abs(np.log(tall / heights[None, :])) + _AGE_WEIGHT * age
    if colours is not None:
        costs += _COLOUR_WEIGHT * _colour_distance(alive, colours)
    result: NDArray[np.float64] = np.where(far <= gate, costs, np.inf)
    return result


def _colour_distance(alive: list[Track], colours: Colours) -> NDArray[np.float64]:
    """Return tracks × boxes, 0 for equal histograms and 1 for nothing in common."""
    distance = np.full((len(alive), len(colours)), 0.5)
    for row, track in enumerate(alive):
        if track.colour is not None:
            distance[row] = 1.0 - np.minimum(track.colour[None, :], colours).sum(axis=1)
    return distance


def _pace(track: Track, head: tuple[float, float], height: float, at: datetime) -> Pace:
    """Return the pace, smoothed; what is within a box's trembling is standing."""
    seconds = max((at - track.seen_at).total_seconds(), 0.2)
    x, y = ((head[axis] - track.head[axis]) / seconds for axis in (0, 1))
    if (x * x + y * y) ** 0.5 * seconds < _STANDS * height:
        return 0.0, 0.0
    return (x + track.pace[0]) / 2, (y + track.pace[1]) / 2


def _mixed(old: Colours | None, new: Colours | None) -> Colours | None:
    if old is None or new is None:
        return old if new is None else new
    mixed: Colours = (0.8 * old + 0.2 * new).astype(np.float32)
    return mixed
