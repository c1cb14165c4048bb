"""Teltonika Codec 8, 8 Extended and 16 over TCP: identity, records, acknowledgements; pure.

A device says its IMEI once and then sends packets of records, each packet acknowledged by the
number of records taken; what is not acknowledged comes again. Answers to commands (Codec 12, 13,
14, 15) may stand between packets and are passed over. A record without a satellite is no fix and is
stored as such. Nothing marks where a packet begins, so a stream that lost its place ends.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from ingest.gps.decoders.crc import crc16_arc
from ingest.gps.decoders.message import (
    DeviceMessage,
    Rejected,
    Rejection,
    RejectionReason,
    coordinates,
    moment,
)
from models.observations import PositionFix

PROTOCOL = "teltonika"
PACKET_LIMIT_BYTES = 16 * 1024  # makers' packets end at 1280 bytes, or at 8 kB for long elements
_KEPT_OF_BROKEN_BYTES = 1024
_ACCEPT, _REFUSE = b"\x01", b"\x00"
_PING = 0xFF
_HEAD, _TAIL = 8, 4  # preamble and length; checksum
_DEGREES = 1e7
_BEYOND_MS = 99_999_999_999_999  # the year 5138, which the verdict calls the future
BATTERY_PERCENT, HDOP = 113, 182  # elements; the dilution in tenths
IGNITION, EXTERNAL_POWER_MV = 239, 66
COMMANDS = (0x0C, 0x0D, 0x0E, 0x0F)


@dataclass(frozen=True, slots=True)
class Codec:
    """How wide the fields of a record's elements are, in bytes."""

    event: int
    generation: int
    count: int
    identifier: int
    long_elements: bool


CODECS = {
    0x08: Codec(event=1, generation=0, count=1, identifier=1, long_elements=False),
    0x8E: Codec(event=2, generation=0, count=2, identifier=2, long_elements=True),
    0x10: Codec(event=2, generation=1, count=1, identifier=2, long_elements=False),
}


@dataclass(frozen=True, slots=True)
class TeltonikaSession:
    """What a connection has said so far. ``rest`` is the packet that has not ended yet."""

    device: str | None = None
    rest: bytes = b""
    lost: bool = False  # its place in the stream: nothing after that can be understood


def feed(
    session: TeltonikaSession, received: bytes, received_at: datetime, *, strict: bool = False
) -> tuple[TeltonikaSession, list[DeviceMessage]]:
    """Decode what a connection received; never raises, whatever came.

    Args:
        session: of this connection; ``TeltonikaSession()`` at its start.
        received: any piece of the stream.
        received_at: not used; records carry their time.
        strict: leave packets with a wrong checksum unacknowledged instead of only counting them.

    Returns:
        The session for the next piece and the messages that ended in this one, in order.
    """
    del received_at
    if session.lost:
        return session, []
    stream = session.rest + received
    messages: list[DeviceMessage] = []
    while stream := stream.lstrip(bytes([_PING])):
        try:
            taken = _identity(stream) if session.device is None else _packet(stream)
        except Rejected as rejected:
            messages.append(_broken(session, stream, rejected.rejection))
            return replace(session, rest=b"", lost=True), messages
        if taken == 0:
            break
        piece, stream = stream[:taken], stream[taken:]
        if session.device is None:
            session = replace(session, device=piece[2:].decode("ascii"))
            message = DeviceMessage(piece, session.device, answer=_ACCEPT, refusal=_REFUSE)
        else:
            message = _decoded(session.device, piece, strict=strict)
        messages.append(message)
    return replace(session, rest=stream), messages


def _identity(stream: bytes) -> int:
    """Return the length of the identity that the stream begins with, 0 where it has not all come.

    Raises:
        Rejected: no IMEI stands here.
    """
    length = int.from_bytes(stream[:2], "big")
    if len(stream) >= 2 and not 8 <= length <= 17:
        raise Rejected(RejectionReason.NO_DEVICE, "Send the IMEI first: its length and its digits.")
    imei = stream[2 : 2 + length]
    if not all(0x30 <= byte <= 0x39 for byte in imei):
        raise Rejected(RejectionReason.NO_DEVICE, "An IMEI has digits only.")
    return 2 + length if len(stream) >= 2 + length > 2 else 0


def _packet(stream: bytes) -> int:
    """Return the length of the packet that the stream begins with, 0 where it has not all come.

    Raises:
        Rejected: no packet stands here.
    """
    if any(stream[:4]):
        raise Rejected(RejectionReason.MALFORMED, "A packet begins with four zero bytes.")
    if len(stream) < _HEAD:
        return 0
    length = int.from_bytes(stream[4:_HEAD], "big")
    if length > PACKET_LIMIT_BYTES:
        detail = f"A packet has at most {PACKET_LIMIT_BYTES} bytes."
        raise Rejected(RejectionReason.TOO_LONG, detail)
    whole = _HEAD + length + _TAIL
    return whole if len(stream) >= whole else 0


def _broken(session: TeltonikaSession, stream: bytes, rejection: Rejection) -> DeviceMessage:
    return DeviceMessage(
        stream[:_KEPT_OF_BROKEN_BYTES],
        session.device,
        rejections=(rejection,),
        answer=_REFUSE if session.device is None else b"",
        ends=True,
    )


def _decoded(device: str, packet: bytes, *, strict: bool) -> DeviceMessage:
    body, checksum = packet[_HEAD:-_TAIL], packet[-_TAIL:]
    failed = crc16_arc(body) != int.from_bytes(checksum, "big")
    message = DeviceMessage(packet, device, checksum_failed=failed)
    if failed and strict:
        rejection = Rejection(RejectionReason.CHECKSUM, "The CRC16 of the packet is wrong.")
        return replace(message, rejections=(rejection,), answer=bytes(4))
    if body[:1] and body[0] in COMMANDS:
        return message
    try:
        count, outcomes = records(device, body)
    except Rejected as rejected:
        # Unacknowledged it would come again and again; it is kept raw, for a better decoder.
        answer = bytes(4) if failed else (body[1] if len(body) > 1 else 0).to_bytes(4, "big")
        return replace(message, rejections=(rejected.rejection,), answer=answer)
    return replace(
        message,
        fixes=tuple(one for one in outcomes if isinstance(one, PositionFix)),
        rejections=tuple(one for one in outcomes if isinstance(one, Rejection)),
        answer=count.to_bytes(4, "big"),
    )


def records(device: str, body: bytes) -> tuple[int, list[PositionFix | Rejection]]:
    """Return how many records a packet's body holds, and each one's fix or why it has none.

    Args:
        device: whose they are.
        body: codec, number, records, number again.

    Raises:
        Rejected: it does not hold what it says.
    """
    if not body or body[0] not in CODECS:
        known = ", ".join(f"{codec:02X}" for codec in CODECS)
        raise Rejected(RejectionReason.UNKNOWN_TYPE, f"This receiver knows the codecs {known}.")
    reader = _Reader(body, at=1)
    count = reader.number(1)
    outcomes = [_record(device, reader, CODECS[body[0]]) for _ in range(count)]
    if reader.number(1) != count or reader.at != len(body):
        detail = "The number of records differs from the records."
        raise Rejected(RejectionReason.MALFORMED, detail)
    return count, outcomes


class _Reader:
    """Numbers of a body, one after the other."""

    def __init__(self, body: bytes, at: int) -> None:
        self.body, self.at = body, at

    def number(self, width: int, *, signed: bool = False) -> int:
        piece = self.body[self.at : self.at + width]
        if len(piece) < width:
            raise Rejected(RejectionReason.MALFORMED, "The packet ends inside a record.")
        self.at += width
        return int.from_bytes(piece, "big", signed=signed)


def _record(device: str, reader: _Reader, codec: Codec) -> PositionFix | Rejection:
    unix_ms = reader.number(8)
    reader.number(1)  # priority
    longitude, latitude = (reader.number(4, signed=True) / _DEGREES for _ in range(2))
    altitude = reader.number(2, signed=True)
    course, satellites, speed = reader.number(2), reader.number(1), reader.number(2)
    elements = dict(_elements(reader, codec))
    try:
        latitude, longitude = coordinates(latitude, longitude)
        battery, hdop = elements.get(BATTERY_PERCENT), elements.get(HDOP)
        ignition, power_mv = elements.get(IGNITION), elements.get(EXTERNAL_POWER_MV)
        return PositionFix(
            device=device,
            fixed_at=moment(min(unix_ms, _BEYOND_MS) / 1000),
            latitude=latitude,
            longitude=longitude,
            valid=satellites > 0,
            speed_km_h=float(speed),
            course_deg=float(course % 360),
            altitude_m=float(altitude),
            hdop=None if hdop is None else hdop / 10,
            satellites=satellites,
            battery_percent=None if battery is None else float(min(battery, 100)),
            ignition=None if ignition is None else ignition != 0,
            external_power_v=None if power_mv is None else min(power_mv, 0xFFFF) / 1000,
        )
    except Rejected as rejected:
        return rejected.rejection


def _elements(reader: _Reader, codec: Codec) -> Iterator[tuple[int, int]]:
    reader.number(codec.event)
    reader.number(codec.generation)
    reader.number(codec.count)  # of all; each width's own number stands before it
    for width in (1, 2, 4, 8):
        for _ in range(reader.number(codec.count)):
            yield reader.number(codec.identifier), reader.number(width)
    if codec.long_elements:
        for _ in range(reader.number(codec.count)):
            identifier = reader.number(codec.identifier)
            yield identifier, reader.number(reader.number(2))
