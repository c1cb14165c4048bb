"""Galileosky: the maker's examples, packets of real trackers, streams cut anywhere, garbage."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.gps.decoders.galileosky.stream import (
    COMPRESSED,
    GARMIN,
    PHOTO,
    GalileoskySession,
    feed,
)
from ingest.gps.decoders.message import DeviceMessage, RejectionReason
from ingest.gps.decoders.reading import Reading
from ingest.simulated.galileosky_encoder import (
    galileosky_compressed,
    galileosky_frame,
    galileosky_head,
    galileosky_packet,
)
from models.observations import PositionFix
from tests.ingest.gps.decoders.mangled import (
    NOW,
    SPOILINGS,
    Spoiling,
    cut_anywhere,
    only,
    read,
    reasons,
    spoiled,
)

IMEI = "867060030000107"
READING = Reading(GalileoskySession, feed)
KNOWN = GalileoskySession(device=IMEI)
FIX = PositionFix(
    IMEI,
    NOW,
    43.238312,
    76.9453,
    speed_km_h=61.4,
    course_deg=270.5,
    altitude_m=780,
    hdop=1.2,
    satellites=9,
    external_power_v=12.6,
)
# As trackers sent them, with their checksums.
HEAD_OF_A_TRACKER = "011380033836383230343030313534393038370432008590"
COMMAND_ANSWER = (
    "012a0003383633353931303233353137333732046600e000000000e1104f555428332e2e3029203d2031313130bb29"
)
WITH_IMEI = (
    "011801018202130338363833343530333230343234323604640010a406207caa9f5b300c830a7901ca0ec80233"
    "0000000034b802350540003e41703f422b1043234504004600e09000000000a000a100a200a300a400a500a600"
    "a700a800a900aa00ab00ac00ad00ae00af00b00000b10000b20000b30000b40000b50000b60000b70000b80000"
    "b90000c000000000c100000000c200000000c300000000c400c500c600c700c800c900ca00cb00cc00cd00ce00"
    "cf00d000d100d200d4d3140000d60000d70000d80000d90000da0000db00000000dc00000000dd00000000de00"
    "000000df00000000f000000000f100000000f200000000f300000000f400000000f500000000f600000000f700"
    "000000f800000000f9000000008960"
)
ARCHIVE = (
    "011e8304320010270220dbd2f051300a90cf740328ac59033300000000347600351240012a41e92e42500f431f"
    "440006c814450f0046002050000051000052000053000054000055000056000057000058000060000061000062"
    "0000a000a100a200a300a400a500a600a700a800a900aa00ab00ac00ad00ae00af00b00000b10000b20000b300"
    "00b40000b50000b60000b70000b80000b90000c000000000c100000000c200000000c300000000c400c500c600"
    "c700c800c900ca00cb00cc00cd00ce00cf00d000d100d200d471020000d60000d70000d80000d90000da0000db"
    "00000000dc00000000dd00000000de00000000df00000000f000000000f100000000f200000000f30000000004"
    "320010260220bdd2f051300590cf740328ac59033300000000347600351440090a41f02e427b0f431f44ff0db8"
    "14450f00460000500000510000520000530000540000550000560000570000580000600000610000620000a000"
    "a100a200a300a400a500a600a700a800a900aa00ab00ac00ad00ae00af00b00000b10000b20000b30000b40000"
    "b50000b60000b70000b80000b90000c000000000c100000000c200000000c300000000c400c500c600c700c800"
    "c900ca00cb00cc00cd00ce00cf00d000d100d200d471020000d60000d70000d80000d90000da0000db00000000"
    "dc00000000dd00000000de00000000df00000000f000000000f100000000f200000000f3000000000432001025"
    "02208ed2f051300ed8d0740304ac5903330000000034a500350a40012a41ec2e422d0f431f440016b814450f00"
    "460020500000510000520000530000540000550000560000570000580000600000610000620000a000a100a200"
    "a300a400a500a600a700a800a900aa00ab00ac00ad00ae00af00b00000b10000b20000b30000b40000b50000b6"
    "0000b70000b80000b90000c000000000c100000000c200000000c300000000c400c500c600c700c800c900ca00"
    "cb00cc00cd00ce00cf00d000d100d200d44d020000d60000d70000d80000d90000da0000db00000000dc000000"
    "00dd00000000de00000000df00000000f000000000f100000000f200000000f300000000622e"
)


def one(
    content: bytes, session: GalileoskySession = KNOWN, *, strict: bool = False
) -> DeviceMessage:
    return only(READING, session, content, strict=strict)


def test_the_maker_s_examples_of_a_place_and_of_motion() -> None:
    content = bytes.fromhex("20FEC30257 30 07C00E3203B8D72D05 33 5C004808".replace(" ", ""))
    (fix,) = one(galileosky_frame(content)).fixes
    assert (fix.latitude, fix.longitude, fix.satellites) == (53.612224, 86.890424, 7)
    assert (fix.speed_km_h, fix.course_deg, fix.valid) == (9.2, 212.0, True)


def test_the_head_packet_introduces_a_tracker() -> None:
    packet = bytes.fromhex(HEAD_OF_A_TRACKER)
    session, (message,) = feed(GalileoskySession(), packet, NOW)
    assert session.device == message.device == "868204001549087"
    assert not message.checksum_failed
    assert message.answer == b"\x02" + packet[-2:]
    assert (message.fixes, message.rejections) == ((), ())


def test_a_tracker_s_packet_is_read() -> None:
    message = one(bytes.fromhex(WITH_IMEI), GalileoskySession())
    assert not message.checksum_failed
    assert message.rejections == ()
    (fix,) = message.fixes
    assert (fix.device, fix.fixed_at) == (
        "868345032042426",
        datetime(2018, 9, 17, 13, 22, 4, tzinfo=UTC),
    )
    assert (fix.latitude, fix.longitude, fix.satellites) == (24.709763, 46.665418, 12)
    assert (fix.speed_km_h, fix.course_deg, fix.altitude_m) == (0, 0, 696)
    assert (fix.hdop, fix.external_power_v) == (0.5, 16.24)


def test_an_archive_packet_holds_many_records() -> None:
    message = one(bytes.fromhex(ARCHIVE), GalileoskySession())
    assert not message.checksum_failed
    assert message.rejections == ()
    assert [fix.device for fix in message.fixes] == ["50"] * 3
    assert [(fix.satellites, fix.external_power_v) for fix in message.fixes] == [
        (10, 12.009),
        (5, 12.016),
        (14, 12.012),
    ]


def test_the_answer_to_a_command_holds_no_place() -> None:
    message = one(bytes.fromhex(COMMAND_ANSWER), GalileoskySession())
    assert (message.device, message.fixes, message.rejections) == ("863591023517372", (), ())
    assert message.answer == b"\x02\xbb\x29"


def test_an_encoded_packet_is_read_back() -> None:
    blind = PositionFix(
        IMEI,
        NOW + timedelta(seconds=1),
        -33.45,
        -70.66,
        valid=False,
        speed_km_h=300.5,
        course_deg=359.9,
        altitude_m=-28,
        satellites=0,
    )
    assert one(galileosky_packet([FIX, blind], more=True)).fixes == (FIX, blind)


def test_the_number_stands_in_where_no_imei_comes() -> None:
    content = bytes([0x04, 0x39, 0x30]) + galileosky_packet([FIX])[3:-2]
    message = one(galileosky_frame(content), GalileoskySession())
    assert [fix.device for fix in message.fixes] == ["12345"]
    assert one(galileosky_frame(content)).device == IMEI


def test_a_place_by_cells_has_an_accuracy_and_no_satellites() -> None:
    content = bytes.fromhex("20FEC30257" + "30" + "20C00E3203B8D72D05" + "35" + "32")
    (fix,) = one(galileosky_frame(content)).fixes
    assert (fix.valid, fix.accuracy_m, fix.hdop, fix.satellites) == (True, 500, None, None)


def test_records_begin_anew_where_the_first_tags_return() -> None:
    plain = galileosky_packet([FIX, FIX, FIX])[3:-2]
    assert len(one(galileosky_frame(plain)).fixes) == 3
    extended = bytes.fromhex("FE0600" + "010000000000") + bytes.fromhex("E0" + "00000000")
    assert len(one(galileosky_frame(plain + extended + plain)).fixes) == 6


def test_an_unknown_tag_costs_only_what_follows_it() -> None:
    record = galileosky_packet([FIX])[3:-2]
    message = one(galileosky_frame(record + record + b"\x5b\x01" + record))
    assert len(message.fixes) == 2
    assert reasons(message) == [RejectionReason.UNKNOWN_TYPE]
    assert "0x5B" in message.rejections[0].detail
    assert message.answer[:1] == b"\x02"


def test_a_record_beyond_the_globe_or_without_a_time_costs_only_itself() -> None:
    far = replace(FIX, latitude=91.0)
    timeless = bytes.fromhex("30" + "07C00E3203B8D72D05")
    message = one(galileosky_frame(galileosky_packet([far, FIX])[3:-2] + timeless + timeless))
    assert message.fixes == (FIX,)
    assert reasons(message) == [
        RejectionReason.BAD_COORDINATES,
        RejectionReason.BAD_TIME,
        RejectionReason.BAD_TIME,
    ]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (galileosky_packet([FIX]), RejectionReason.NO_DEVICE),
        (galileosky_compressed([FIX]), RejectionReason.NO_DEVICE),
        (galileosky_head("12345678901234X"), RejectionReason.NO_DEVICE),
        (b"GET / HTTP/1.1\r\n", RejectionReason.MALFORMED),
    ],
    ids=["nobody", "nobody compressed", "letters", "http"],
)
def test_a_stream_of_nobody_ends(content: bytes, reason: RejectionReason) -> None:
    after, (message,) = feed(GalileoskySession(), content, NOW)
    assert reasons(message) == [reason]
    assert (message.ends, message.answer) == (True, b"")
    assert feed(after, galileosky_head(IMEI), NOW)[1] == []


def test_packets_of_other_kinds_are_passed_over() -> None:
    photo, garmin = (one(galileosky_frame(b"\x01\x02\x03", kind=kind)) for kind in (PHOTO, GARMIN))
    assert (photo.answer[:1], garmin.answer) == (b"\x07", b"")
    assert (photo.rejections, garmin.rejections) == ((), ())


def test_a_compressed_packet_is_read_within_its_grid() -> None:
    bare = PositionFix(IMEI, NOW - timedelta(days=77), -33.45, 179.99999, valid=False)
    packet = galileosky_compressed([FIX, bare])
    message = one(packet)
    assert message.answer == b"\x02" + packet[-2:]
    assert message.rejections == ()
    for read_back, sent in zip(message.fixes, (FIX, bare), strict=True):
        assert read_back.latitude == pytest.approx(sent.latitude, abs=5e-5)
        assert read_back.longitude == pytest.approx(sent.longitude, abs=1e-4)
        told = replace(sent, satellites=None, latitude=read_back.latitude)
        assert read_back == replace(told, longitude=read_back.longitude)


@pytest.mark.parametrize(
    ("received_at", "fixed_at"),
    [
        (datetime(2027, 1, 1, 0, 5, tzinfo=UTC), datetime(2026, 12, 31, 23, 59, tzinfo=UTC)),
        (
            datetime(2026, 12, 31, 23, 59, tzinfo=UTC),
            datetime(2026, 12, 31, 23, 59, 50, tzinfo=UTC),
        ),
        (datetime(2025, 1, 2, tzinfo=UTC), datetime(2024, 2, 29, 12, tzinfo=UTC)),
    ],
    ids=["new year", "a fast clock", "leap day"],
)
def test_a_compressed_record_is_of_the_last_year_that_fits(
    received_at: datetime, fixed_at: datetime
) -> None:
    packet = galileosky_compressed([replace(FIX, fixed_at=fixed_at)])
    _, (message,) = feed(KNOWN, packet, received_at)
    assert [fix.fixed_at for fix in message.fixes] == [fixed_at]


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda body: body[:-1], RejectionReason.MALFORMED),
        (lambda body: body + body[:10], RejectionReason.MALFORMED),
        (lambda body: body + body[:10] + b"\x01\x5b\x00", RejectionReason.UNKNOWN_TYPE),
    ],
    ids=["cut", "cut minimum", "unknown tag"],
)
def test_a_compressed_packet_costs_only_what_cannot_be_read(
    spoil: Callable[[bytes], bytes], reason: RejectionReason
) -> None:
    body = galileosky_compressed([FIX, FIX])[3:-2]
    message = one(galileosky_frame(spoil(body), kind=COMPRESSED))
    assert len(message.fixes) == (1 if len(spoil(body)) < len(body) else 2)
    assert reasons(message) == [reason]
    assert message.answer[:1] == b"\x02"


def test_a_wrong_checksum_is_counted_or_refused() -> None:
    packet = galileosky_packet([FIX])
    spoilt = packet[:-1] + bytes([packet[-1] ^ 0xFF])
    loose, strict = one(spoilt), one(spoilt, strict=True)
    assert (loose.checksum_failed, loose.fixes) == (True, (FIX,))
    assert loose.answer == b"\x02" + spoilt[-2:]
    assert (strict.fixes, strict.answer, strict.ends) == ((), b"", False)
    assert reasons(strict) == [RejectionReason.CHECKSUM]


STREAM = (
    galileosky_head(IMEI)
    + galileosky_packet([FIX, FIX], more=True)
    + galileosky_compressed([FIX])
    + bytes.fromhex(ARCHIVE)
)


def test_a_packet_cut_and_glued_anywhere_is_the_same() -> None:
    whole = cut_anywhere(READING, STREAM)
    assert [len(message.fixes) for message in whole] == [0, 2, 1, 3]


ANYWHERE = st.builds(
    PositionFix,
    device=st.just(IMEI),
    fixed_at=st.integers(0, 0xFFFF_FFFF).map(
        lambda seconds: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    ),
    latitude=st.integers(-90_000_000, 90_000_000).map(lambda millionths: millionths / 1e6),
    longitude=st.integers(-180_000_000, 180_000_000).map(lambda millionths: millionths / 1e6),
    valid=st.booleans(),
    speed_km_h=st.integers(0, 65_534).map(lambda tenths: tenths / 10),
    course_deg=st.integers(0, 3_599).map(lambda tenths: tenths / 10),
    altitude_m=st.none() | st.integers(-0x8000, 0x7FFF).map(float),
    hdop=st.none() | st.integers(0, 255).map(lambda tenths: tenths / 10),
    satellites=st.integers(0, 15),
    external_power_v=st.none() | st.integers(0, 0xFFFF).map(lambda millivolts: millivolts / 1000),
)


@given(fixes=st.lists(ANYWHERE, min_size=1, max_size=3))
@settings(max_examples=100, deadline=None)
def test_any_fix_comes_back(fixes: list[PositionFix]) -> None:
    assert one(galileosky_packet(fixes)).fixes == tuple(fixes)


STREAMS = (
    galileosky_head(IMEI) + galileosky_packet([FIX, FIX]) + galileosky_packet([FIX]),
    bytes.fromhex(HEAD_OF_A_TRACKER) + bytes.fromhex(COMMAND_ANSWER) + galileosky_packet([FIX]),
    bytes.fromhex(WITH_IMEI),
    galileosky_head(IMEI) + galileosky_compressed([FIX, FIX]) + galileosky_packet([FIX]),
)


@given(spoilings=SPOILINGS, strict=st.booleans())
@settings(max_examples=100, deadline=None)  # a hundred cases each
def test_a_spoilt_stream_never_raises(spoilings: list[Spoiling], *, strict: bool) -> None:
    for number, spoiling in enumerate(spoilings):
        read(READING, spoiled(STREAMS[number % len(STREAMS)], spoiling), strict=strict)


@given(content=st.binary(max_size=80))
@settings(max_examples=500, deadline=None)
def test_any_tags_are_confirmed_and_never_raise(content: bytes) -> None:
    (message,) = read(READING, [galileosky_frame(b"\x04\x01\x00" + content)], strict=False)
    assert message.ends or message.answer[:1] == b"\x02"
