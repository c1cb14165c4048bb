"""Pure: a clerk behind a visitor's head is found less surely, and is still there.

A box below the threshold counts where, a short while ago, a sure one stood in the same place at an
operator's seat. So nobody appears out of a shadow, and nobody vanishes behind a visitor.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from models.observations import ZoneKind
from vision.detector import Tensor
from vision.overlap import iou
from vision.zones import OPERATOR_SHARE, Boxes, WatchedZone

HELD_FOR = timedelta(minutes=2)  # since the last sure look; an empty chair may look like somebody
_SAME = 0.6  # intersection over union of a faint box with the sure one
_STILL_SURE = 0.5


@dataclass(frozen=True, slots=True)
class Seated:
    """Where somebody sat at ``sure_at``, in picture shares."""

    box: Tensor
    sure_at: datetime


def seated(
    held: tuple[Seated, ...],
    sure: Boxes,
    faint: Boxes,
    zones: Iterable[WatchedZone],
    at: datetime,
) -> tuple[tuple[Seated, ...], Boxes]:
    """Take one look; return who is remembered, and the sure boxes with the faint ones that count.

    Boxes are in picture shares; ``zones`` are those of the camera.
    """
    seats = [zone for zone in zones if zone.kind is ZoneKind.OPERATOR]
    if not seats:
        return (), sure
    sure32, faint32 = sure.astype(np.float32), faint.astype(np.float32)
    now = [Seated(box, at) for box in sure32 if any(_sits(box, seat) for seat in seats)]
    counted: list[Tensor] = []
    for one in held:
        if not timedelta(0) <= at - one.sure_at <= HELD_FOR:
            continue
        if len(sure) and float(iou(one.box, sure32).max()) >= _STILL_SURE:
            continue
        now.append(one)
        shares = iou(one.box, faint32)
        if len(shares) and float(shares.max()) >= _SAME:
            counted.append(faint32[int(shares.argmax())])
    return tuple(now), np.concatenate([sure, counted]) if counted else sure


def _sits(box: Tensor, seat: WatchedZone) -> bool:
    left, top, right, bottom = map(float, box)
    body = (right - left) * (bottom - top)
    return body > 0 and seat.covered_by((left, top, right, bottom)) >= OPERATOR_SHARE * body
