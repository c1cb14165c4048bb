"""Galileosky over TCP: a head packet with the IMEI, packets of records, confirmations; pure.

A packet has a head, a length whose highest bit says that more waits in the archive, tags and a
CRC-16/MODBUS; it is confirmed by 0x02 and the checksum that came. Head packets carry the IMEI
(0x03) and the device's number (0x04), which is the identifier where no IMEI ever comes. What can
be read of a packet with an unknown tag is kept, the rest is rejected by the tag's number; the
packet is confirmed all the same, or it would come for ever.

From the maker's «general information, server exchange protocol»: heads, lengths, tags, units,
confirmation, the example of coordinates and of speed; checksums seen in packets of real trackers.
Compressed packets (0x08) are read as compressed.py says. Garmin (0x06) and photo (0x07) packets
are passed over: Garmin ones unconfirmed as the maker says, photos confirmed by 0x07 as public
servers do; their insides are not read. Not verified: how a tracker takes the confirmation of a
packet whose checksum was wrong, and compressed packets as a whole.
"""

import struct
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NoReturn

from ingest.gps.decoders.crc import crc16_modbus
from ingest.gps.decoders.galileosky import compressed, tags
from ingest.gps.decoders.galileosky.compressed import Minimal
from ingest.gps.decoders.galileosky.tags import Tags
from ingest.gps.decoders.message import (
    DeviceMessage,
    Rejected,
    Rejection,
    RejectionReason,
    coordinates,
    moment,
)
from models.observations import PositionFix

PROTOCOL = "galileosky"
DATA, CONFIRMED, GARMIN, PHOTO, COMPRESSED = 0x01, 0x02, 0x06, 0x07, 0x08
_KEPT_OF_BROKEN_BYTES = 1024
_HEAD_BYTES, _CHECKSUM_BYTES = 3, 2
_ARCHIVE = 0x8000
_BY_SATELLITES, _BY_CELLS = 0, 2  # other correctness: no place is known
_PLACE = struct.Struct("<Bii")
_MOTION = struct.Struct("<HH")
_CELL_METRES = 10  # what the dilution counts in where cells gave the place
_SILENT = 0xFFFF  # motion that is not known


@dataclass(frozen=True, slots=True)
class GalileoskySession:
    """What a connection has said so far. ``rest`` is the packet that has not ended yet."""

    device: str | None = None
    rest: bytes = b""
    lost: bool = False  # its place in the stream: nothing after that can be understood


def feed(
    session: GalileoskySession, received: bytes, received_at: datetime, *, strict: bool = False
) -> tuple[GalileoskySession, list[DeviceMessage]]:
    """Decode what a connection received; never raises, whatever came.

    Positions carry their own time, compressed ones without its year. Packets with a wrong checksum
    are counted and used, or with ``strict`` left unconfirmed.
    """
    if session.lost:
        return session, []
    stream, at = session.rest + received, 0
    messages: list[DeviceMessage] = []
    while at < len(stream):
        if stream[at] not in (DATA, GARMIN, PHOTO, COMPRESSED):
            detail = "A Galileosky packet begins with 0x01, 0x06, 0x07 or 0x08."
            rejection = Rejection(RejectionReason.MALFORMED, detail)
            kept = stream[at : at + _KEPT_OF_BROKEN_BYTES]
            messages.append(DeviceMessage(kept, session.device, rejections=(rejection,), ends=True))
            return replace(session, rest=b"", lost=True), messages
        if len(stream) < at + _HEAD_BYTES:
            break
        length = int.from_bytes(stream[at + 1 : at + _HEAD_BYTES], "little") & ~_ARCHIVE
        ends = at + _HEAD_BYTES + length + _CHECKSUM_BYTES
        if len(stream) < ends:
            break
        session, message = _packet(session, stream[at:ends], received_at, strict=strict)
        messages.append(message)
        at = ends
        if message.ends:
            return replace(session, rest=b"", lost=True), messages
    return replace(session, rest=stream[at:]), messages


def _packet(
    session: GalileoskySession, packet: bytes, received_at: datetime, *, strict: bool
) -> tuple[GalileoskySession, DeviceMessage]:
    """Return the session after a whole packet and its message."""
    checksum = packet[-_CHECKSUM_BYTES:]
    failed = crc16_modbus(packet[:-_CHECKSUM_BYTES]) != int.from_bytes(checksum, "little")
    message = DeviceMessage(packet, session.device, checksum_failed=failed)
    if failed and strict:
        rejection = Rejection(RejectionReason.CHECKSUM, "The CRC16 of the packet is wrong.")
        return session, replace(message, rejections=(rejection,))
    kind = packet[0]
    if kind == GARMIN:
        return session, message
    if kind == PHOTO:
        return session, replace(message, answer=bytes([PHOTO]) + checksum)
    message = replace(message, answer=bytes([CONFIRMED]) + checksum)
    if kind == COMPRESSED:
        return session, _compressed(session, message, received_at)
    return _records(session, message)


def _compressed(
    session: GalileoskySession, message: DeviceMessage, received_at: datetime
) -> DeviceMessage:
    """Return the message of a compressed packet, which names nobody."""
    try:
        device = session.device or _refuse_nobody()
    except Rejected as rejected:
        return replace(message, rejections=(rejected.rejection,), answer=b"", ends=True)
    body = message.raw[_HEAD_BYTES:-_CHECKSUM_BYTES]
    found, ended = compressed.records(body, received_at)
    return replace(
        message,
        fixes=tuple(_compressed_fix(device, one) for one in found),
        rejections=() if ended is None else (ended.rejection,),
    )


def _records(
    session: GalileoskySession, message: DeviceMessage
) -> tuple[GalileoskySession, DeviceMessage]:
    """Return the session after a packet of tags and its message, to which they are added."""
    found, ended = tags.records(message.raw[_HEAD_BYTES:-_CHECKSUM_BYTES])
    try:
        device = _imei(found) or session.device or _number(found)
        if device is None:
            _refuse_nobody()
    except Rejected as rejected:
        return session, replace(message, rejections=(rejected.rejection,), answer=b"", ends=True)
    fixes: list[PositionFix] = []
    rejections: list[Rejection] = []
    for record in found:
        try:
            fix = _fix(device, record)
        except Rejected as rejected:
            rejections.append(rejected.rejection)
        else:
            fixes += [fix] if fix is not None else []
    if ended is not None:
        rejections.append(ended.rejection)
    return replace(session, device=device), replace(
        message, device=device, fixes=tuple(fixes), rejections=tuple(rejections)
    )


def _refuse_nobody() -> NoReturn:
    detail = "Switch the IMEI (tag 0x03) on in the head packet."
    raise Rejected(RejectionReason.NO_DEVICE, detail)


def _imei(found: list[Tags]) -> str | None:
    """Return the IMEI that a packet carries, None where it carries none.

    Raises:
        Rejected: it is no number.
    """
    for record in found:
        imei = record.get(tags.IMEI)
        if imei is not None:
            if not imei.isdigit():
                raise Rejected(RejectionReason.NO_DEVICE, "An IMEI has 15 digits.")
            return imei.decode("ascii")
    return None


def _number(found: list[Tags]) -> str | None:
    """Return the device's number that a packet carries; 0 means that nobody has set one."""
    for record in found:
        number = int.from_bytes(record.get(tags.NUMBER, b""), "little")
        if number:
            return str(number)
    return None


def _fix(device: str, record: Tags) -> PositionFix | None:
    """Return the fix of a record, None where it says no place.

    Raises:
        Rejected: it says no time, or a place outside the globe.
    """
    place = record.get(tags.PLACE)
    if place is None:
        return None
    time = record.get(tags.TIME)
    if time is None:
        detail = "Switch the time (tag 0x20) on beside the coordinates (0x30)."
        raise Rejected(RejectionReason.BAD_TIME, detail)
    quality, north, east = _PLACE.unpack(place)
    satellites, source = quality & 0x0F, quality >> 4
    latitude, longitude = coordinates(north / 1e6, east / 1e6)
    dilution = record.get(tags.DILUTION)
    by_cells = source == _BY_CELLS
    speed, course = _motion(record)
    supply = record.get(tags.SUPPLY)
    return PositionFix(
        device=device,
        fixed_at=moment(int.from_bytes(time, "little")),
        latitude=latitude,
        longitude=longitude,
        valid=source in (_BY_SATELLITES, _BY_CELLS),
        speed_km_h=speed,
        course_deg=course,
        altitude_m=_altitude(record),
        accuracy_m=float(dilution[0] * _CELL_METRES) if dilution and by_cells else None,
        hdop=dilution[0] / 10 if dilution and not by_cells else None,
        satellites=None if by_cells else satellites,
        external_power_v=None if supply is None else int.from_bytes(supply, "little") / 1000,
    )


def _compressed_fix(device: str, said: Minimal) -> PositionFix:
    """Return the fix of a compressed record; its place is always on the globe."""
    record = said.others
    dilution, supply = record.get(tags.DILUTION), record.get(tags.SUPPLY)
    speed, course = _motion(record)
    return PositionFix(
        device=device,
        fixed_at=said.fixed_at,
        latitude=said.latitude,
        longitude=said.longitude,
        valid=said.valid,
        speed_km_h=speed,
        course_deg=course,
        altitude_m=_altitude(record),
        hdop=dilution[0] / 10 if dilution else None,
        external_power_v=None if supply is None else int.from_bytes(supply, "little") / 1000,
    )


def _motion(record: Tags) -> tuple[float | None, float | None]:
    """Return km/h and course."""
    speed, course = _MOTION.unpack(record.get(tags.MOTION, b"\xff" * 4))
    return (
        None if speed == _SILENT else speed / 10,
        None if course == _SILENT else course / 10 % 360,
    )


def _altitude(record: Tags) -> float | None:
    metres = record.get(tags.ALTITUDE)
    return None if metres is None else float(int.from_bytes(metres, "little", signed=True))
