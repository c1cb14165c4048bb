"""Pure: visits at a window, from who stands at its visitor spot. Needs no identity."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

BEGINS_LOOKS = 3  # in a row with somebody: one who walks past is no visit
ENDS_AFTER = timedelta(seconds=4)  # empty; a detector loses a person for less
SHORTEST = timedelta(seconds=8)
BLIND_FOR = timedelta(seconds=5)  # a visit that was not seen to end has no length


@dataclass(frozen=True, slots=True)
class Spot:
    """A visitor spot. ``came_at`` is when its visitor came, ``begun`` once that is believed."""

    came_at: datetime | None = None
    seen_at: datetime | None = None
    looks: int = 0
    begun: bool = False
    blind_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody was at the window from … to."""

    came_at: datetime
    left_at: datetime

    @property
    def length_s(self) -> float:
        return (self.left_at - self.came_at).total_seconds()


@dataclass(frozen=True, slots=True)
class Turn:
    """What a look decided: a visit that began, and one that is over."""

    began: bool = False
    ended: Visit | None = None


def look(spot: Spot, people: int | None, at: datetime) -> tuple[Spot, Turn]:
    """Take one look; ``people`` is None where nothing could be seen."""
    if people is None:
        return _blind(spot, at)
    spot = replace(spot, blind_since=None)
    if people:
        came_at = spot.came_at or at
        looks = spot.looks + 1
        begins = not spot.begun and looks >= BEGINS_LOOKS
        return Spot(came_at, at, looks, spot.begun or begins), Turn(began=begins)
    if spot.came_at is None or spot.seen_at is None:
        return spot, Turn()
    if not spot.begun:
        # A missed look does not undo somebody who came; two do.
        gone = at - spot.seen_at >= ENDS_AFTER
        return (Spot() if gone else replace(spot, looks=max(0, spot.looks - 1))), Turn()
    if at - spot.seen_at < ENDS_AFTER:
        return spot, Turn()
    visit = Visit(spot.came_at, spot.seen_at)
    return Spot(), Turn(ended=visit if visit.left_at - visit.came_at >= SHORTEST else None)


def _blind(spot: Spot, at: datetime) -> tuple[Spot, Turn]:
    since = spot.blind_since or at
    if at - since >= BLIND_FOR:
        return Spot(blind_since=since), Turn()
    return replace(spot, blind_since=since), Turn()
