"""Pure: visits at a window, from whether somebody stands at its visitor spot.

Mostly the spot is empty between two visits. Where the next one comes at once, clothes say so:
somebody who looks otherwise stands there and the visitor does not; or the track of the one who
left: it is seen somewhere else. How a visitor looks is forgotten with the visit.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from vision.tracker import Colours

BEGINS_LOOKS = 3  # in a row with somebody: one who walks past is no visit
ENDS_AFTER = timedelta(seconds=5)  # empty, and who was here is seen elsewhere
HIDDEN_FOR = timedelta(seconds=12)  # empty, and who was here is seen nowhere
ANOTHER_AFTER = timedelta(seconds=3)  # empty for two looks, and then it is somebody else
SHORTEST = timedelta(seconds=8)
BLIND_FOR = timedelta(seconds=5)  # a visit that was not seen to end has no length
# After so long nobody knows who is next; before, whoever looks as before has stayed, and whoever
# does not is one more visitor.
FORGOTTEN_AFTER = timedelta(seconds=90)
OTHER_LOOKS = 4  # of somebody who looks otherwise, and none of the visitor
# Of two histograms. One person's looks differ by 0.05-0.2, two people's by 0.5 and more; who turns
# round in the same place lies between, so without a gap more is asked.
UNLIKE, UNLIKE_AT_ONCE = 0.35, 0.5
_GAP = timedelta(seconds=2)
_TALLER = 1.4  # a box so much taller is no other visitor: it holds the clerk behind, too
_LEARN_LOOKS = 10


@dataclass(frozen=True, slots=True)
class Appearance:
    """What somebody at a spot looks like: the mean of ``looks`` histograms, and of the heights."""

    colours: Colours
    height: float
    looks: int = 1

    def unlike(self, other: "Appearance") -> float:
        """Return 0 for equal clothes and 1 for nothing in common."""
        return 1.0 - float(np.minimum(self.colours, other.colours).sum())

    def mixed(self, other: "Appearance") -> "Appearance":
        share = 1 / min(self.looks + 1, _LEARN_LOOKS)
        mixed: Colours = self.colours + np.float32(share) * (other.colours - self.colours)
        height = self.height + share * (other.height - self.height)
        return Appearance(mixed, height, self.looks + 1)


@dataclass(frozen=True, slots=True)
class Spot:
    """A visitor spot. ``came_at`` is when its visitor came, ``begun`` once that is believed.

    ``who`` is the track that stood here in the last looks, while it was the only one. ``looked``
    is what the visitor looks like, ``other`` somebody else who stands here since ``other_at``.
    ``watched``: the last look saw the spot, so that who comes is seen to come; ``whole``: the
    visitor was seen to come.
    """

    came_at: datetime | None = None
    seen_at: datetime | None = None
    looks: int = 0
    begun: bool = False
    blind_since: datetime | None = None
    who: int | None = None
    looked: Appearance | None = None
    other: Appearance | None = None
    other_at: datetime | None = None
    watched: bool = False
    whole: bool = True


_FREE = Spot(watched=True)


@dataclass(frozen=True, slots=True)
class Around:
    """One look: track numbers at the spot, at the spot and come from elsewhere, anywhere.

    ``looks`` is what those at the spot look like, where that was looked at.
    """

    here: frozenset[int] = frozenset()
    walked_in: frozenset[int] = frozenset()
    seen: frozenset[int] = frozenset()
    looks: tuple[Appearance, ...] = ()


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
    spot = _sees_again(spot, at)
    if people:
        if spot.begun and _another(spot, around, at):
            return _come(_FREE, at, around), Turn(ended=_visit(spot))
        followed = spot.who is not None and spot.who in around.here
        if spot.begun and not followed and (other := _unlike(spot, around, at)) is not None:
            return _replaced(spot, other, around, at)
        came = _come(spot, at, around)
        return came, Turn(began=came.whole and came.begun and not spot.begun)
    spot = replace(spot, watched=True)
    if spot.came_at is None or spot.seen_at is None:
        return spot, Turn()
    if not spot.begun:
        # A missed look does not undo somebody who came; two do.
        gone = at - spot.seen_at >= ENDS_AFTER
        return (_FREE if gone else replace(spot, looks=max(0, spot.looks - 1))), Turn()
    elsewhere = spot.who in around.seen and spot.who not in around.here
    if at - spot.seen_at < (ENDS_AFTER if elsewhere else HIDDEN_FOR):
        return spot, Turn()
    return _FREE, Turn(ended=_visit(spot))


def _another(spot: Spot, around: Around, at: datetime) -> bool:
    """Return whether, after a short time without anybody, another one stands here."""
    short = spot.seen_at is not None and at - spot.seen_at >= ANOTHER_AFTER
    left = spot.who in around.seen and spot.who not in around.here
    return short and left and bool(around.walked_in & around.here)


def _unlike(spot: Spot, around: Around, at: datetime) -> Appearance | None:
    """Return what somebody else here looks like, where nobody here looks like the visitor."""
    visitor, seen_at = spot.looked, spot.seen_at
    if visitor is None or seen_at is None:
        return None
    people = [one for one in around.looks if one.height <= _TALLER * visitor.height]
    gap = (spot.other_at or at) - seen_at >= _GAP or not spot.whole
    differs = UNLIKE if gap else UNLIKE_AT_ONCE
    if not gap and spot.other is None and not around.walked_in & around.here:
        return None  # nobody has come from anywhere
    if not people or min(one.unlike(visitor) for one in people) < differs:
        return None
    return min(people, key=(spot.other or visitor).unlike)


def _replaced(spot: Spot, other: Appearance, around: Around, at: datetime) -> tuple[Spot, Turn]:
    """Take a look at somebody else; after some of them the visitor has gone."""
    known = spot.other.mixed(other) if spot.other is not None else other
    came_at = spot.other_at or at
    if known.looks < OTHER_LOOKS:
        return replace(spot, other=known, other_at=came_at), Turn()
    who = next(iter(around.here)) if len(around.here) == 1 else None
    following = Spot(came_at, at, known.looks, begun=True, who=who, looked=known, watched=True)
    return following, Turn(began=True, ended=_visit(spot))


def _come(spot: Spot, at: datetime, around: Around) -> Spot:
    looks = spot.looks + 1
    who = around.here
    alone = next(iter(who)) if len(who) == 1 else None
    return Spot(
        spot.came_at or at,
        at,
        looks,
        spot.begun or looks >= BEGINS_LOOKS,
        who=spot.who if alone is None or spot.who in who else alone,
        looked=_learned(spot.looked, around.looks),
        watched=True,
        whole=spot.watched if spot.came_at is None else spot.whole,
    )


def _learned(visitor: Appearance | None, here: tuple[Appearance, ...]) -> Appearance | None:
    if visitor is None:
        return here[0] if len(here) == 1 else None
    likely = [one for one in here if one.height <= _TALLER * visitor.height]
    return visitor.mixed(min(likely, key=visitor.unlike)) if likely else visitor


def _visit(spot: Spot) -> Visit | None:
    if spot.came_at is None or spot.seen_at is None or not spot.whole:
        return None
    visit = Visit(spot.came_at, spot.seen_at)
    return visit if visit.left_at - visit.came_at >= SHORTEST else None


def _blind(spot: Spot, at: datetime) -> tuple[Spot, Turn]:
    since = spot.blind_since or at
    if at - since >= FORGOTTEN_AFTER:
        return Spot(blind_since=since), Turn()
    if at - since >= BLIND_FOR:
        spot = replace(spot, whole=False) if spot.begun else Spot(watched=spot.watched)
    return replace(spot, blind_since=since), Turn()


def _sees_again(spot: Spot, at: datetime) -> Spot:
    """Go on as if no time had passed: who is not seen at once may be hidden."""
    if spot.blind_since is None or spot.seen_at is None:
        return replace(spot, blind_since=None)
    return replace(spot, blind_since=None, seen_at=spot.seen_at + (at - spot.blind_since))
