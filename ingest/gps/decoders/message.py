"""What a decoder makes of one message: fixes, named rejections and the answers; pure."""

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from models.observations import PositionFix

IDENTIFIER_LIMIT = 64
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECONDS_FROM = 100_000_000_000  # as seconds this is the year 5138, so it means milliseconds


class RejectionReason(StrEnum):
    """Why a message, or one record of it, is not a stored position."""

    MALFORMED = "malformed"
    UNKNOWN_TYPE = "unknown_type"
    TOO_LONG = "too_long"
    CHECKSUM = "checksum"
    NO_DEVICE = "no_device"
    UNKNOWN_DEVICE = "unknown_device"
    WRONG_PASSWORD = "wrong_password"
    NO_POSITION = "no_position"
    BAD_TIME = "bad_time"
    BAD_COORDINATES = "bad_coordinates"
    BAD_MOTION = "bad_motion"
    BAD_SATELLITES = "bad_satellites"


@dataclass(frozen=True, slots=True)
class Rejection:
    """``detail`` is one sentence that tells whoever set the device up what to send instead."""

    reason: RejectionReason
    detail: str


class Rejected(Exception):
    """Raised inside a decoder where a message cannot be meant; it never leaves the decoder."""

    def __init__(self, reason: RejectionReason, detail: str) -> None:
        super().__init__(detail)
        self.rejection = Rejection(reason, detail)


@dataclass(frozen=True, slots=True)
class DeviceMessage:
    """One message of a device, decoded.

    Attributes:
        raw: the bytes as they came; stored when anything in the message was rejected.
        device: the identifier the device gave, None when it gave none.
        password: what the device gave with its identifier.
        fixes: positions to store, in the order of the message.
        rejections: what was not a position, with reasons.
        answer: bytes for the device, to be sent only after all of this is committed.
        answer_without: makes the answer where some vehicles of the fixes other than ``device``
            are refused; None where a message speaks for one device only.
        refusal: bytes for a device that is not known here.
        password_refusal: bytes for a known device with a wrong password.
        checksum_failed: the checksum was wrong; without strictness the fixes are used all the same.
        ends: nothing after it can be understood; the connection is to be ended.
    """

    raw: bytes
    device: str | None
    fixes: tuple[PositionFix, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    answer: bytes = b""
    answer_without: Callable[[Collection[str]], bytes] | None = None
    refusal: bytes = b""
    password_refusal: bytes = b""
    password: str | None = None
    checksum_failed: bool = False
    ends: bool = False


def identifier(text: str) -> str:
    """Return the identifier of a device, cleaned.

    Raises:
        Rejected: nothing, or nothing that could be an identifier.
    """
    cleaned = text.strip()
    if not cleaned:
        raise Rejected(RejectionReason.NO_DEVICE, "Send the identifier of the device.")
    if len(cleaned) > IDENTIFIER_LIMIT or not cleaned.isprintable():
        detail = f"An identifier has at most {IDENTIFIER_LIMIT} printable characters."
        raise Rejected(RejectionReason.NO_DEVICE, detail)
    return cleaned


def moment(unix: float) -> datetime:
    """Return the aware time of Unix seconds or milliseconds.

    Raises:
        Rejected: beyond what a calendar can say.
    """
    seconds = unix / 1000 if abs(unix) >= _MILLISECONDS_FROM else unix
    try:
        return _EPOCH + timedelta(seconds=seconds)
    except (OverflowError, ValueError):
        raise Rejected(
            RejectionReason.BAD_TIME, "Send the time as Unix seconds, milliseconds or ISO 8601."
        ) from None


def coordinates(latitude: float, longitude: float) -> tuple[float, float]:
    """Return the pair unchanged.

    Raises:
        Rejected: not numbers, or outside the globe.
    """
    if not (math.isfinite(latitude) and math.isfinite(longitude)):
        raise Rejected(RejectionReason.BAD_COORDINATES, "Coordinates must be numbers.")
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise Rejected(
            RejectionReason.BAD_COORDINATES, "Latitude is within ±90, longitude within ±180."
        )
    return latitude, longitude
