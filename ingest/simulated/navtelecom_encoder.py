"""What Navtelecom boxes put on the wire: NTCB frames and FLEX packets; pure."""

from collections.abc import Mapping, Sequence

from ingest.gps.decoders.crc import crc8
from ingest.gps.decoders.navtelecom.fields import (
    ADDITIONAL,
    ADDITIONAL_KIND,
    ALTITUDE,
    ANGLE_UNITS,
    COURSE,
    DILUTION,
    EVENT_TIME,
    FIX_TIME,
    LATITUDE,
    LONGITUDE,
    SENSOR,
    SPEED,
    SUPPLY,
    layout,
)
from ingest.gps.decoders.navtelecom.stream import FLEX, VERSIONS, frame
from models.observations import PositionFix

_SERVER, _BOX = 1, 0  # whom frames are for and from
_SWITCHED_ON, _FIXED = 0x01, 0x02
FIELDS = (1, 2, EVENT_TIME, *range(4, 15), SUPPLY, DILUTION)
FIELDS_1 = FIELDS[:-1]  # FLEX 1.0 has no dilution


def navtelecom_identity(imei: str) -> bytes:
    """Return the frame by which a box introduces itself."""
    return frame(_SERVER, _BOX, b"*>S:" + imei.encode("ascii"))


def navtelecom_negotiation(*, version: int = 0x1E, fields: Sequence[int] = FIELDS) -> bytes:
    """Return the frame by which a box says what its records hold; 0x0A is FLEX 1.0."""
    size = VERSIONS[version]
    head = bytes([FLEX, version, version, size])
    return frame(_SERVER, _BOX, b"*>FLEX" + head + mask(size, fields))


def mask(size: int, fields: Sequence[int]) -> bytes:
    """Return the mask of some of ``size`` fields."""
    bits = bytearray((size + 7) // 8)
    for number in fields:
        bits[(number - 1) // 8] |= 0x80 >> (number - 1) % 8
    return bytes(bits)


def navtelecom_packet(
    fixes: Sequence[PositionFix], *, version: int = 0x1E, fields: Sequence[int] = FIELDS
) -> bytes:
    """Return the packet of kept records."""
    records = b"".join(_record(fix, version, fields) for fix in fixes)
    return _closed(b"~A" + bytes([len(fixes)]) + records)


def navtelecom_event(index: int, fix: PositionFix) -> bytes:
    """Return the packet of an event."""
    return _closed(b"~T" + index.to_bytes(4, "little") + _record(fix, 0x1E, FIELDS))


def navtelecom_state(fix: PositionFix) -> bytes:
    """Return the packet of the present state."""
    return _closed(b"~C" + _record(fix, 0x1E, FIELDS))


def navtelecom_additional(fixes: Sequence[PositionFix]) -> bytes:
    """Return the packet of additional records."""
    return _closed(b"~E" + bytes([len(fixes)]) + b"".join(map(_additional, fixes)))


def navtelecom_additional_event(index: int, fix: PositionFix) -> bytes:
    """Return the packet of an additional record of an event."""
    return _closed(b"~X" + index.to_bytes(4, "little") + _additional(fix))


def _additional(fix: PositionFix) -> bytes:
    values = _values(fix)
    record = ADDITIONAL.pack(
        ADDITIONAL_KIND,
        ADDITIONAL.size,
        0,
        0,
        *(values[number] for number in (EVENT_TIME, *range(SENSOR, COURSE + 1))),
        0.0,
    )
    return len(record).to_bytes(2, "little") + record


def _closed(content: bytes) -> bytes:
    return content + bytes([crc8(content)])


def _values(fix: PositionFix) -> Mapping[int, int | float]:
    at = round(fix.fixed_at.timestamp())
    return {
        EVENT_TIME: at,
        SENSOR: _SWITCHED_ON | _FIXED * fix.valid | min(fix.satellites or 0, 63) << 2,
        FIX_TIME: at,
        LATITUDE: round(fix.latitude * ANGLE_UNITS),
        LONGITUDE: round(fix.longitude * ANGLE_UNITS),
        ALTITUDE: round((fix.altitude_m or 0) * 10),
        SPEED: fix.speed_km_h or 0.0,
        COURSE: round(fix.course_deg or 0) % 360,
        SUPPLY: round((fix.external_power_v or 0) * 1000),
        DILUTION: min(round((fix.hdop or 0) * 10), 255),
    }


def _record(fix: PositionFix, version: int, fields: Sequence[int]) -> bytes:
    size = VERSIONS[version]
    chosen = layout(size, mask(size, fields))
    values = _values(fix)
    return chosen.record.pack(*(values[number] for number in chosen.used))
