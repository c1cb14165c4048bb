"""What Galileosky trackers put on the wire; pure."""

import struct
from collections.abc import Sequence
from datetime import UTC, datetime

from ingest.gps.decoders.crc import crc16_modbus
from ingest.gps.decoders.galileosky import tags
from ingest.gps.decoders.galileosky.compressed import (
    LATITUDE_BITS,
    LONGITUDE_BITS,
    MINIMAL_BYTES,
    SECOND_BITS,
)
from ingest.gps.decoders.galileosky.stream import COMPRESSED, DATA
from models.observations import PositionFix

_ARCHIVE = 0x8000
_NO_PLACE = 0x10
_HARDWARE, _FIRMWARE, _NUMBER = 0x01, 0x02, 0x10


def galileosky_head(imei: str) -> bytes:
    """Return the packet by which a tracker introduces itself."""
    content = bytes([_HARDWARE, 17, _FIRMWARE, 34, tags.IMEI]) + imei.encode("ascii")
    return galileosky_frame(content + bytes([tags.NUMBER, 0, 0]))


def galileosky_packet(fixes: Sequence[PositionFix], *, more: bool = False) -> bytes:
    """Return a packet of records; ``more`` says that others wait in the archive."""
    return galileosky_frame(
        b"".join(_record(number, fix) for number, fix in enumerate(fixes)), more=more
    )


def galileosky_frame(content: bytes, *, kind: int = DATA, more: bool = False) -> bytes:
    """Return a packet of these tags with its head, its length and its checksum."""
    length = len(content) | _ARCHIVE * more
    packet = bytes([kind]) + length.to_bytes(2, "little") + content
    return packet + crc16_modbus(packet).to_bytes(2, "little")


def galileosky_compressed(fixes: Sequence[PositionFix]) -> bytes:
    """Return the packet of compressed records of fixes."""
    return galileosky_frame(b"".join(map(_compressed, fixes)), kind=COMPRESSED)


def _compressed(fix: PositionFix) -> bytes:
    since = fix.fixed_at - datetime(fix.fixed_at.year, 1, 1, tzinfo=UTC)
    east = round((fix.longitude + 180) / 360 * (1 << LONGITUDE_BITS))
    north = round((fix.latitude + 90) / 180 * (1 << LATITUDE_BITS))
    bits = round(since.total_seconds())
    bits = bits << 1 | (not fix.valid)
    bits = bits << LONGITUDE_BITS | min(east, (1 << LONGITUDE_BITS) - 1)
    bits = bits << LATITUDE_BITS | min(north, (1 << LATITUDE_BITS) - 1)
    used = 1 + SECOND_BITS + 1 + LONGITUDE_BITS + LATITUDE_BITS
    minimal = (bits << MINIMAL_BYTES * 8 - used).to_bytes(MINIMAL_BYTES, "big")
    others = _others(fix)
    return (
        minimal
        + bytes([len(others), *(tag for tag, _ in others)])
        + b"".join(value for _, value in others)
    )


def _others(fix: PositionFix) -> list[tuple[int, bytes]]:
    """Return the tags of a fix beside its time and its place."""
    others: list[tuple[int, bytes]] = []
    if fix.speed_km_h is not None and fix.course_deg is not None:
        course = round(fix.course_deg * 10) % 3600
        motion = struct.pack("<HH", min(round(fix.speed_km_h * 10), 65534), course)
        others.append((tags.MOTION, motion))
    if fix.altitude_m is not None:
        others.append((tags.ALTITUDE, struct.pack("<h", round(fix.altitude_m))))
    if fix.hdop is not None:
        others.append((tags.DILUTION, bytes([min(round(fix.hdop * 10), 255)])))
    if fix.external_power_v is not None:
        others.append((tags.SUPPLY, struct.pack("<H", round(fix.external_power_v * 1000))))
    return others


def _record(number: int, fix: PositionFix) -> bytes:
    quality = min(fix.satellites or 0, 15) | (0 if fix.valid else _NO_PLACE)
    record = struct.pack("<BH", _NUMBER, number & 0xFFFF)
    record += struct.pack("<BI", tags.TIME, round(fix.fixed_at.timestamp()))
    record += struct.pack(
        "<BBii", tags.PLACE, quality, round(fix.latitude * 1e6), round(fix.longitude * 1e6)
    )
    return record + b"".join(bytes([tag]) + value for tag, value in _others(fix))
