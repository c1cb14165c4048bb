"""EGTS over TCP: who sends, records of one or of many vehicles, answers with result codes; pure.

A terminal introduces itself with TERM_IDENTITY and is told RESULT_CODE; its IMEI is its
identifier, or its number (TID) where it sends no IMEI. A relay introduces itself as a dispatcher
or not at all, and names the vehicle of each record by the object's number (OID). An object that
differs from the terminal's own number is another vehicle on the same connection. Each packet is
answered by PT_RESPONSE with a result, and in it each record by SR_RECORD_RESPONSE. A packet whose
header cannot be trusted says nothing about where the next begins, so its stream ends; a header's
wrong checksum alone is forgiven where that of the data holds.

From the order of the Ministry of Transport N 285 (2012), which GOST R 54619, 33465 and 33472
carry on: the packet, its checksums, the records, the two kinds of position. From GOST 33465-2015:
the codes of results (annex V: 150 a service of an unknown kind, 151 who may not, 153 an identifier
that is not found), that a terminal without a number is told 153 and introduces itself again on the
same connection, and that one that is refused is hung up on (6.7.2.9). Seen in packets that devices
and relays sent: parts longer than the order says, and answers with and without records. Not read:
passwords (AUTH_INFO), encrypted and compressed packets, sensors.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NoReturn

from ingest.gps.decoders.egts.packet import (
    BrokenPacket,
    Header,
    PacketType,
    Result,
    checksum_holds,
    header,
    packet,
    packet_number,
)
from ingest.gps.decoders.egts.positions import amended, position
from ingest.gps.decoders.egts.records import (
    Confirmed,
    Part,
    Record,
    Service,
    confirmation,
    part,
    parts,
    record,
    records,
)
from ingest.gps.decoders.message import DeviceMessage, Rejected, Rejection, RejectionReason
from models.observations import PositionFix

PROTOCOL = "egts"
_KEPT_OF_BROKEN_BYTES = 1024
_WITH_HOME, _WITH_IMEI = 0x01, 0x02
_IMEI_DIGITS = 15


@dataclass(frozen=True, slots=True)
class EgtsSession:
    """What a connection has said so far. ``rest`` is the packet that has not ended yet.

    Attributes:
        device: the terminal's identifier; None of a relay.
        terminal: its number (TID), 0 where it gave none.
        packets, records: how many were sent to the device.
        lost: its place in the stream; nothing after that can be understood.
    """

    device: str | None = None
    terminal: int = 0
    packets: int = 0
    records: int = 0
    rest: bytes = b""
    lost: bool = False


@dataclass(frozen=True, slots=True)
class EgtsAnswer:
    """The answer to one packet, made once it is known which vehicles are.

    Attributes:
        packet: the number (PID) of the packet that is answered.
        result: of the packet.
        confirmed: its records.
        identified: what a terminal that introduced itself is told; None where none did.
        packets, records: the numbers that are free for the answer.
    """

    packet: int
    result: Result
    packets: int
    records: int
    confirmed: tuple[Confirmed, ...] = ()
    identified: Result | None = None

    def __call__(self, refused: Collection[str]) -> bytes:
        """Return the answer where these vehicles are not known here."""
        confirmed = [
            replace(one, result=Result.UNKNOWN_IDENTIFIER) if one.device in refused else one
            for one in self.confirmed
        ]
        following, body = confirmation(self.records, confirmed)
        body = self.packet.to_bytes(2, "little") + bytes([self.result]) + body
        answer = packet(self.packets, PacketType.RESPONSE, body)
        if self.identified is None:
            return answer
        told = part(Part.RESULT_CODE, bytes([self.identified]))
        own = record(following, Service.AUTH, told, to_device=True)
        return answer + packet(self.packets + 1, PacketType.APPDATA, own)


@dataclass(slots=True)
class _Taken:
    """What was read of a packet's records."""

    session: EgtsSession
    fixes: list[PositionFix]
    rejections: list[Rejection]
    confirmed: list[Confirmed]
    result: Result = Result.OK
    identified: Result | None = None


def feed(
    session: EgtsSession, received: bytes, received_at: datetime, *, strict: bool = False
) -> tuple[EgtsSession, list[DeviceMessage]]:
    """Decode what a connection received; never raises, whatever came.

    Positions carry their own time. Packets with a wrong checksum are counted and used, or with
    ``strict`` refused.
    """
    del received_at
    if session.lost:
        return session, []
    stream, at = session.rest + received, 0
    messages: list[DeviceMessage] = []
    while True:
        begun = stream[at : at + 16]
        try:
            head = header(begun)
            if head is not None and not head.checksum_holds and strict:
                raise _untrusted()
            if head is None or len(stream) < at + head.packet_bytes:
                break
            whole = stream[at : at + head.packet_bytes]
            data_holds = head.data_bytes > 0 and checksum_holds(head, whole)
            if not head.checksum_holds and not data_holds:
                raise _untrusted()
        except BrokenPacket as broken:
            answer = EgtsAnswer(
                packet_number(begun), broken.result, session.packets, session.records
            )
            kept = stream[at : at + _KEPT_OF_BROKEN_BYTES]
            messages.append(_broken(session, kept, broken.rejection, answer))
            return replace(session, rest=b"", lost=True), messages
        at += len(whole)
        session, message = _packet(session, head, whole, data_holds=data_holds, strict=strict)
        messages.append(message)
    return replace(session, rest=stream[at:]), messages


def _untrusted() -> BrokenPacket:
    detail = "The CRC8 of the packet's header is wrong."
    return BrokenPacket(Result.HEADER_CHECKSUM, RejectionReason.CHECKSUM, detail)


def _broken(
    session: EgtsSession, kept: bytes, rejection: Rejection, answer: EgtsAnswer
) -> DeviceMessage:
    refusal = replace(answer, result=Result.DENIED)(())
    return DeviceMessage(
        kept,
        session.device,
        rejections=(rejection,),
        answer=answer(()),
        refusal=refusal,
        password_refusal=refusal,
        ends=True,
    )


def _packet(
    session: EgtsSession, head: Header, whole: bytes, *, data_holds: bool, strict: bool
) -> tuple[EgtsSession, DeviceMessage]:
    """Return the session after a whole packet and its message."""
    failed = not head.checksum_holds or (head.data_bytes > 0 and not data_holds)
    message = DeviceMessage(whole, session.device, checksum_failed=failed)
    if head.kind == PacketType.RESPONSE:
        return session, message
    body = whole[head.header_bytes : head.header_bytes + head.data_bytes]
    taken = _Taken(session, [], [], [])
    try:
        if strict and failed:
            _refuse_data()
        head.check_readable()
        _take(taken, _without_signature(body) if head.kind == PacketType.SIGNED_APPDATA else body)
    except BrokenPacket as broken:
        taken.result = broken.result
        taken.rejections.append(broken.rejection)
    except Rejected as rejected:
        taken.result = Result.DATA_CHECKSUM if failed else Result.WRONG_DATA
        taken.rejections.append(rejected.rejection)
    return _answered(taken, message, head.number)


def _refuse_data() -> NoReturn:
    detail = "The CRC16 of the packet's data is wrong."
    raise BrokenPacket(Result.DATA_CHECKSUM, RejectionReason.CHECKSUM, detail)


def _without_signature(body: bytes) -> bytes:
    return body[2 + int.from_bytes(body[:2], "little") :]


def _answered(
    taken: _Taken, message: DeviceMessage, number: int
) -> tuple[EgtsSession, DeviceMessage]:
    session = taken.session
    answer = EgtsAnswer(
        number,
        taken.result,
        session.packets,
        session.records,
        tuple(taken.confirmed),
        taken.identified,
    )
    if taken.identified is None:
        refusal = denial = replace(answer, result=Result.DENIED, confirmed=())(())
    else:
        refusal = replace(answer, identified=Result.UNKNOWN_IDENTIFIER)(())
        denial = replace(answer, identified=Result.DENIED)(())
    others = {fix.device for fix in taken.fixes} - {session.device}
    sent = 1 if taken.identified is None else 2
    session = replace(
        session,
        packets=(session.packets + sent) & 0xFFFF,
        records=(session.records + len(taken.confirmed) + 1) & 0xFFFF,
    )
    return session, replace(
        message,
        device=session.device,
        fixes=tuple(taken.fixes),
        rejections=tuple(taken.rejections),
        answer=answer(()),
        answer_without=answer if others else None,
        refusal=refusal,
        password_refusal=denial,
    )


def _take(taken: _Taken, body: bytes) -> None:
    """Read the records of a packet.

    Raises:
        Rejected: they end inside one; what came before is taken.
    """
    for one in records(body):
        result, device = Result.OK, None
        try:
            if one.recipient == Service.TELEDATA:
                device = _whose(taken.session, one)
                _take_positions(taken, device, one)
            else:
                _take_identity(taken, one)
        except Rejected as rejected:
            taken.rejections.append(rejected.rejection)
            result = _RESULTS.get(rejected.rejection.reason, Result.OK)
        taken.confirmed.append(
            Confirmed(one.number, one.source, one.recipient, one.from_device, result, device)
        )


_RESULTS = {
    RejectionReason.MALFORMED: Result.WRONG_DATA,
    RejectionReason.NO_DEVICE: Result.UNKNOWN_IDENTIFIER,
    RejectionReason.UNKNOWN_TYPE: Result.UNKNOWN_SERVICE,
}


def _whose(session: EgtsSession, one: Record) -> str:
    """Return the identifier of the vehicle that a record is about.

    Raises:
        Rejected: nobody said.
    """
    named = one.object_id
    if named and (session.device is None or named != session.terminal != 0):
        return str(named)
    if session.device is None:
        raise Rejected(
            RejectionReason.NO_DEVICE, "Send TERM_IDENTITY first, or an object's number (OID)."
        )
    return session.device


def _take_positions(taken: _Taken, device: str, one: Record) -> None:
    begun = len(taken.fixes)
    for kind, content in parts(one.content):
        if kind == Part.POS_DATA:
            try:
                taken.fixes.append(position(device, content))
            except Rejected as rejected:
                if rejected.rejection.reason is RejectionReason.MALFORMED:
                    raise
                taken.rejections.append(rejected.rejection)
        elif kind == Part.EXT_POS_DATA and len(taken.fixes) > begun:
            taken.fixes[-1] = amended(taken.fixes[-1], content)


def _take_identity(taken: _Taken, one: Record) -> None:
    if one.recipient != Service.AUTH:
        detail = f"This receiver knows the services 1 and 2, not {one.recipient}."
        raise Rejected(RejectionReason.UNKNOWN_TYPE, detail)
    for kind, content in parts(one.content):
        if kind == Part.TERM_IDENTITY:
            taken.identified = Result.UNKNOWN_IDENTIFIER
            terminal, device = _identity(content)
            taken.session = replace(taken.session, device=device, terminal=terminal)
            taken.identified = Result.OK
        elif kind == Part.DISPATCHER_IDENTITY:
            taken.identified = Result.OK


def _identity(content: bytes) -> tuple[int, str]:
    """Return the number and the identifier of a terminal.

    Raises:
        Rejected: it gave neither a number nor an IMEI.
    """
    if len(content) < 5:
        raise Rejected(RejectionReason.MALFORMED, "EGTS_SR_TERM_IDENTITY has 5 bytes or more.")
    terminal, flags = int.from_bytes(content[:4], "little"), content[4]
    if flags & _WITH_IMEI:
        begins = 7 if flags & _WITH_HOME else 5
        imei = content[begins : begins + _IMEI_DIGITS]
        if len(imei) == _IMEI_DIGITS and imei.isdigit() and imei.strip(b"0"):
            return terminal, imei.decode("ascii")
    if terminal == 0:
        raise Rejected(RejectionReason.NO_DEVICE, "Give the terminal a number (TID) or its IMEI.")
    return terminal, str(terminal)
