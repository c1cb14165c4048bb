"""What EGTS terminals and relays put on the wire; pure."""

from collections.abc import Sequence

from ingest.gps.decoders.egts.packet import PacketType, packet
from ingest.gps.decoders.egts.positions import (
    BELOW_SEA,
    COURSE_HIGH,
    EPOCH_UNIX,
    FULL_ANGLE,
    HAS_HDOP,
    HAS_SATELLITES,
    MOVING,
    POSITION,
    SOUTH,
    SPEED_MASK,
    VALID,
    WEST,
    WITH_ALTITUDE,
)
from ingest.gps.decoders.egts.records import Part, Service, part, record
from models.observations import PositionFix

_WITH_IMEI = 0x02
_REST_BYTES = 5  # odometer, inputs, reason of sending


def egts_identity(number: int, *, terminal: int, imei: str | None = None) -> bytes:
    """Return the packet by which a terminal introduces itself; ``number`` is the packet's."""
    content = terminal.to_bytes(4, "little") + bytes([_WITH_IMEI if imei else 0])
    content += (imei or "").encode("ascii")
    introduced = part(Part.TERM_IDENTITY, content)
    body = record(number, Service.AUTH, introduced, from_device=True)
    return packet(number, PacketType.APPDATA, body)


def egts_packet(
    number: int, fixes: Sequence[PositionFix], *, relayed: bool = False, signature: bytes = b""
) -> bytes:
    """Return a packet with one record a fix, numbered from 1.

    Args:
        number: of the packet.
        fixes: their devices are numbers where ``relayed``.
        relayed: name the vehicle of each record, as operators' relays do.
        signature: makes it a signed packet.
    """
    body = b"".join(
        record(
            place + 1,
            Service.TELEDATA,
            _content(fix),
            object_id=int(fix.device) if relayed else None,
            from_device=not relayed,
        )
        for place, fix in enumerate(fixes)
    )
    if not signature:
        return packet(number, PacketType.APPDATA, body)
    signed = len(signature).to_bytes(2, "little") + signature + body
    return packet(number, PacketType.SIGNED_APPDATA, signed)


def _content(fix: PositionFix) -> bytes:
    content = part(Part.POS_DATA, _position(fix))
    flags, extended = 0, b""
    if fix.hdop is not None:
        flags |= HAS_HDOP
        extended += min(round(fix.hdop * 100), 0xFFFF).to_bytes(2, "little")
    if fix.satellites is not None:
        flags |= HAS_SATELLITES
        extended += bytes([fix.satellites])
    return content + part(Part.EXT_POS_DATA, bytes([flags]) + extended) if flags else content


def _position(fix: PositionFix) -> bytes:
    course = round(fix.course_deg or 0) % 360
    altitude = round(fix.altitude_m or 0)
    speed = min(round((fix.speed_km_h or 0) * 10), SPEED_MASK)
    flags = (
        VALID * fix.valid
        | MOVING * (speed > 0)
        | SOUTH * (fix.latitude < 0)
        | WEST * (fix.longitude < 0)
        | WITH_ALTITUDE * (fix.altitude_m is not None)
    )
    head = POSITION.pack(
        round(fix.fixed_at.timestamp()) - EPOCH_UNIX,
        round(abs(fix.latitude) / 90 * FULL_ANGLE),
        round(abs(fix.longitude) / 180 * FULL_ANGLE),
        flags,
        speed | BELOW_SEA * (altitude < 0) | COURSE_HIGH * (course > 255),
        course & 0xFF,
    )
    above = b"" if fix.altitude_m is None else abs(altitude).to_bytes(3, "little")
    return head + bytes(_REST_BYTES) + above
