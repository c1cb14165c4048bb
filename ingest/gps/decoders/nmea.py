"""NMEA 0183 over TCP and UDP, with a device's identifier before it; pure.

NMEA does not say whose it is, so the identifier comes before the sentence (``id,$GPRMC…``,
``#id#$GPRMC…``, ``imei:… $GPRMC…``) or once on a line of its own (``$IMEI,…``, ``imei:…``, fifteen
digits). Sentences of one moment become one fix: place, speed and course of RMC, height,
satellites and dilution of GGA. Nothing says how many sentences a moment has, so a connection is
learnt: what the moment before had is waited for, until a sentence of another moment comes.

The date comes from RMC or ZDA. A sentence without one is taken to be within twelve hours of the
newest dated moment of its connection, so that midnight is passed in both directions; where no
date was ever said, within twelve hours of its receipt.

A device gets no answer, for NMEA knows none. A wrong checksum is counted; strict receivers also
refuse sentences without a checksum.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby

from ingest.gps.decoders import nmea_sentence
from ingest.gps.decoders.message import (
    DeviceMessage,
    Rejected,
    Rejection,
    RejectionReason,
    identifier,
)
from ingest.gps.decoders.nmea_sentence import POSITIONED, SENTENCE, Facts, checksum
from models.observations import PositionFix

PROTOCOL = "nmea"
LINE_LIMIT_BYTES = 2048
_KEPT_OF_TOO_LONG_BYTES = 1024
_LINE_END = re.compile(rb"[\r\n]+")
_NAMED = re.compile(
    r"\b(?:imei[\s:=,]*(?=\d{8})|(?:imei|id|device|deviceid|uid)[\s:=,]+)(?P<id>[\w.-]{1,64})",
    re.ASCII | re.IGNORECASE,
)
_BARE = re.compile(r"[\w.-]{1,64}", re.ASCII)
_BARE_LINE = re.compile(r"\d{8,17}", re.ASCII)
_AROUND = " \t#,;:|=@$*"
_HALF_A_DAY = timedelta(hours=12)
_DAY = timedelta(days=1)
_UNSAID = Rejection(
    RejectionReason.NO_DEVICE,
    "Send the identifier before the sentence (id,$GPRMC…) or on the first line (imei:…).",
)


@dataclass(frozen=True, slots=True)
class Moment:
    """Sentences of one device and one time of day, at most one of a kind."""

    device: str
    time: timedelta
    at: datetime
    facts: tuple[Facts, ...] = ()

    @property
    def kinds(self) -> frozenset[str]:
        return frozenset(one.kind for one in self.facts)

    def joined(self, facts: Facts, at: datetime) -> "Moment":
        others = tuple(one for one in self.facts if one.kind != facts.kind)
        return replace(self, at=at if facts.day else self.at, facts=(*others, facts))


@dataclass(frozen=True, slots=True)
class NmeaSession:
    """What a connection has said so far.

    Attributes:
        rest: the line that has not ended yet.
        skipping: inside a line that was too long, until its end.
        held: the moment that is still being told.
        done: whose fix of which time was given away, for sentences that come after it.
        usual: the sentences that a moment of this connection has.
        dated: the newest moment whose date is known.
    """

    device: str | None = None
    rest: bytes = b""
    skipping: bool = False
    held: Moment | None = None
    done: tuple[str, datetime] | None = None
    usual: frozenset[str] = frozenset({"RMC"})
    dated: datetime | None = None


def feed(
    session: NmeaSession, received: bytes, received_at: datetime, *, strict: bool = False
) -> tuple[NmeaSession, list[DeviceMessage]]:
    """Decode what a connection received; never raises, whatever came.

    Args:
        session: of this connection; ``NmeaSession()`` at its start.
        received: any piece of the stream.
        received_at: tells the day where no sentence did.
        strict: refuse sentences with a wrong checksum or none.

    Returns:
        The session for the next piece and the lines that ended in this one, in order.
    """
    messages: list[DeviceMessage] = []
    *lines, rest = _LINE_END.split(session.rest + received)
    for line in lines:
        if session.skipping:
            session = replace(session, skipping=False)
        elif len(line) > LINE_LIMIT_BYTES:
            messages.append(_too_long(session, line))
        elif line.strip():
            session, found = _line(session, line, received_at, strict=strict)
            messages += found
    if session.skipping:
        rest = b""
    elif len(rest) > LINE_LIMIT_BYTES:
        messages.append(_too_long(session, rest))
        session, rest = replace(session, skipping=True), b""
    return replace(session, rest=rest), messages


def finish(session: NmeaSession) -> list[DeviceMessage]:
    """Return the fix of the moment that was still being told when the connection ended."""
    if session.held is None:
        return []
    return [DeviceMessage(b"", session.held.device, fixes=(_told(session.held),))]


def datagram(
    session: NmeaSession, received: bytes, received_at: datetime, *, strict: bool = False
) -> tuple[NmeaSession, list[DeviceMessage]]:
    """Decode one datagram, of one or several lines: it ends the last line and the moment."""
    session = replace(session, usual=frozenset(POSITIONED))  # the end tells that no more comes
    session, messages = feed(session, received + b"\n", received_at, strict=strict)
    together = [_together(list(of_one)) for _, of_one in groupby(messages, lambda one: one.device)]
    if session.held is not None and together:
        fixes = (*together[-1].fixes, _told(session.held))
        together[-1] = replace(together[-1], fixes=fixes)
    return replace(session, held=None, skipping=False), together


def _together(lines: Sequence[DeviceMessage]) -> DeviceMessage:
    """Return what the lines of one device in one datagram say; it is kept and decoded as one."""
    return DeviceMessage(
        b"\n".join(line.raw for line in lines if line.raw),
        lines[0].device,
        tuple(fix for line in lines for fix in line.fixes),
        tuple(rejection for line in lines for rejection in line.rejections),
        checksum_failed=any(line.checksum_failed for line in lines),
    )


def _too_long(session: NmeaSession, line: bytes) -> DeviceMessage:
    detail = f"A line has at most {LINE_LIMIT_BYTES} bytes."
    rejection = Rejection(RejectionReason.TOO_LONG, detail)
    return DeviceMessage(line[:_KEPT_OF_TOO_LONG_BYTES], session.device, rejections=(rejection,))


def _line(
    session: NmeaSession, line: bytes, received_at: datetime, *, strict: bool
) -> tuple[NmeaSession, list[DeviceMessage]]:
    sentences = list(SENTENCE.finditer(line))
    ahead = line[: sentences[0].start()] if sentences else line
    device = _device(ahead.decode("utf-8", "replace"), alone=not sentences)
    other: list[DeviceMessage] = []
    if device is not None and device != session.device:
        other = finish(session)  # no message may hold a fix of another device than its own
        session = replace(session, device=device, dated=None, held=None)
    fixes: list[PositionFix] = []
    rejections: list[Rejection] = []
    failed = False
    for match in sentences:
        wrong = match["sum"] is not None and int(match["sum"], 16) != checksum(match["body"])
        failed = failed or wrong
        if strict and (wrong or match["sum"] is None):
            detail = "The checksum of the sentence is wrong or missing."
            rejections.append(Rejection(RejectionReason.CHECKSUM, detail))
            continue
        try:
            session, found = _sentence(session, match, received_at)
            fixes += found
        except Rejected as rejected:
            rejections.append(rejected.rejection)
    if not sentences and device is None and not line.lstrip().startswith((b"$P", b"!")):
        detail = "A line is an identifier or a sentence such as $GPRMC,…"
        rejections.append(Rejection(RejectionReason.MALFORMED, detail))
    message = DeviceMessage(
        line, session.device, tuple(fixes), tuple(rejections), checksum_failed=failed
    )
    return session, [*other, message]


def _device(text: str, *, alone: bool) -> str | None:
    """Return the identifier in what stands before a sentence, or on a line of its own."""
    if "*" in text:
        return None  # the end of a sentence whose beginning was lost
    named = _NAMED.search(text)
    if named is not None:
        return identifier(named["id"])
    bare = text.strip(_AROUND)
    if alone:
        return bare if _BARE_LINE.fullmatch(bare) else None
    first = bare.split(",")[0].strip(_AROUND)
    return first if _BARE.fullmatch(first) else None


def _sentence(
    session: NmeaSession, match: re.Match[bytes], received_at: datetime
) -> tuple[NmeaSession, list[PositionFix]]:
    kind = match["kind"].decode("ascii")
    if kind not in (*POSITIONED, "ZDA"):
        return session, []  # satellites in view and the like: usual company, no place
    device = session.device
    if device is None:
        raise Rejected(_UNSAID.reason, _UNSAID.detail)
    facts = nmea_sentence.read(kind, match["fields"].decode("ascii", "replace"))
    if facts.day is not None:
        session = replace(session, dated=_midnight(facts.day) + facts.time)
    if kind == "ZDA":
        return session, []
    return _joined(session, device, facts, received_at)


def _joined(
    session: NmeaSession, device: str, facts: Facts, received_at: datetime
) -> tuple[NmeaSession, list[PositionFix]]:
    """Put a sentence to its moment; return the fixes that nothing more is awaited for."""
    fixes: list[PositionFix] = []
    held = session.held
    if held is not None and (held.device, held.time) != (device, facts.time):
        fixes.append(_told(held))
        session = replace(session, held=None, usual=held.kinds)
        held = None
    at = _when(facts, session.dated or received_at)
    if session.done == (device, at):
        return replace(session, usual=session.usual | {facts.kind}), fixes
    held = (held or Moment(device, facts.time, at)).joined(facts, at)
    if session.dated is not None:
        session = replace(session, dated=held.at)
    if not held.kinds >= session.usual:
        return replace(session, held=held), fixes
    return replace(session, held=None, done=(device, held.at)), [*fixes, _told(held)]


def _told(moment: Moment) -> PositionFix:
    """Return the fix of a moment: each sentence for what it knows best."""
    by_kind = {one.kind: one for one in moment.facts}
    best = next(by_kind[kind] for kind in POSITIONED if kind in by_kind)
    movement, sky = by_kind.get("RMC", best), by_kind.get("GGA", best)
    latitude, longitude = best.place or (0.0, 0.0)
    return PositionFix(
        device=moment.device,
        fixed_at=moment.at,
        latitude=latitude,
        longitude=longitude,
        valid=best.valid and sky.valid,
        speed_km_h=movement.speed_km_h,
        course_deg=movement.course_deg,
        altitude_m=sky.altitude_m,
        hdop=sky.hdop,
        satellites=sky.satellites,
    )


def _when(facts: Facts, reference: datetime) -> datetime:
    """Return the moment of a sentence; one without a date is within half a day of the reference."""
    if facts.day is not None:
        return _midnight(facts.day) + facts.time
    at = _midnight(reference.astimezone(UTC).date()) + facts.time
    if at - reference > _HALF_A_DAY:
        return at - _DAY
    return at + _DAY if reference - at > _HALF_A_DAY else at


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
