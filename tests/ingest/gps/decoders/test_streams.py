"""Every decoder on what networks do to streams: flipped, cut, split, glued, repeated bytes."""

import math
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.gps.decoders.message import DeviceMessage
from ingest.gps.decoders.table import BY_NAME, PROTOCOLS, Transport
from ingest.gps.transcript import Conversation
from ingest.simulated import encoders, nmea_encoder
from ingest.simulated.egts_encoder import egts_identity, egts_packet
from ingest.simulated.galileosky_encoder import galileosky_head, galileosky_packet
from ingest.simulated.navtelecom_encoder import (
    navtelecom_identity,
    navtelecom_negotiation,
    navtelecom_packet,
)
from models.observations import PositionFix

NOW = datetime(2026, 3, 19, 7, 0, tzinfo=UTC)
IMEI = "356307042441013"
FIX = PositionFix(
    IMEI,
    NOW,
    43.2383,
    76.9453,
    speed_km_h=61,
    course_deg=270,
    altitude_m=702,
    hdop=1.2,
    satellites=9,
    ignition=True,
    external_power_v=13.8,
)
LATER = replace(FIX, fixed_at=NOW + timedelta(seconds=30), longitude=-76.9)
SAMPLES: dict[tuple[str, Transport], tuple[bytes, ...]] = {
    ("osmand", "http"): (
        encoders.osmand_query(FIX).encode(),
        b'\n{"device_id":"1","location":[{"coords":{"latitude":1,"longitude":2,"speed":3},'
        b'"timestamp":"2026-03-19T07:00:00Z","battery":{"level":0.5},"extras":{"ignition":true}},'
        b'{"coords":{}}]}',
    ),
    ("teltonika", "tcp"): tuple(
        encoders.teltonika_login(IMEI) + encoders.teltonika_packet([FIX, LATER], codec=codec)
        for codec in (0x08, 0x8E, 0x10)
    ),
    ("teltonika", "udp"): (encoders.teltonika_datagram(IMEI, [FIX, LATER]),),
    ("wialon", "tcp"): tuple(
        encoders.wialon_login(IMEI, version=version)
        + encoders.wialon_data(FIX, version=version)
        + encoders.wialon_short(LATER, version=version)
        + encoders.wialon_black_box([FIX, LATER], version=version)
        + b"#P#\r\n"
        for version in ("1.1", "2.0")
    ),
    ("wialon", "udp"): (b"2.0;" + IMEI.encode() + encoders.wialon_data(FIX),),
    ("nmea", "tcp"): (
        nmea_encoder.nmea_lines(FIX) + nmea_encoder.nmea_rmc(LATER),
        b"$IMEI," + IMEI.encode() + b"\r\n" + nmea_encoder.nmea_gga(FIX)
        + nmea_encoder.nmea_gll(LATER) + nmea_encoder.nmea_rmc(LATER),
    ),
    ("nmea", "udp"): (nmea_encoder.nmea_lines(FIX),),
}  # fmt: skip
# Their own tests break these.
BINARY: dict[tuple[str, Transport], tuple[bytes, ...]] = {
    ("egts", "tcp"): (egts_identity(1, terminal=106, imei=IMEI) + egts_packet(2, [FIX, LATER]),),
    ("galileosky", "tcp"): (galileosky_head(IMEI) + galileosky_packet([FIX, LATER]),),
    ("navtelecom", "tcp"): (
        navtelecom_identity(IMEI) + navtelecom_negotiation() + navtelecom_packet([FIX, LATER]),
    ),
}
WHOLE = SAMPLES | BINARY
ALL = [pytest.param(*key, id="-".join(key)) for key in WHOLE]
KEYS = [pytest.param(*key, id="-".join(key)) for key in SAMPLES]
STREAMED = [pytest.param(*key, id="-".join(key)) for key in WHOLE if key[1] == "tcp"]
_MUTATIONS_AN_EXAMPLE = 400
_REST_LIMIT_BYTES = 70_000


def mutated(stream: bytes, chance: random.Random) -> bytes:
    """Return a broken copy of the stream."""
    at, other = chance.randrange(len(stream)), chance.randrange(len(stream))
    match chance.randrange(8):
        case 0:
            return stream[:at]
        case 1:
            return stream[at:]
        case 2:
            return stream[:at] + stream[at + chance.randrange(1, 9) :]
        case 3:
            return stream[:at] + stream[other:]
        case 4:
            return stream + stream[:at] + stream
        case _:
            return stream[:at] + bytes([chance.randrange(256)]) + stream[at + 1 :]


def told(messages: list[DeviceMessage]) -> list[DeviceMessage]:
    """Return them without what is kept of a stream that lost its place: only what came so far."""
    return [replace(message, raw=b"") if message.ends else message for message in messages]


def sane(messages: list[DeviceMessage]) -> None:
    for message in messages:
        assert message.device is None or message.device.isprintable()
        for rejection in message.rejections:
            assert rejection.detail
        for fix in message.fixes:
            assert abs(fix.latitude) <= 90
            assert abs(fix.longitude) <= 180
            assert fix.fixed_at.utcoffset() == timedelta(0)
            for number in (fix.speed_km_h, fix.course_deg, fix.altitude_m, fix.hdop):
                assert number is None or math.isfinite(number)
            assert fix.satellites is None or 0 <= fix.satellites <= 255
            assert fix.external_power_v is None or 0 <= fix.external_power_v < 1e15


def test_every_reading_of_the_table_is_tried_here() -> None:
    listened_for = {(each.name, transport) for each in PROTOCOLS for transport in each.readings}
    assert set(WHOLE) == listened_for


@pytest.mark.parametrize(("name", "transport"), ALL)
def test_whole_streams_are_read(name: str, transport: Transport) -> None:
    reading = BY_NAME[name].readings[transport]
    for stream in WHOLE[name, transport]:
        session, messages = reading.feed(reading.begin(), stream, NOW)
        messages += reading.finish(session)
        sane(messages)
        assert sum(len(message.fixes) for message in messages) >= 1
        assert not any(message.checksum_failed for message in messages)


@pytest.mark.parametrize(("name", "transport"), ALL)
def test_what_is_kept_raw_is_enough_to_read_it_again(name: str, transport: Transport) -> None:
    reading = BY_NAME[name].readings[transport]
    for stream in WHOLE[name, transport]:
        session, messages = reading.feed(reading.begin(), stream, NOW)
        messages += reading.finish(session)
        again = Conversation(reading)
        told = [one for each in messages if each.raw for one in again.read(each.raw, NOW)]
        told += again.end()
        assert [one.fixes for one in told] == [one.fixes for one in messages]
        assert [one.answer for one in told] == [one.answer for one in messages]
        assert [one.device for one in told] == [one.device for one in messages]
        Conversation(reading, device=IMEI).end()  # one whose beginning is gone


@pytest.mark.parametrize(("name", "transport"), KEYS)
@given(seed=st.integers(0, 2**32))
@settings(max_examples=26, deadline=None, database=None)  # 10,400 broken streams
def test_broken_streams_never_raise_and_splits_change_nothing(
    name: str, transport: Transport, seed: int
) -> None:
    reading, chance = BY_NAME[name].readings[transport], random.Random(seed)
    for number in range(_MUTATIONS_AN_EXAMPLE):
        broken = mutated(chance.choice(SAMPLES[name, transport]), chance)
        strict = number % 2 == 1
        session, whole = reading.feed(reading.begin(), broken, NOW, strict=strict)
        sane(whole)
        sane(reading.finish(session))
        if transport == "tcp" and number % 4 < 2:
            cut = chance.randrange(len(broken) + 1)
            session, first = reading.feed(reading.begin(), broken[:cut], NOW, strict=strict)
            _, second = reading.feed(session, broken[cut:], NOW, strict=strict)
            assert told(first + second) == told(whole)


@pytest.mark.parametrize(("name", "transport"), STREAMED)
@pytest.mark.parametrize("byte", [b"\x00", b"\xff", b"A", b"$", b"#", b"7"], ids=repr)
def test_a_stream_that_never_ends_a_message_does_not_grow(
    name: str, transport: Transport, byte: bytes
) -> None:
    reading = BY_NAME[name].readings[transport]
    for start in (b"", WHOLE[name, transport][0][:20]):
        session = reading.begin()
        session, _ = reading.feed(session, start, NOW)
        for _ in range(4):
            session, _ = reading.feed(session, byte * 32_000, NOW)
        assert len(session.rest) <= _REST_LIMIT_BYTES
