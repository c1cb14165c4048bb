"""Navtelecom over TCP: NTCB frames for the handshake, then FLEX packets; pure.

A device says its IMEI (*>S) and the mask of the fields it will send (*>FLEX); until each is
answered it sends nothing more. Then come packets of kept records (~A), events (~T), the present
state (~C), additional records (~E) and an additional record of an event (~X), each answered in its
own way; 0x7F alone keeps the line open. The mask decides how long a record is, so a packet before
it has no end: its stream ends.

From the maker's page of FLEX examples: the handshake, the mask and its order, the packet ~A,
checksums; from the maker's table of fields: sizes, units, what ~A, ~T and ~C are; seen in packets
of devices of FLEX 1.0, 2.0 and 3.0: ~T, places, times. The answers to ~T (with the event's index)
and ~C are as several public servers have them. ~E and ~X, their records and their answers, stand
in single public servers and are not verified: such a packet is believed only where its checksum
holds. Not read: NTCB telemetry without FLEX (*>A, *>T).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from operator import xor

from ingest.gps.decoders.crc import crc8
from ingest.gps.decoders.message import (
    DeviceMessage,
    Rejected,
    Rejection,
    RejectionReason,
    identifier,
)
from ingest.gps.decoders.navtelecom.fields import (
    LATITUDE,
    LONGITUDE,
    Layout,
    Values,
    additional,
    fix,
    layout,
)
from models.observations import PositionFix

PROTOCOL = "navtelecom"
PREAMBLE = b"@NTC"
FLEX = 0xB0
VERSIONS = {0x0A: 69, 0x14: 122, 0x1E: 255}  # 1.0, 2.0, 3.0 and how many fields they have
_NEWEST = 0x1E
_FRAME_BYTES = 16
_KEPT_OF_BROKEN_BYTES = 1024
_STAYING = 0x7F
_IDENTITY, _NEGOTIATION = b"*>S:", b"*>FLEX"
_ANSWERS_OF_DEVICES = (b"*@", b"*#", b"*!", b"*<")
_HEADS = {b"~A": 3, b"~T": 6, b"~C": 2, b"~E": 3, b"~X": 6}  # what an answer repeats
_ADDITIONAL = (b"~E", b"~X")


@dataclass(frozen=True, slots=True)
class NavtelecomSession:
    """What a connection has said so far. ``rest`` is the packet that has not ended yet."""

    device: str | None = None
    layout: Layout | None = None
    rest: bytes = b""
    lost: bool = False  # its place in the stream: nothing after that can be understood


def feed(
    session: NavtelecomSession, received: bytes, received_at: datetime, *, strict: bool = False
) -> tuple[NavtelecomSession, list[DeviceMessage]]:
    """Decode what a connection received; never raises, whatever came.

    Positions carry their own time. Packets with a wrong checksum are counted and used, or with
    ``strict`` left unanswered.
    """
    del received_at
    if session.lost:
        return session, []
    stream, at = session.rest + received, 0
    messages: list[DeviceMessage] = []
    while True:
        while stream[at : at + 1] == bytes([_STAYING]):
            at += 1
        try:
            length = _length(session, stream, at, strict=strict)
            if length is None or len(stream) < at + length:
                break
            packet = stream[at : at + length]
            if packet[:1] == b"@":
                session, message = _frame(session, packet, strict=strict)
            else:
                message = _flex(session, packet, strict=strict)
        except Rejected as rejected:
            kept = stream[at : at + _KEPT_OF_BROKEN_BYTES]
            rejections = (rejected.rejection,)
            messages.append(DeviceMessage(kept, session.device, rejections=rejections, ends=True))
            return replace(session, rest=b"", lost=True), messages
        messages.append(message)
        at += length
    return replace(session, rest=stream[at:]), messages


def _length(session: NavtelecomSession, stream: bytes, at: int, *, strict: bool) -> int | None:
    """Return the length of the packet that begins here, None where too little of it has come.

    Raises:
        Rejected: no packet begins here.
    """
    begun = stream[at : at + _FRAME_BYTES]
    if begun[:1] == b"@":
        if not PREAMBLE.startswith(begun[:4]):
            raise Rejected(RejectionReason.MALFORMED, "An NTCB frame begins with @NTC.")
        if len(begun) < _FRAME_BYTES:
            return None
        if strict and _xor(begun) != 0:
            raise Rejected(RejectionReason.CHECKSUM, "The checksum of the NTCB header is wrong.")
        return _FRAME_BYTES + int.from_bytes(begun[12:14], "little")
    if begun[:1] not in (b"~", b""):
        raise Rejected(RejectionReason.MALFORMED, "A packet begins with @NTC or with ~.")
    return _flex_length(session, stream, at) if len(begun) > 1 else None


def _flex_length(session: NavtelecomSession, stream: bytes, at: int) -> int | None:
    kind = stream[at : at + 2]
    if kind not in _HEADS:
        detail = "This receiver knows the FLEX packets A, T, C, E and X."
        raise Rejected(RejectionReason.UNKNOWN_TYPE, detail)
    if session.layout is None or session.device is None:
        raise Rejected(RejectionReason.NO_DEVICE, "Send *>S and *>FLEX before FLEX packets.")
    head = _HEADS[kind]
    if len(stream) < at + head:
        return None
    if kind in _ADDITIONAL:
        return _additional_length(stream, at)
    count = stream[at + 2] if kind == b"~A" else 1
    return head + count * session.layout.record.size + 1


def _additional_length(stream: bytes, at: int) -> int | None:
    kind = stream[at : at + 2]
    ends = at + _HEADS[kind]
    for _ in range(stream[at + 2] if kind == b"~E" else 1):
        if len(stream) < ends + 2:
            return None
        ends += 2 + int.from_bytes(stream[ends : ends + 2], "little")
    return ends + 1 - at


def _xor(content: Iterable[int]) -> int:
    return reduce(xor, content, 0)


def frame(receiver: int, sender: int, content: bytes) -> bytes:
    """Return an NTCB frame."""
    head = PREAMBLE + receiver.to_bytes(4, "little") + sender.to_bytes(4, "little")
    head += len(content).to_bytes(2, "little") + bytes([_xor(content)])
    return head + bytes([_xor(head)]) + content


def _frame(
    session: NavtelecomSession, packet: bytes, *, strict: bool
) -> tuple[NavtelecomSession, DeviceMessage]:
    """Return the session after an NTCB frame and its message.

    Raises:
        Rejected: nothing of it can be believed, or nobody can be told by it.
    """
    content = packet[_FRAME_BYTES:]
    head_holds, data_holds = _xor(packet[:_FRAME_BYTES]) == 0, _xor(content) == packet[14]
    if not head_holds and not data_holds:
        raise Rejected(RejectionReason.CHECKSUM, "Both checksums of the NTCB frame are wrong.")
    failed = not head_holds or not data_holds
    message = DeviceMessage(packet, session.device, checksum_failed=failed)
    if failed and strict:
        rejection = Rejection(RejectionReason.CHECKSUM, "The checksum of the frame is wrong.")
        return session, replace(message, rejections=(rejection,))
    receiver, sender = (int.from_bytes(packet[at : at + 4], "little") for at in (4, 8))
    if content.startswith(_IDENTITY):
        text = content[len(_IDENTITY) :].decode("utf-8", "replace")
        device = identifier(text.strip("\0"))
        answer = frame(sender, receiver, b"*<S")
        session = replace(session, device=device, layout=None)
        return session, replace(message, device=device, answer=answer)
    if content.startswith(_NEGOTIATION):
        if session.device is None:
            raise Rejected(RejectionReason.NO_DEVICE, "Send *>S before *>FLEX.")
        chosen, told, rejections = _negotiated(content[len(_NEGOTIATION) :])
        answer = frame(sender, receiver, b"*<FLEX" + told)
        session = replace(session, layout=chosen)
        return session, replace(message, answer=answer, rejections=rejections)
    if not content or content.startswith(_ANSWERS_OF_DEVICES):
        return session, message
    detail = "This receiver knows *>S and *>FLEX; switch the FLEX protocol on."
    rejection = Rejection(RejectionReason.UNKNOWN_TYPE, detail)
    return session, replace(message, rejections=(rejection,))


def _negotiated(wish: bytes) -> tuple[Layout | None, bytes, tuple[Rejection, ...]]:
    """Return the layout a device wishes, what it is told, and what is wrong with its wish.

    Without a layout the device is told the newest version and wishes again.
    """
    newest = bytes([FLEX, _NEWEST, _NEWEST])
    if len(wish) < 4 or wish[0] != FLEX:
        detail = "A *>FLEX frame says 0xB0, two versions, the number of fields and their mask."
        return None, newest, (Rejection(RejectionReason.MALFORMED, detail),)
    size, mask = wish[3], wish[4:]
    if wish[1] not in VERSIONS or wish[2] not in VERSIONS or size > VERSIONS[wish[2]]:
        detail = "This receiver knows FLEX 1.0, 2.0 and 3.0."
        return None, newest, (Rejection(RejectionReason.UNKNOWN_TYPE, detail),)
    if len(mask) < (size + 7) // 8:
        detail = "The mask of the fields is shorter than their number."
        return None, newest, (Rejection(RejectionReason.MALFORMED, detail),)
    chosen = layout(size, mask[: (size + 7) // 8])
    if LATITUDE in chosen.fields and LONGITUDE in chosen.fields:
        return chosen, wish[:3], ()
    detail = "Switch the fields 3 and 8 to 14 on: time, satellites, place and motion."
    return chosen, wish[:3], (Rejection(RejectionReason.NO_POSITION, detail),)


def _flex(session: NavtelecomSession, packet: bytes, *, strict: bool) -> DeviceMessage:
    """Return the message of a FLEX packet.

    Raises:
        Rejected: an additional packet whose checksum does not hold.
    """
    failed = crc8(packet[:-1]) != packet[-1]
    kind = packet[:2]
    device = session.device or ""
    message = DeviceMessage(packet, device, checksum_failed=failed)
    if failed and kind in _ADDITIONAL:
        raise Rejected(RejectionReason.CHECKSUM, "The CRC8 of the additional packet is wrong.")
    if failed and strict:
        rejection = Rejection(RejectionReason.CHECKSUM, "The CRC8 of the packet is wrong.")
        return replace(message, rejections=(rejection,))
    fixes: list[PositionFix] = []
    rejections: list[Rejection] = []
    for record in _records(session, packet):
        try:
            values = additional(record) if isinstance(record, bytes) else record
            fixes.append(fix(device, values))
        except Rejected as rejected:
            rejections.append(rejected.rejection)
    repeated = packet[: _HEADS[kind]]
    return replace(
        message,
        fixes=tuple(fixes),
        rejections=tuple(rejections),
        answer=repeated + bytes([crc8(repeated)]),
    )


def _records(session: NavtelecomSession, packet: bytes) -> Iterator[Values | bytes]:
    """Yield the records of a packet: by the mask, or as they came in an additional packet."""
    body = packet[_HEADS[packet[:2]] : -1]
    if packet[:2] in _ADDITIONAL:
        at = 0
        while at < len(body):
            ends = at + 2 + int.from_bytes(body[at : at + 2], "little")
            yield body[at + 2 : ends]
            at = ends
    elif session.layout is not None and session.layout.record.size:
        for values in session.layout.record.iter_unpack(body):
            yield dict(zip(session.layout.used, values, strict=True))
