"""A still with its zones drawn on and its masks painted over, for disputes and for setting up."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.kit.errors import Unavailable
from models.observations import ZoneKind, ZoneState

_COLOURS = {  # BGR; never colour alone: the letter says the same
    ZoneState.OCCUPIED: (200, 140, 30),
    ZoneState.EMPTY: (0, 140, 255),
    ZoneState.UNKNOWN: (150, 150, 150),
}
_LETTERS = {ZoneState.OCCUPIED: "+", ZoneState.EMPTY: "0", ZoneState.UNKNOWN: "?"}
_QUALITY = 88


@dataclass(frozen=True, slots=True)
class DrawnZone:
    """A zone with what was seen in it then; ``state`` is None where nothing is known."""

    kind: ZoneKind
    polygon: list[list[float]]
    window_number: int | None
    state: ZoneState | None
    people: int | None


def annotate(jpeg: bytes, zones: list[DrawnZone]) -> bytes:
    """Return the picture as JPEG: first masked, then drawn on. Blocks.

    Raises:
        Unavailable: this is no picture.
    """
    decoded = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR) if jpeg else None
    if decoded is None:
        raise Unavailable("The camera's picture cannot be read; try again")
    picture = np.asarray(decoded, np.uint8)
    height, width = picture.shape[:2]
    size = np.array([width, height], np.float64)
    for zone in zones:
        if zone.kind is ZoneKind.MASK:
            cv2.fillPoly(picture, [_corners(zone, size)], (0, 0, 0))
    for zone in zones:
        if zone.kind is not ZoneKind.MASK:
            _draw(picture, zone, _corners(zone, size))
    done, coded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    if not done:
        raise Unavailable("The camera's picture cannot be written; try again")
    return coded.tobytes()


def _corners(zone: DrawnZone, size: NDArray[np.float64]) -> NDArray[np.int32]:
    return np.round(np.asarray(zone.polygon, np.float64) * size).astype(np.int32)


def _draw(picture: NDArray[np.uint8], zone: DrawnZone, corners: NDArray[np.int32]) -> None:
    state = zone.state or ZoneState.UNKNOWN
    cv2.polylines(picture, [corners], True, _COLOURS[state], 2, cv2.LINE_AA)
    number = "" if zone.window_number is None else f"{zone.window_number} "
    people = "" if zone.people is None else f" {zone.people}"
    x, y = (int(value) for value in corners.min(axis=0))
    cv2.putText(
        picture,
        f"{number}{_LETTERS[state]}{people}",
        (x + 4, y + 18),
        cv2.FONT_HERSHEY_SIMPLEX,
        0.5,
        _COLOURS[state],
        1,
        cv2.LINE_AA,
    )
