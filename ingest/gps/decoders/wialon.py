"""Wialon IPS 1.1 and 2.0: login, data, short data, black box, ping, text; pure.

A stream is cut into lines wherever it was split or glued; a line is answered by the numbers the
protocol names. Of the parameters only ignition and voltage are used, inputs and outputs not at
all, so faults in them do not cost a position. A message without coordinates is acknowledged and
kept raw. Over UDP there is no login: the identifier, in 2.0 after the version, stands before
each message.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from ingest.gps.decoders.crc import crc16_arc
from ingest.gps.decoders.message import (
    DeviceMessage,
    Rejected,
    Rejection,
    RejectionReason,
    coordinates,
    identifier,
)
from models.observations import PositionFix

PROTOCOL = "wialon"
LINE_LIMIT_BYTES = 64 * 1024
_KEPT_OF_TOO_LONG_BYTES = 1024
_LINE = re.compile(rb"^(?P<prefix>[^#]*)#(?P<kind>[A-Z]{1,3})#(?P<text>.*)$", re.DOTALL)
_VERSION = re.compile(r"\d+\.\d+", re.ASCII)
_PARAMETERS_FIELD = 15
_PARAMETERS_LIMIT = 200
_IGNITION, _POWER = ("ign", "ignition"), ("pwr_ext",)
_SHORT_FIELDS = 10
_FULL_FIELDS = 16
_NOT_SENT = ("", "NA")
_REFUSAL = b"#AL#0\r\n"
_PASSWORD_REFUSAL = b"#AL#01\r\n"
_ERROR_NUMBERS = {
    RejectionReason.MALFORMED: b"-1",
    RejectionReason.BAD_TIME: b"0",
    RejectionReason.BAD_COORDINATES: b"10",
    RejectionReason.BAD_MOTION: b"11",
    RejectionReason.BAD_SATELLITES: b"12",
    RejectionReason.NO_POSITION: b"1",  # nothing is wrong with it; it only has no place
}
_CHECKSUM_NUMBERS = {b"L": b"10", b"D": b"16", b"SD": b"13", b"B": b"", b"M": b"01"}


@dataclass(frozen=True, slots=True)
class WialonSession:
    """What a connection has said so far. ``rest`` is the line that has not ended yet."""

    device: str | None = None
    password: str | None = None
    checksums: bool = False  # version 2.0 closes every message with a CRC16
    rest: bytes = b""
    skipping: bool = False  # inside a line that was too long, until its end


def feed(
    session: WialonSession, received: bytes, received_at: datetime, *, strict: bool = False
) -> tuple[WialonSession, list[DeviceMessage]]:
    """Decode what a connection received; never raises, whatever came.

    Args:
        session: of this connection; ``WialonSession()`` at its start.
        received: any piece of the stream.
        received_at: stands in where a device sends NA for date and time.
        strict: refuse messages with a wrong checksum instead of only counting them.

    Returns:
        The session for the next piece and the messages that ended in this one, in order.
    """
    messages: list[DeviceMessage] = []
    *lines, rest = (session.rest + received).split(b"\n")
    for line in lines:
        if session.skipping:
            session = replace(session, skipping=False)
            continue
        stripped = line.rstrip(b"\r")
        if len(stripped) > LINE_LIMIT_BYTES:
            messages.append(_too_long(session, stripped))
        elif stripped.strip():
            session, message = _decode_line(session, stripped, received_at, strict=strict)
            messages.append(message)
    if session.skipping:
        rest = b""
    elif len(rest) > LINE_LIMIT_BYTES:
        messages.append(_too_long(session, rest))
        session, rest = replace(session, skipping=True), b""
    return replace(session, rest=rest), messages


def datagram(
    session: WialonSession, received: bytes, received_at: datetime, *, strict: bool = False
) -> tuple[WialonSession, list[DeviceMessage]]:
    """Decode one datagram, which ends its last message; nothing is remembered of a source."""
    _, messages = feed(WialonSession(), received + b"\n", received_at, strict=strict)
    return session, messages


def _too_long(session: WialonSession, line: bytes) -> DeviceMessage:
    rejection = Rejection(
        RejectionReason.TOO_LONG, f"A message has at most {LINE_LIMIT_BYTES} bytes."
    )
    kept = line[:_KEPT_OF_TOO_LONG_BYTES]
    return DeviceMessage(kept, session.device, rejections=(rejection,), answer=b"#AD#-1\r\n")


def _decode_line(
    session: WialonSession, line: bytes, received_at: datetime, *, strict: bool
) -> tuple[WialonSession, DeviceMessage]:
    match = _LINE.match(line)
    if match is None:
        rejection = Rejection(RejectionReason.MALFORMED, "A message looks like #TYPE#text.")
        return session, DeviceMessage(
            line, session.device, rejections=(rejection,), answer=b"#AD#-1\r\n"
        )
    kind, text = match["kind"], match["text"]
    if kind == b"L":
        return _login(session, line, text, strict=strict)
    prefix = match["prefix"].decode("utf-8", "replace")
    device = session.device
    if device is None and prefix:
        version, separator, rest = prefix.partition(";")
        if separator and _VERSION.fullmatch(version):
            prefix, session = rest, replace(session, checksums=True)
        try:
            device = identifier(prefix)
        except Rejected as rejected:
            return session, DeviceMessage(line, None, rejections=(rejected.rejection,))
    message = DeviceMessage(
        line,
        device,
        refusal=_REFUSAL,
        password_refusal=_PASSWORD_REFUSAL,
        password=session.password,
    )
    if kind not in (b"D", b"SD", b"B", b"P", b"M"):
        rejection = Rejection(
            RejectionReason.UNKNOWN_TYPE, "This receiver knows L, D, SD, B, P and M."
        )
        return session, replace(message, rejections=(rejection,))
    if device is None and kind != b"P":
        rejection = Rejection(RejectionReason.NO_DEVICE, "Send the login (#L#) first.")
        return session, replace(message, rejections=(rejection,), answer=_REFUSAL)
    if kind == b"P":
        return session, replace(message, answer=b"#AP#\r\n")
    return session, _content(session, message, kind, text, received_at, strict=strict)


def _login(
    session: WialonSession, line: bytes, text: bytes, *, strict: bool
) -> tuple[WialonSession, DeviceMessage]:
    fields = text.decode("utf-8", "replace").split(";")
    versioned = len(fields) >= 3 and _VERSION.fullmatch(fields[0]) is not None
    failed = versioned and not _checksum_matches(text.rpartition(b";"))
    try:
        device = _login_identifier(fields, versioned=versioned, refused=failed and strict)
    except Rejected as rejected:
        wrong = rejected.rejection.reason is RejectionReason.CHECKSUM
        answer = b"#AL#10\r\n" if wrong else _REFUSAL
        return WialonSession(rest=session.rest), DeviceMessage(
            line,
            None,
            rejections=(rejected.rejection,),
            answer=answer,
            checksum_failed=failed,
        )
    password_text = fields[2] if versioned else fields[1]
    password = None if password_text in _NOT_SENT else password_text
    logged_in = WialonSession(device, password, checksums=versioned, rest=session.rest)
    return logged_in, DeviceMessage(
        line,
        device,
        answer=b"#AL#1\r\n",
        refusal=_REFUSAL,
        password_refusal=_PASSWORD_REFUSAL,
        password=password,
        checksum_failed=failed,
    )


def _login_identifier(fields: Sequence[str], *, versioned: bool, refused: bool) -> str:
    if len(fields) < 2:
        raise Rejected(RejectionReason.MALFORMED, "The login is identifier;password.")
    if refused:
        raise Rejected(RejectionReason.CHECKSUM, "The CRC16 of the login is wrong.")
    return identifier(fields[1] if versioned else fields[0])


def _content(
    session: WialonSession,
    message: DeviceMessage,
    kind: bytes,
    text: bytes,
    received_at: datetime,
    *,
    strict: bool,
) -> DeviceMessage:
    separator = b"|" if kind == b"B" else b";"
    failed = False
    if session.checksums or _carries_checksum(kind, text):
        parts = text.rpartition(separator)
        failed = not _checksum_matches(parts)
        if parts[1]:
            text = parts[0]
    if failed and strict:
        rejection = Rejection(RejectionReason.CHECKSUM, "The CRC16 of the message is wrong.")
        answer = b"#A" + kind + b"#" + _CHECKSUM_NUMBERS[kind] + b"\r\n"
        return replace(message, rejections=(rejection,), answer=answer, checksum_failed=True)
    if kind == b"M":
        return replace(message, answer=b"#AM#1\r\n", checksum_failed=failed)
    device = message.device or ""
    if kind == b"B":
        decoded = _black_box(message, device, text, received_at)
    else:
        decoded = _single(message, device, kind, text, received_at)
    return replace(decoded, checksum_failed=failed)


def _single(
    message: DeviceMessage, device: str, kind: bytes, text: bytes, received_at: datetime
) -> DeviceMessage:
    wanted = _FULL_FIELDS if kind == b"D" else _SHORT_FIELDS
    start = b"#A" + kind + b"#"
    try:
        fix = _record(device, text.decode("utf-8", "replace").split(";"), wanted, received_at)
    except Rejected as rejected:
        number = _ERROR_NUMBERS[rejected.rejection.reason]
        return replace(message, rejections=(rejected.rejection,), answer=start + number + b"\r\n")
    return replace(message, fixes=(fix,), answer=start + b"1\r\n")


def _black_box(
    message: DeviceMessage, device: str, text: bytes, received_at: datetime
) -> DeviceMessage:
    fixes: list[PositionFix] = []
    rejections: list[Rejection] = []
    registered = 0
    for record in text.decode("utf-8", "replace").split("|"):
        if not record.strip():
            continue
        fields = record.split(";")
        wanted = _SHORT_FIELDS if len(fields) < _FULL_FIELDS - 1 else _FULL_FIELDS - 1
        try:
            fixes.append(_record(device, fields, wanted, received_at))
            registered += 1
        except Rejected as rejected:
            rejections.append(rejected.rejection)
            registered += rejected.rejection.reason is RejectionReason.NO_POSITION
    return replace(
        message,
        fixes=tuple(fixes),
        rejections=tuple(rejections),
        answer=b"#AB#" + str(registered).encode() + b"\r\n",
    )


def _record(device: str, fields: Sequence[str], wanted: int, received_at: datetime) -> PositionFix:
    if len(fields) < wanted:
        raise Rejected(RejectionReason.MALFORMED, f"Send {wanted} fields, {len(fields)} came.")
    fixed_at = _time(fields[0], fields[1], received_at)
    if all(field in _NOT_SENT for field in (fields[2], fields[4])):
        raise Rejected(RejectionReason.NO_POSITION, "The message carries no coordinates.")
    latitude, longitude = coordinates(
        _angle(fields[2], fields[3], "NS"), _angle(fields[4], fields[5], "EW")
    )
    speed = _measure(fields[6], RejectionReason.BAD_MOTION, "speed", 0, 1_000)
    course = _measure(fields[7], RejectionReason.BAD_MOTION, "course", 0, 360)
    altitude = _measure(fields[8], RejectionReason.BAD_MOTION, "height", -1_000, 20_000)
    satellites = _measure(fields[9], RejectionReason.BAD_SATELLITES, "sats", 0, 255)
    hdop = None
    if wanted > _SHORT_FIELDS:
        hdop = _measure(fields[10], RejectionReason.BAD_SATELLITES, "hdop", 0, 1_000)
    said = _parameters(fields[_PARAMETERS_FIELD]) if len(fields) > _PARAMETERS_FIELD else {}
    ignition = next((said[name] for name in _IGNITION if name in said), None)
    power = next((said[name] for name in _POWER if name in said), None)
    return PositionFix(
        device=device,
        fixed_at=fixed_at,
        latitude=latitude,
        longitude=longitude,
        valid=satellites is None or satellites >= 1,
        speed_km_h=speed,
        course_deg=None if course is None else course % 360,
        altitude_m=altitude,
        hdop=hdop,
        satellites=None if satellites is None else int(satellites),
        ignition=None if ignition is None else ignition != 0,
        external_power_v=None if power is None or not 0 <= power < 1_000 else power,
    )


def _parameters(text: str) -> dict[str, float]:
    """Return the parameters (``name:type:value``, comma between) that are numbers."""
    said: dict[str, float] = {}
    for each in text.split(",")[:_PARAMETERS_LIMIT]:
        name, _, typed = each.partition(":")
        value = typed.partition(":")[2]
        if re.fullmatch(r"-?\d{1,12}(\.\d{0,9})?", value, re.ASCII):
            said[name.strip().lower()] = float(value)
    return said


def _time(date_text: str, time_text: str, received_at: datetime) -> datetime:
    if date_text in _NOT_SENT and time_text in _NOT_SENT:
        return received_at
    whole, _, fraction = time_text.partition(".")
    digits = date_text + whole
    try:
        if len(date_text) != 6 or len(whole) != 6 or not (digits + fraction).isascii():
            raise ValueError(digits)  # noqa: TRY301 - one sentence for every way to be wrong
        day, month, year = (int(date_text[i : i + 2]) for i in (0, 2, 4))
        hour, minute, second = (int(whole[i : i + 2]) for i in (0, 2, 4))
        at = datetime(2000 + year, month, day, hour, minute, second, tzinfo=UTC)
        return at + timedelta(microseconds=int((fraction[:6] or "0").ljust(6, "0")))
    except ValueError:
        raise Rejected(
            RejectionReason.BAD_TIME, "Date is DDMMYY and time HHMMSS, in UTC."
        ) from None


def _angle(text: str, side: str, sides: str) -> float:
    """Return degrees of an angle such as DDMM.MMMM or DDDMM.MMMM with its side, e.g. N or S."""
    whole, dot, fraction = text.partition(".")
    minutes = whole[-2:] + dot + fraction
    if side not in tuple(sides) or not re.fullmatch(r"\d{3,5}(\.\d*)?", text, re.ASCII):
        raise Rejected(RejectionReason.BAD_COORDINATES, "Coordinates are DDMM.MMMM;N;DDDMM.MMMM;E.")
    if float(minutes) >= 60:
        raise Rejected(RejectionReason.BAD_COORDINATES, "Minutes of an angle are below 60.")
    degrees = int(whole[:-2]) + float(minutes) / 60
    return -degrees if side in "SW" else degrees


def _measure(
    text: str, reason: RejectionReason, name: str, least: float, most: float
) -> float | None:
    if text in _NOT_SENT:
        return None
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not least <= number <= most:
        raise Rejected(reason, f"{name} is a number from {least:g} to {most:g}, or NA.")
    return number


def _carries_checksum(kind: bytes, text: bytes) -> bool:
    """Tell a 2.0 message from a device that has not said its version: one field more, a CRC16."""
    wanted = {b"D": _FULL_FIELDS, b"SD": _SHORT_FIELDS}.get(kind)
    fields = text.split(b";")
    return wanted is not None and len(fields) == wanted + 1 and _hexadecimal(fields[-1]) is not None


def _checksum_matches(parts: tuple[bytes, bytes, bytes]) -> bool:
    body, separator, checksum = parts
    return _hexadecimal(checksum) == crc16_arc(body + separator)


def _hexadecimal(text: bytes) -> int | None:
    match = re.fullmatch(rb"(?:0x)?([0-9A-Fa-f]{1,4})", text.strip())
    return int(match[1], 16) if match else None
