"""Positions in the telemetry of EGTS: EGTS_SR_POS_DATA and EGTS_SR_EXT_POS_DATA; pure."""

import struct
from dataclasses import replace

from ingest.gps.decoders.message import Rejected, RejectionReason, coordinates, moment
from models.observations import PositionFix

EPOCH_UNIX = 1_262_304_000  # 2010-01-01 UTC
FULL_ANGLE = 0xFFFF_FFFF
VALID, MOVING, SOUTH, WEST, WITH_ALTITUDE = 0x01, 0x10, 0x20, 0x40, 0x80
BELOW_SEA, COURSE_HIGH = 0x4000, 0x8000
SPEED_MASK = 0x3FFF  # tenths of km/h
HAS_VDOP, HAS_HDOP, HAS_PDOP, HAS_SATELLITES = 0x01, 0x02, 0x04, 0x08
POSITION = struct.Struct("<IIIBHB")  # time, latitude, longitude, flags, speed with bits, course
LEAST_BYTES = 21  # with odometer, inputs and the reason of sending
_ALTITUDE_BYTES = 3


def position(device: str, content: bytes) -> PositionFix:
    """Return the fix of a POS_DATA part.

    Raises:
        Rejected: it is too short, or outside the globe.
    """
    if len(content) < LEAST_BYTES:
        detail = f"EGTS_SR_POS_DATA has {LEAST_BYTES} bytes or more."
        raise Rejected(RejectionReason.MALFORMED, detail)
    seconds, latitude, longitude, flags, speed, course = POSITION.unpack_from(content)
    north = latitude / FULL_ANGLE * 90
    east = longitude / FULL_ANGLE * 180
    altitude = None
    if flags & WITH_ALTITUDE and len(content) >= LEAST_BYTES + _ALTITUDE_BYTES:
        metres = int.from_bytes(content[LEAST_BYTES : LEAST_BYTES + _ALTITUDE_BYTES], "little")
        altitude = float(-metres if speed & BELOW_SEA else metres)
    north, east = coordinates(
        -north if flags & SOUTH else north,
        -east if flags & WEST else east,
    )
    return PositionFix(
        device=device,
        fixed_at=moment(EPOCH_UNIX + seconds),
        latitude=north,
        longitude=east,
        valid=bool(flags & VALID),
        speed_km_h=(speed & SPEED_MASK) / 10,
        course_deg=float((course + (256 if speed & COURSE_HIGH else 0)) % 360),
        altitude_m=altitude,
    )


def amended(fix: PositionFix, content: bytes) -> PositionFix:
    """Return the fix with what an EXT_POS_DATA part adds.

    Raises:
        Rejected: the part is shorter than its flags say.
    """
    flags = content[0] if content else 0
    at = 1
    hdop, satellites = fix.hdop, fix.satellites
    for flag, width in ((HAS_VDOP, 2), (HAS_HDOP, 2), (HAS_PDOP, 2), (HAS_SATELLITES, 1)):
        if not flags & flag:
            continue
        if len(content) < at + width:
            detail = "EGTS_SR_EXT_POS_DATA is shorter than its flags say."
            raise Rejected(RejectionReason.MALFORMED, detail)
        value = int.from_bytes(content[at : at + width], "little")
        at += width
        if flag == HAS_HDOP:
            hdop = value / 100
        elif flag == HAS_SATELLITES:
            satellites = value
    return replace(fix, hdop=hdop, satellites=satellites)
