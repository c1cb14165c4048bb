"""Pure: visits at a window, from whether somebody stands at its visitor spot.

Mostly the spot is empty between two visits. Where the next one comes at once, the track of the
one who left says so: it is seen somewhere else.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

BEGINS_LOOKS = 3  # in a row with somebody: one who walks past is no visit
ENDS_AFTER = timedelta(seconds=5)  # empty, and who was here is seen elsewhere
HIDDEN_FOR = timedelta(seconds=12)  # empty, and who was here is seen nowhere
ANOTHER_AFTER = timedelta(seconds=3)  # empty for two looks, and then it is somebody else
SHORTEST = timedelta(seconds=8)
BLIND_FOR = timedelta(seconds=5)  # a visit that was not seen to end has no length


@dataclass(frozen=True, slots=True)
class Spot:
    """A visitor spot. ``came_at`` is when its visitor came, ``begun`` once that is believed.

    ``who`` is the track that stood here in the last looks, while it was the only one.
    """

    came_at: datetime | None = None
    seen_at: datetime | None = None
    looks: int = 0
    begun: bool = False
    blind_since: datetime | None = None
    who: int | None = None


@dataclass(frozen=True, slots=True)
class Around:
    """Track numbers of one look: at the spot, at the spot and come from elsewhere, anywhere."""

    here: frozenset[int] = frozenset()
    walked_in: frozenset[int] = frozenset()
    seen: frozenset[int] = frozenset()


NOBODY = Around()


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


def look(
    spot: Spot, people: int | None, at: datetime, around: Around = NOBODY
) -> tuple[Spot, Turn]:
    """Take one look; ``people`` is None where nothing could be seen."""
    if people is None:
        return _blind(spot, at)
    spot = replace(spot, blind_since=None)
    if people:
        if spot.begun and _another(spot, around, at):
            return _come(Spot(), at, around.here), Turn(ended=_visit(spot))
        came = _come(spot, at, around.here)
        return came, Turn(began=came.begun and not spot.begun)
    if spot.came_at is None or spot.seen_at is None:
        return spot, Turn()
    if not spot.begun:
        # A missed look does not undo somebody who came; two do.
        gone = at - spot.seen_at >= ENDS_AFTER
        return (Spot() if gone else replace(spot, looks=max(0, spot.looks - 1))), Turn()
    elsewhere = spot.who in around.seen and spot.who not in around.here
    if at - spot.seen_at < (ENDS_AFTER if elsewhere else HIDDEN_FOR):
        return spot, Turn()
    return Spot(), Turn(ended=_visit(spot))


def _another(spot: Spot, around: Around, at: datetime) -> bool:
    """Return whether, after a short time without anybody, another one stands here."""
    short = spot.seen_at is not None and at - spot.seen_at >= ANOTHER_AFTER
    left = spot.who in around.seen and spot.who not in around.here
    return short and left and bool(around.walked_in & around.here)


def _come(spot: Spot, at: datetime, who: frozenset[int]) -> Spot:
    looks = spot.looks + 1
    alone = next(iter(who)) if len(who) == 1 else None
    return Spot(
        spot.came_at or at,
        at,
        looks,
        spot.begun or looks >= BEGINS_LOOKS,
        who=spot.who if alone is None or spot.who in who else alone,
    )


def _visit(spot: Spot) -> Visit | None:
    if spot.came_at is None or spot.seen_at is None:
        return None
    visit = Visit(spot.came_at, spot.seen_at)
    return visit if visit.left_at - visit.came_at >= SHORTEST else None


def _blind(spot: Spot, at: datetime) -> tuple[Spot, Turn]:
    since = spot.blind_since or at
    if at - since >= BLIND_FOR:
        return Spot(blind_since=since), Turn()
    return replace(spot, blind_since=since), Turn()
