"""EGTS: packets of real devices and relays, every answer, streams cut anywhere, garbage."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.gps.decoders.egts.packet import PacketType, Result, packet
from ingest.gps.decoders.egts.records import Part, Service, part, parts, record, records
from ingest.gps.decoders.egts.stream import EgtsSession, feed
from ingest.gps.decoders.message import DeviceMessage, RejectionReason
from ingest.gps.decoders.reading import Reading
from ingest.simulated.egts_encoder import egts_identity, egts_packet
from models.observations import PositionFix
from tests.ingest.gps.decoders.mangled import (
    NOW,
    SPOILINGS,
    Spoiling,
    cut_anywhere,
    only,
    read,
    spoiled,
)

IMEI = "867060030000106"
READING = Reading(EgtsSession, feed)
KNOWN = EgtsSession(device=IMEI, terminal=106)
FIX = PositionFix(
    IMEI,
    NOW,
    43.2383123,
    76.9453001,
    speed_km_h=61.4,
    course_deg=270,
    altitude_m=780,
    hdop=1.25,
    satellites=9,
)
# As devices sent them, with their checksums.
TRACKER = (
    "0100020B0025003A5701C91A003A5701CD6E68490202101700CBB4740F7617FD924364104F116A00000000000103"
    "00001EC2"
)
WITH_SENSORS = (
    "0100020B0079000000011F6A001424951CA5CB0F23B5740F020210180023B5740F0A301994DA9C524C9128000A00"
    "0000100082000011040018110300120900000003150100E803001B0700010000340900001B070042000000000000"
    "1B0700430000000000001B0700440000000000001B0700450000000000001B0700460000000000008020"
)
RELAY = (
    "0100020b005e01030001ed180005000162c72c9a0202101500c4c52f1100477e9f0047c979010000ad0000000003"
    "18000600017ee0710c0202101500c9c52f11003ee59f8061e97a0100801b00000000031800070001b6eeb6c00202"
    "101500c7c52f110077669d00b9707a116a015600000000031800080001b6eeb6c00202101500cdc52f11007c669d"
    "004e717a117a0158000000000318000900018b4685f70202101500c8c52f11006ee09f0027ca7c11650079000000"
    "000318000a0001f299c0d80202101500c9c52f1100552e9c80e4ca7911f5805b000000000318000b0001f299c0d8"
    "0202101500cbc52f1100612e9c00dbca79116c803e000000000318000c0001731347010202101500c7c52f1100a3"
    "699a80db3c7a010000e5000000000318000d0001c85285f70202101500cbc52f1100e8979900f3497b114d010100"
    "0000000318000e0001aa4358810202101500cdc52f11002d689a80ab427a0100009300000000032b9f"
)
TERMINAL = (
    "0100000b002400a0d601f019000300810300000001010116000300000042383634343935303334363433333736"
    "00014cdc"
)
NUMBERED_TERMINAL = (
    "0100010b002200c06401f21700c1640171360d00010101140071360d000238363539303500000000000000000047fc"
)
DISPATCHER = (
    "0100020b002300020001871c00020000010105190000ab0800006247396e615734366347467a63336476636d513d"
    "aadf"
)
RESPONSE = "0100000b0003006c430004010000acfb"


def one(content: bytes, session: EgtsSession = KNOWN, *, strict: bool = False) -> DeviceMessage:
    return only(READING, session, content, strict=strict)


def result_of(answer: bytes) -> tuple[int, Result]:
    """Return which packet an answer is for and what became of it."""
    assert answer[9] == PacketType.RESPONSE
    return int.from_bytes(answer[11:13], "little"), Result(answer[13])


def results_of(answer: bytes) -> dict[int, Result]:
    """Return what became of the records that an answer names."""
    body = answer[14 : 11 + int.from_bytes(answer[5:7], "little")]
    return {
        int.from_bytes(content[:2], "little"): Result(content[2])
        for each in records(body)
        for kind, content in parts(each.content)
        if kind == Part.RECORD_RESPONSE
    }


def told(answer: bytes) -> Result:
    """Return the RESULT_CODE that follows the PT_RESPONSE."""
    own = answer[11 + int.from_bytes(answer[5:7], "little") + 2 :]
    assert own[9] == PacketType.APPDATA
    (only,) = records(own[11:-2])
    assert (only.source, only.recipient) == (Service.AUTH, Service.AUTH)
    assert [kind for kind, _ in parts(only.content)] == [Part.RESULT_CODE]
    return Result(only.content[3])


def test_a_tracker_s_packet_is_read() -> None:
    message = one(bytes.fromhex(TRACKER), EgtsSession())
    (fix,) = message.fixes
    assert (fix.device, fix.fixed_at) == (
        "1231580877",
        datetime(2018, 3, 21, 5, 38, 19, tzinfo=UTC),
    )
    assert (round(fix.latitude, 5), round(fix.longitude, 5)) == (51.67569, 55.59190)
    assert (fix.valid, fix.speed_km_h, fix.altitude_m) == (True, 10.6, None)
    assert not message.checksum_failed
    assert result_of(message.answer) == (0x573A, Result.OK)
    assert results_of(message.answer) == {0x573A: Result.OK}


def test_sensors_beside_a_position_are_passed_over() -> None:
    message = one(bytes.fromhex(WITH_SENSORS), EgtsSession())
    (fix,) = message.fixes
    assert (fix.altitude_m, fix.satellites, fix.course_deg) == (130, 17, 10)
    assert message.rejections == ()


def test_a_relay_speaks_for_many_vehicles() -> None:
    message = one(bytes.fromhex(RELAY), EgtsSession())
    devices = [fix.device for fix in message.fixes]
    assert (len(devices), len(set(devices))) == (10, 8)
    assert message.device is None
    assert message.answer_without is not None
    answer = message.answer_without({"3233214134"})
    assert result_of(answer) == (3, Result.OK)
    refused = [number for number, result in results_of(answer).items() if result is not Result.OK]
    assert refused == [7, 8]
    assert set(results_of(message.answer)) == set(range(5, 15))


@pytest.mark.parametrize(
    ("packet_hex", "device"),
    [(TERMINAL, "864495034643376"), (NUMBERED_TERMINAL, "865905")],
    ids=["by imei", "by number, its imei is cut"],
)
def test_a_terminal_introduces_itself(packet_hex: str, device: str) -> None:
    session, (message,) = feed(EgtsSession(), bytes.fromhex(packet_hex), NOW)
    assert session.device == message.device == device
    assert told(message.answer) is Result.OK
    assert told(message.refusal) is Result.UNKNOWN_IDENTIFIER
    assert told(message.password_refusal) is Result.DENIED
    assert not message.ends


def test_a_relay_introduces_itself() -> None:
    message = one(bytes.fromhex(DISPATCHER), EgtsSession())
    assert (message.device, told(message.answer)) == (None, Result.OK)


def test_an_answer_of_a_device_is_not_answered() -> None:
    message = one(bytes.fromhex(RESPONSE))
    assert (message.answer, message.fixes, message.rejections) == (b"", (), ())


def test_a_terminal_without_number_and_imei_may_introduce_itself_again() -> None:
    session, (message,) = feed(EgtsSession(), egts_identity(1, terminal=0), NOW)
    assert [each.reason for each in message.rejections] == [RejectionReason.NO_DEVICE]
    assert told(message.answer) is Result.UNKNOWN_IDENTIFIER
    assert (message.ends, session.device) == (False, None)
    session, (again,) = feed(session, egts_identity(2, terminal=106, imei=IMEI), NOW)
    assert (session.device, told(again.answer)) == (IMEI, Result.OK)


def test_another_object_on_a_terminal_s_connection_is_another_vehicle() -> None:
    own, other = replace(FIX, device="106"), replace(FIX, device="107")
    message = one(egts_packet(1, [own, other], relayed=True))
    assert [fix.device for fix in message.fixes] == [IMEI, "107"]
    nameless = replace(KNOWN, terminal=0)
    assert [fix.device for fix in one(egts_packet(1, [other], relayed=True), nameless).fixes] == [
        IMEI
    ]


def test_records_of_nobody_are_refused_by_name() -> None:
    message = one(egts_packet(1, [FIX]), EgtsSession())
    assert message.fixes == ()
    assert [each.reason for each in message.rejections] == [RejectionReason.NO_DEVICE]
    assert results_of(message.answer) == {1: Result.UNKNOWN_IDENTIFIER}


@pytest.mark.parametrize("signature", [b"", b"\x01\x02\x03"], ids=["plain", "signed"])
def test_an_encoded_packet_is_read_back(signature: bytes) -> None:
    blind = PositionFix(
        IMEI,
        NOW + timedelta(seconds=1),
        -33.45,
        -70.66,
        valid=False,
        speed_km_h=300.5,
        course_deg=359,
        altitude_m=-28,
        satellites=0,
    )
    message = one(egts_packet(1, [FIX, blind], signature=signature))
    for read_back, sent in zip(message.fixes, (FIX, blind), strict=True):
        assert (round(read_back.latitude, 6), round(read_back.longitude, 6)) == (
            round(sent.latitude, 6),
            round(sent.longitude, 6),
        )
        assert replace(read_back, latitude=0, longitude=0) == replace(sent, latitude=0, longitude=0)
    assert results_of(message.answer) == {1: Result.OK, 2: Result.OK}


def test_the_packets_to_a_device_are_numbered() -> None:
    session, messages = feed(
        EgtsSession(), bytes.fromhex(TERMINAL) + egts_packet(2, [FIX]) * 2, NOW
    )
    assert [message.answer[7] for message in messages] == [0, 2, 3]
    assert session.packets == 4


def test_a_packet_cut_and_glued_anywhere_is_the_same() -> None:
    stream = (
        egts_identity(1, terminal=106, imei=IMEI) + egts_packet(2, [FIX]) + bytes.fromhex(RELAY)
    )
    whole = cut_anywhere(READING, stream)
    assert [len(message.fixes) for message in whole] == [0, 1, 10]


def changed(content: bytes, at: int, byte: int) -> bytes:
    at %= len(content)
    assert content[at] != byte
    return content[:at] + bytes([byte]) + content[at + 1 :]


def test_a_wrong_checksum_of_the_data_is_counted_or_refused() -> None:
    spoilt = changed(egts_packet(7, [FIX]), -1, 0)
    loose, strict = one(spoilt), one(spoilt, strict=True)
    assert (loose.checksum_failed, len(loose.fixes)) == (True, 1)
    assert result_of(loose.answer) == (7, Result.OK)
    assert (strict.fixes, strict.ends) == ((), False)
    assert result_of(strict.answer) == (7, Result.DATA_CHECKSUM)
    assert [each.reason for each in strict.rejections] == [RejectionReason.CHECKSUM]


def test_a_wrong_checksum_of_the_header_alone_is_counted() -> None:
    spoilt = changed(egts_packet(7, [FIX]), 10, 0)
    assert (one(spoilt).checksum_failed, len(one(spoilt).fixes)) == (True, 1)
    strict = one(spoilt, strict=True)
    assert result_of(strict.answer) == (7, Result.HEADER_CHECKSUM)
    assert strict.ends


PLAIN = egts_packet(7, [FIX])


@pytest.mark.parametrize(
    ("content", "result"),
    [
        (b"GET / HTTP/1.1\r\n", Result.UNSUPPORTED_PROTOCOL),
        (changed(PLAIN, 0, 2), Result.UNSUPPORTED_PROTOCOL),
        (changed(PLAIN, 3, 12), Result.WRONG_HEADER),
        (changed(PLAIN, 2, 0x20), Result.WRONG_HEADER),
        (changed(PLAIN, 6, 0xFF), Result.WRONG_LENGTH),
        (changed(changed(PLAIN, 10, 0), -1, 0), Result.HEADER_CHECKSUM),
    ],
    ids=["http", "version", "header length", "route", "data length", "both checksums"],
)
def test_a_stream_that_lost_its_place_is_told_why_and_ends(content: bytes, result: Result) -> None:
    if result is Result.WRONG_LENGTH:
        content = changed(content, 5, 0xFF)
    after, (message,) = feed(KNOWN, content, NOW)
    assert message.ends
    assert result_of(message.answer)[1] is result
    assert message.rejections
    assert feed(after, PLAIN, NOW)[1] == []


@pytest.mark.parametrize(
    ("content", "result"),
    [
        (packet(7, PacketType.APPDATA, b"\x40\x00\x01\x00\x00\x02\x02"), Result.WRONG_DATA),
        (PLAIN[:2] + b"\x08" + PLAIN[3:], Result.DECRYPTION_FAILED),
        (PLAIN[:2] + b"\x04" + PLAIN[3:], Result.WRONG_DATA),
        (PLAIN[:9] + b"\x07" + PLAIN[10:], Result.UNSUPPORTED_TYPE),
    ],
    ids=["cut record", "encrypted", "compressed", "type"],
)
def test_a_packet_that_cannot_be_read_is_told_why_and_the_next_is_read(
    content: bytes, result: Result
) -> None:
    _, (message, following) = feed(KNOWN, content + PLAIN, NOW)
    assert result_of(message.answer) == (7, result)
    assert message.rejections
    assert (message.fixes, message.ends) == ((), False)
    assert len(following.fixes) == 1


@pytest.mark.parametrize(
    ("service", "content", "result", "reason"),
    [
        (4, b"", Result.UNKNOWN_SERVICE, RejectionReason.UNKNOWN_TYPE),
        (2, b"\x10\x05\x00ab", Result.WRONG_DATA, RejectionReason.MALFORMED),
        (2, part(Part.POS_DATA, bytes(20)), Result.WRONG_DATA, RejectionReason.MALFORMED),
    ],
    ids=["commands", "cut part", "short position"],
)
def test_a_record_that_cannot_be_read_costs_only_itself(
    service: int, content: bytes, result: Result, reason: RejectionReason
) -> None:
    good = PLAIN[11:-2]
    body = record(40, service, content, from_device=True) + good
    message = one(packet(7, PacketType.APPDATA, body))
    assert results_of(message.answer) == {40: result, 1: Result.OK}
    assert [each.reason for each in message.rejections] == [reason]
    assert len(message.fixes) == 1


ANYWHERE = st.builds(
    PositionFix,
    device=st.integers(1, 0xFFFF_FFFF).map(str),
    fixed_at=st.integers(0, 800_000_000).map(
        lambda s: datetime(2015, 1, 1, tzinfo=UTC) + timedelta(seconds=s)
    ),
    latitude=st.floats(-90, 90),
    longitude=st.floats(-180, 180),
    valid=st.booleans(),
    speed_km_h=st.integers(0, 0x3FFF).map(lambda tenths: tenths / 10),
    course_deg=st.integers(0, 359).map(float),
    altitude_m=st.none() | st.integers(-400, 16_000_000).map(float),
    hdop=st.none() | st.integers(0, 0xFFFF).map(lambda hundredths: hundredths / 100),
    satellites=st.none() | st.integers(0, 255),
)


@given(fixes=st.lists(ANYWHERE, min_size=1, max_size=3))
@settings(max_examples=100, deadline=None)
def test_any_fix_comes_back(fixes: list[PositionFix]) -> None:
    message = one(egts_packet(1, fixes, relayed=True), EgtsSession())
    assert message.rejections == ()
    for back, sent in zip(message.fixes, fixes, strict=True):
        assert back.latitude == pytest.approx(sent.latitude, abs=1e-7)
        assert back.longitude == pytest.approx(sent.longitude, abs=1e-7)
        assert replace(back, latitude=0, longitude=0) == replace(sent, latitude=0, longitude=0)


STREAMS = (
    egts_identity(1, terminal=106, imei=IMEI) + egts_packet(2, [FIX, FIX]) + egts_packet(3, [FIX]),
    bytes.fromhex(DISPATCHER)
    + egts_packet(2, [replace(FIX, device="1"), replace(FIX, device="2")], relayed=True)
    + bytes.fromhex(TRACKER),
    bytes.fromhex(WITH_SENSORS) + egts_packet(2, [FIX], signature=b"ab"),
)


@given(spoilings=SPOILINGS, strict=st.booleans())
@settings(max_examples=100, deadline=None)  # a hundred cases each
def test_a_spoilt_stream_never_raises(spoilings: list[Spoiling], *, strict: bool) -> None:
    for number, spoiling in enumerate(spoilings):
        read(READING, spoiled(STREAMS[number % len(STREAMS)], spoiling), strict=strict)


@given(body=st.binary(max_size=60))
@settings(max_examples=500, deadline=None)
def test_any_data_is_answered_and_never_raises(body: bytes) -> None:
    for kind in (PacketType.APPDATA, PacketType.SIGNED_APPDATA):
        (message,) = read(READING, [packet(9, kind, body)], strict=False)
        assert result_of(message.answer)[0] == 9
