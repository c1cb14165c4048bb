"""Where the picture of an instant is: which file, which GOP, which pictures to decode. Pure."""

from bisect import bisect_right
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from ingest.cameras.access_unit import TIMESCALE
from ingest.recordings.samples import Picture
from ingest.recordings.stored_file import GopPlace, StoredFile, places

_TOUCHING_MS = 250  # GOPs farther apart than this have a hole between them
_ROUNDED_MS = 2  # the index rounds down to milliseconds, twice
_ROUNDED_TICKS = TIMESCALE * 3 // 2000  # an asked instant may be a picture's own, rounded


class Pick(StrEnum):
    """Which picture is meant by an instant."""

    FIRST = "first"  # the first one at the instant or after it
    AFTER = "after"  # the next one, seen from a picture at the instant
    BEFORE = "before"  # the one before it
    NEAREST = "nearest"  # of the GOP there: what another camera shows at the same time


class Spot(NamedTuple):
    """A GOP in its file."""

    file: StoredFile
    gop: GopPlace


class Hole(NamedTuple):
    """Where nothing is; None where the files looked at do not tell."""

    from_ms: int | None
    to_ms: int | None


def spots_of(files: Sequence[StoredFile]) -> list[Spot]:
    """Return the GOPs of files in order of time; one that lies inside another file is left out."""
    found: list[Spot] = []
    for file in files:
        for gop in places(file):
            if not found or gop.at_ms > found[-1].gop.at_ms:
                found.append(Spot(file, gop))
    return found


def locate(spots: Sequence[Spot], at_ms: int, pick: Pick) -> list[Spot] | Hole:
    """Return the GOPs to look in for a picture, the likeliest first, or the hole at the instant.

    The second one counts where the first has no such picture: its last one is already shown, or
    a step leads out of it. A step leads over a hole, a seek does not.
    """
    index = bisect_right(spots, at_ms + _ROUNDED_MS, key=lambda spot: spot.gop.at_ms) - 1
    following = spots[index + 1 : index + 2]
    if pick is Pick.BEFORE:
        found = list(reversed(spots[max(index - 1, 0) : index + 1]))
        return found or _hole(spots, index)
    if pick is Pick.AFTER:
        return [*spots[max(index, 0) : index + 1], *following] or _hole(spots, index)
    if index < 0:
        return _hole(spots, index)
    spot = spots[index]
    touching = bool(following) and following[0].gop.at_ms - spot.gop.end_ms <= _TOUCHING_MS
    if at_ms >= spot.gop.end_ms and not touching:
        return _hole(spots, index)
    return [spot, *following] if touching else [spot]


def choose(pictures: Sequence[Picture], at: int, pick: Pick) -> int | None:
    """Return the index, in decoding order, of the picture meant; None where it is not here.

    Args:
        pictures: of one GOP, in decoding order.
        at: 90 kHz Unix ticks.
        pick: which one.
    """
    order = sorted(range(len(pictures)), key=lambda n: pictures[n].shown)
    if pick is Pick.BEFORE:
        found = [n for n in order if pictures[n].shown < at - _ROUNDED_TICKS]
        return found[-1] if found else None
    if pick is Pick.NEAREST:
        return min(order, key=lambda n: abs(pictures[n].shown - at), default=None)
    earliest = at + _ROUNDED_TICKS if pick is Pick.AFTER else at - _ROUNDED_TICKS
    return next((n for n in order if pictures[n].shown >= earliest), None)


def last_shown(pictures: Sequence[Picture]) -> int:
    """Return the index of the picture that is shown last."""
    return max(range(len(pictures)), key=lambda n: pictures[n].shown)


def next_spot(spots: Sequence[Spot], at_ms: int) -> Spot | Hole:
    """Return the GOP that plays at an instant, or the hole there.

    An instant where one GOP ends and the next begins belongs to the next.
    """
    index = bisect_right(spots, at_ms + _ROUNDED_MS, key=lambda spot: spot.gop.at_ms) - 1
    if index >= 0 and at_ms + _ROUNDED_MS < spots[index].gop.end_ms:
        return spots[index]
    if index + 1 < len(spots) and spots[index + 1].gop.at_ms - at_ms <= _TOUCHING_MS:
        return spots[index + 1]
    return _hole(spots, index)


def _hole(spots: Sequence[Spot], index: int) -> Hole:
    """Return the hole after the GOP at ``index``; -1 is before the first one."""
    return Hole(
        spots[index].gop.end_ms if index >= 0 else None,
        spots[index + 1].gop.at_ms if index + 1 < len(spots) else None,
    )
