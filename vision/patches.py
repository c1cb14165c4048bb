"""The part of a picture around each operator's seat, small enough to be remembered."""

from collections.abc import Iterable
from uuid import UUID

import cv2
import numpy as np

from models.observations import ZoneKind
from vision.detector import Picture
from vision.seats import COLUMNS, ROWS, Patch
from vision.zones import WatchedZone


def patches(picture: Picture, zones: Iterable[WatchedZone]) -> dict[UUID, Patch]:
    """Return ROWS × COLUMNS × 3 of each operator's zone, however large it is in the picture."""
    height, width = picture.shape[:2]
    found: dict[UUID, Patch] = {}
    for zone in zones:
        if zone.kind is not ZoneKind.OPERATOR:
            continue
        left, top, right, bottom = zone.bounds
        columns = slice(int(left * width), max(int(left * width) + 1, round(right * width)))
        rows = slice(int(top * height), max(int(top * height) + 1, round(bottom * height)))
        part = picture[rows, columns]
        if part.size:
            small = cv2.resize(part, (COLUMNS, ROWS), interpolation=cv2.INTER_AREA)
            found[zone.zone_id] = np.asarray(small, np.uint8)
    return found
