"""What Galileosky trackers put on the wire; pure."""

import struct
from collections.abc import Sequence

from ingest.gps.decoders.crc import crc16_modbus
from ingest.gps.decoders.galileosky import tags
from ingest.gps.decoders.galileosky.stream import DATA
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


def _record(number: int, fix: PositionFix) -> bytes:
    quality = min(fix.satellites or 0, 15) | (0 if fix.valid else _NO_PLACE)
    record = struct.pack("<BH", _NUMBER, number & 0xFFFF)
    record += struct.pack("<BI", tags.TIME, round(fix.fixed_at.timestamp()))
    record += struct.pack(
        "<BBii", tags.PLACE, quality, round(fix.latitude * 1e6), round(fix.longitude * 1e6)
    )
    if fix.speed_km_h is not None and fix.course_deg is not None:
        course = round(fix.course_deg * 10) % 3600
        record += struct.pack("<BHH", tags.MOTION, min(round(fix.speed_km_h * 10), 65534), course)
    if fix.altitude_m is not None:
        record += struct.pack("<Bh", tags.ALTITUDE, round(fix.altitude_m))
    if fix.hdop is not None:
        record += bytes([tags.DILUTION, min(round(fix.hdop * 10), 255)])
    if fix.external_power_v is not None:
        record += struct.pack("<BH", tags.SUPPLY, round(fix.external_power_v * 1000))
    return record
