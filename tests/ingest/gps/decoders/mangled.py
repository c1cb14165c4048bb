"""Streams as networks and broken devices spoil them: bytes changed, lost, added, cut, glued."""

import struct
from collections.abc import Sequence
from datetime import UTC, datetime
from math import isfinite

from hypothesis import strategies as st

from ingest.gps.decoders.message import DeviceMessage, RejectionReason
from ingest.gps.decoders.reading import AnyReading

NOW = datetime(2026, 3, 19, 7, 0, tzinfo=UTC)
Spoiling = tuple[str, int, int, int]
_HOW = ("change", "lose", "add", "cut", "twice")
_CASE = struct.Struct("<BHBH")
CASES = 100
# Drawn as one run of bytes: drawing every number by itself takes ten times as long as decoding.
SPOILINGS = st.binary(min_size=CASES * _CASE.size, max_size=CASES * _CASE.size).map(
    lambda drawn: [
        (_HOW[how % len(_HOW)], at, byte, split)
        for how, at, byte, split in _CASE.iter_unpack(drawn)
    ]
)


def spoiled(stream: bytes, spoiling: Spoiling) -> list[bytes]:
    """Return the pieces in which a spoilt stream arrives."""
    how, at, byte, split = spoiling
    at %= len(stream)
    if how == "change":
        stream = stream[:at] + bytes([byte]) + stream[at + 1 :]
    elif how == "lose":
        stream = stream[:at] + stream[at + 1 + byte % 4 :]
    elif how == "add":
        stream = stream[:at] + bytes([byte]) * (1 + byte % 3) + stream[at:]
    elif how == "cut":
        stream = stream[:at] + stream  # the device hung up inside a packet and began again
    else:
        stream = stream[:at] + stream[max(0, at - byte) :]
    split %= len(stream) + 1
    return [stream[:split], stream[split:]]


def read(reading: AnyReading, pieces: Sequence[bytes], *, strict: bool) -> list[DeviceMessage]:
    """Return what a connection says that receives these pieces; check each message for sense."""
    session = reading.begin()
    messages: list[DeviceMessage] = []
    for piece in pieces:
        session, more = reading.feed(session, piece, NOW, strict=strict)
        messages += more
    for message in messages:
        assert message.raw
        for rejection in message.rejections:
            assert rejection.detail.endswith(".")
        for fix in message.fixes:
            assert abs(fix.latitude) <= 90
            assert abs(fix.longitude) <= 180
            assert fix.fixed_at.tzinfo is UTC
            assert fix.speed_km_h is None or (isfinite(fix.speed_km_h) and fix.speed_km_h >= 0)
            assert fix.course_deg is None or 0 <= fix.course_deg < 360
    return messages


def only(
    reading: AnyReading, session: object, content: bytes, *, strict: bool = False
) -> DeviceMessage:
    """Return the one message that the content is; nothing of it is left over."""
    after, messages = reading.feed(session, content, NOW, strict=strict)
    assert len(messages) == 1
    assert after.rest == b""
    return messages[0]


def reasons(message: DeviceMessage) -> list[RejectionReason]:
    return [each.reason for each in message.rejections]


def cut_anywhere(reading: AnyReading, stream: bytes) -> list[DeviceMessage]:
    """Return what a stream says; check that it says so wherever it is cut in two."""
    _, whole = reading.feed(reading.begin(), stream, NOW)
    for cut in range(len(stream)):
        session, first = reading.feed(reading.begin(), stream[:cut], NOW)
        _, second = reading.feed(session, stream[cut:], NOW)
        assert first + second == whole
    return whole
