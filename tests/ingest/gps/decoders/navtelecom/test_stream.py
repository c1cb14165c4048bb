"""Navtelecom: the maker's examples, packets of real boxes, every answer, garbage."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.gps.decoders.crc import crc8
from ingest.gps.decoders.message import DeviceMessage, RejectionReason
from ingest.gps.decoders.navtelecom.fields import SIZES
from ingest.gps.decoders.navtelecom.stream import NavtelecomSession, feed, frame
from ingest.gps.decoders.reading import Reading
from ingest.simulated.navtelecom_encoder import (
    FIELDS_1,
    navtelecom_additional,
    navtelecom_additional_event,
    navtelecom_event,
    navtelecom_identity,
    navtelecom_negotiation,
    navtelecom_packet,
    navtelecom_state,
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

IMEI = "867060030000108"
HANDSHAKE = navtelecom_identity(IMEI) + navtelecom_negotiation()
READING = Reading(NavtelecomSession, feed)
KNOWN, _ = feed(NavtelecomSession(), HANDSHAKE, NOW)
FIX = PositionFix(
    IMEI,
    NOW,
    43.2383,
    76.9453,
    speed_km_h=61.5,
    course_deg=270,
    altitude_m=780.5,
    hdop=1.2,
    satellites=9,
    external_power_v=12.6,
)
# From the maker's page of examples.
MAKERS_IDENTITY = "404e544301000000000000001300464d2a3e533a383636373935303333333233383634"
MAKERS_WISH = (
    "404e544301000000000000002a0046742a3e464c4558b01e1efffffe300a080000000200000000200038002000"
    "00000000000104000000060000"
)
MAKERS_FIELDS = (
    *range(1, 16),
    *(19, 20, 29, 31, 37, 71, 107, 123, 124, 125, 139, 200, 206, 238, 239),
)
# As boxes sent them, with their checksums.
WISH_1 = "404e544301000000aaecf6021300c8712a3e464c4558b00a0a45ffff300a08080f8388"
EVENT_1 = (
    "7e54040000000400000030129957405c000b00632f9857405ccace03021e129101a103000000000000c4005ba3"
    "fe3b00000000120046100000000000001aff7f000080bfffff80000080bfffffffff9f"
)
KEPT_1 = (
    "7e4101080000000917c057405c002b001833c057405cbbce030225129101a00300007c6102408900400c1b3cfc"
    "e3b23a12004710e000000000001bff7f000080bfffff80000080bfffffffffb2"
)
WISH_2 = "404e544301000000a9eef6021a003f8e2a3e464c4558b014147afffff008080800000e00000000000000"
EVENT_2 = (
    "7e5428000000280000002111d16b435c00a900154bd16b435ce19e030259f6920133050000b7623e429300c9e7"
    "f03f2ba45a3e1f001f007b6c5910850f0100001629080a000000000000060947"
)
WISH_3 = (
    "404e544301000000000000002a005e6c2a3e464c4558b01e1efffffe300a08080ffffe08000000580028002bc0"
    "000000000000b4000000000000"
)
KEPT_3 = (
    "7e4104022106000517c4ae2f6180a9000e2fc4ae2f61471dff0171b35801d2050000a9870e412801d9d096466a"
    "37061000009474270080ff7f00000000ffff8000000000ffffffffffffffffffffffffffff7f00000000ffffff"
    "0308000000000000090cf70900000826fa000200b3ad2b00000826fa000200aad75200000826fa000200aa9cae"
    "2f6158020000000000000000000a14000000000000000000000000000000000000000026000000032106000b17"
    "dbae2f6180a9000e33daae2f61a11dff01edb15801d00500009c50e83f2f01ecd09646793706100000ab742700"
    "80ff7f00000000ffff8000000000ffffffffffffffffffffffffffff7f00000000ffffff040800000000000009"
    "0bf70900000826fa000200af8bc70000256cfa000200ab3e7c0000256cfa000200aad7ae2f61fd080000000000"
    "000000000a140100000000000000000000000000000000000000260000000421060054a0e7ae2f6180a9000e33"
    "e6ae2f61ba1dff01beb15801d305000038b977402201f0d09646163706100000b674270080ff7f00000000ffff"
    "8000000000ffffffffffffffffffffffffffff7f00000000ffffff0309000000000000080bf70900000826fa00"
    "0200af8bc70000256cfa000200ab3e7c0000256cfa000200aad7ae2f6173040000000000000000000a14080000"
    "000000000000000000000000000000000026000000052106000517efae2f6180a9000f33efae2f61c21dff0166"
    "b15801df05000017f145404d00f5d09646693706100000bf74270080ff7f00000000ffff8000000000ffffffff"
    "ffffffffffffffffffff7f00000000ffffff0408000000000000090cf70900000826fa000200af8bc70000256c"
    "fa000200ab3e7c0000256cfa000200aad7ae2f615b030000000000000000000a14020000000000000000000000"
    "000000000000000026000000a9"
)


def one(
    content: bytes, session: NavtelecomSession = KNOWN, *, strict: bool = False
) -> DeviceMessage:
    return only(READING, session, content, strict=strict)


def sent(*packets: str) -> list[DeviceMessage]:
    """Return what a box says after its handshake."""
    stream = bytes.fromhex(MAKERS_IDENTITY + "".join(packets))
    _, messages = feed(NavtelecomSession(), stream, NOW)
    assert not any(message.checksum_failed or message.rejections for message in messages)
    return messages[2:]


def test_the_maker_s_handshake_is_answered_as_the_maker_says() -> None:
    stream = bytes.fromhex(MAKERS_IDENTITY + MAKERS_WISH)
    session, (identity, wish) = feed(NavtelecomSession(), stream, NOW)
    assert (session.device, identity.device) == ("866795033323864", "866795033323864")
    assert identity.answer.hex() == "404e544300000000010000000300455e2a3c53"
    assert wish.answer.hex() == "404e544300000000010000000900b1a02a3c464c4558b01e1e"
    assert (identity.refusal, wish.rejections) == (b"", ())
    assert session.layout is not None
    assert session.layout.fields == MAKERS_FIELDS
    assert session.layout.record.size == sum(SIZES[number - 1] for number in MAKERS_FIELDS)


@pytest.mark.parametrize(
    ("packets", "at", "latitude", "longitude", "satellites"),
    [
        ((WISH_1, EVENT_1), datetime(2019, 1, 17, 10, 23, 20, tzinfo=UTC), 56.33996, 43.80762, 11),
        ((WISH_1, KEPT_1), datetime(2019, 1, 17, 10, 24, tzinfo=UTC), 56.33994, 43.80764, 12),
        ((WISH_2, EVENT_2), datetime(2019, 1, 19, 18, 26, 25, tzinfo=UTC), 56.31952, 44.01423, 18),
        ((WISH_3, KEPT_3), datetime(2021, 9, 1, 16, 48, 4, tzinfo=UTC), 55.82732, 37.65054, 11),
    ],
    ids=["1.0 event", "1.0 kept", "2.0 event", "3.0 kept"],
)
def test_packets_of_boxes_are_read(
    packets: tuple[str, str], at: datetime, latitude: float, longitude: float, satellites: int
) -> None:
    (message,) = sent(*packets)
    fix = message.fixes[0]
    assert (fix.device, fix.fixed_at, fix.valid) == ("866795033323864", at, True)
    assert fix.latitude == pytest.approx(latitude, abs=1e-5)
    assert fix.longitude == pytest.approx(longitude, abs=1e-5)
    assert fix.satellites == satellites


def test_every_packet_is_answered_in_its_way() -> None:
    (kept,), (event,) = sent(WISH_3, KEPT_3), sent(WISH_2, EVENT_2)
    assert len(kept.fixes) == 4
    assert kept.answer[:-1] == b"~A\x04"
    assert event.answer[:-1] == b"~T\x28\x00\x00\x00"
    state, additional = one(navtelecom_state(FIX)), one(navtelecom_additional([FIX, FIX]))
    assert state.answer[:-1] == b"~C"
    assert additional.answer[:-1] == b"~E\x02"
    told = one(navtelecom_additional_event(40, FIX))
    assert told.answer[:-1] == b"~X\x28\x00\x00\x00"
    for message in (kept, event, state, additional, told):
        assert message.answer[-1] == crc8(message.answer[:-1])


def test_the_motion_and_the_supply_of_a_box_are_read() -> None:
    (message,) = sent(WISH_2, EVENT_2)
    (fix,) = message.fixes
    assert fix.speed_km_h == pytest.approx(47.5964)
    assert fix.course_deg == 147
    assert (fix.altitude_m, fix.hdop, fix.external_power_v) == (133.1, 0.6, 27.771)


BLIND = PositionFix(
    IMEI,
    NOW + timedelta(seconds=1),
    -33.45,
    -70.66,
    valid=False,
    speed_km_h=300.5,
    course_deg=359,
    altitude_m=-28,
    hdop=2.5,
    satellites=0,
    external_power_v=0.0,
)


def test_encoded_packets_are_read_back() -> None:
    assert one(navtelecom_packet([FIX, BLIND])).fixes == (FIX, BLIND)
    assert one(navtelecom_event(7, BLIND)).fixes == (BLIND,)
    assert one(navtelecom_state(FIX)).fixes == (FIX,)
    expected = [replace(each, hdop=None, external_power_v=None) for each in (FIX, BLIND)]
    assert list(one(navtelecom_additional([FIX, BLIND])).fixes) == expected
    assert list(one(navtelecom_additional_event(7, FIX)).fixes) == expected[:1]


def test_flex_1_has_no_dilution() -> None:
    wish = navtelecom_negotiation(version=0x0A, fields=FIELDS_1)
    session, (message,) = feed(KNOWN, wish, NOW)
    assert message.answer.endswith(b"*<FLEX\xb0\x0a\x0a")
    packet = navtelecom_packet([FIX], version=0x0A, fields=FIELDS_1)
    assert one(packet, session).fixes == (replace(FIX, hdop=None),)


def test_a_box_without_a_fix_is_taken_at_the_time_of_its_event() -> None:
    fields = (3, 8, 9, 10, 11)
    session, _ = feed(KNOWN, navtelecom_negotiation(fields=fields), NOW)
    record = bytes.fromhex("00000060" + "01" + "00000050" + "00000000" * 2)
    packet = b"~A\x01" + record
    (fix,) = one(packet + bytes([crc8(packet)]), session).fixes
    assert (fix.valid, fix.fixed_at) == (False, datetime.fromtimestamp(0x60000000, UTC))


@pytest.mark.parametrize(
    ("wish", "reason"),
    [
        (b"\xb0\x28\x28\xff" + bytes(32), RejectionReason.UNKNOWN_TYPE),
        (b"\xb0\x0a\x0a\xff" + bytes(32), RejectionReason.UNKNOWN_TYPE),
        (b"\xb1\x1e\x1e\xff" + bytes(32), RejectionReason.MALFORMED),
        (b"\xb0\x1e\x1e\xff" + bytes(31), RejectionReason.MALFORMED),
        (b"\xb0\x1e", RejectionReason.MALFORMED),
    ],
    ids=["version 4.0", "255 fields of 1.0", "no flex", "short mask", "cut"],
)
def test_a_wish_that_cannot_be_met_is_told_the_newest_version(
    wish: bytes, reason: RejectionReason
) -> None:
    session, (message,) = feed(KNOWN, frame(1, 0, b"*>FLEX" + wish), NOW)
    assert message.answer.endswith(b"*<FLEX\xb0\x1e\x1e")
    assert reasons(message) == [reason]
    assert session.layout is None
    assert not message.ends


def test_a_mask_without_a_place_is_named_once_and_each_record_too() -> None:
    session, (wish,) = feed(KNOWN, navtelecom_negotiation(fields=(1, 3)), NOW)
    assert reasons(wish) == [RejectionReason.NO_POSITION]
    packet = b"~A\x01" + bytes(8)
    message = one(packet + bytes([crc8(packet)]), session)
    assert reasons(message) == [RejectionReason.NO_POSITION]
    assert message.answer[:-1] == b"~A\x01"


def test_a_record_beyond_the_globe_costs_only_itself() -> None:
    message = one(navtelecom_packet([replace(FIX, latitude=91.0), FIX]))
    assert message.fixes == (FIX,)
    assert reasons(message) == [RejectionReason.BAD_COORDINATES]


def test_answers_of_boxes_and_signs_of_life_are_passed_over() -> None:
    command = frame(1, 0, b"*@CNCT_DRC OK")
    _, messages = feed(KNOWN, b"\x7f\x7f" + command + b"\x7f" + navtelecom_state(FIX), NOW)
    assert [(len(message.fixes), message.rejections) for message in messages] == [(0, ()), (1, ())]
    assert messages[0].answer == b""


def test_telemetry_without_flex_is_refused_by_name() -> None:
    message = one(frame(1, 0, b"*>T\x06"))
    assert (reasons(message), message.answer) == ([RejectionReason.UNKNOWN_TYPE], b"")


def test_another_kind_of_additional_record_is_refused_by_name_and_answered() -> None:
    packet = b"~E\x01\x02\x00\x0b\x00"
    message = one(packet + bytes([crc8(packet)]))
    assert reasons(message) == [RejectionReason.UNKNOWN_TYPE]
    assert message.answer[:-1] == b"~E\x01"


@pytest.mark.parametrize(
    ("session", "content", "reason"),
    [
        (NavtelecomSession(), b"GET / HTTP/1.1\r\n", RejectionReason.MALFORMED),
        (NavtelecomSession(), b"@GET / HTTP/1.1\r\n", RejectionReason.MALFORMED),
        (NavtelecomSession(), navtelecom_packet([FIX]), RejectionReason.NO_DEVICE),
        (NavtelecomSession(), navtelecom_negotiation(), RejectionReason.NO_DEVICE),
        (NavtelecomSession(), navtelecom_identity(""), RejectionReason.NO_DEVICE),
        (KNOWN, b"~Z\x00\x00", RejectionReason.UNKNOWN_TYPE),
        (KNOWN, navtelecom_additional([FIX])[:-1] + b"\x00", RejectionReason.CHECKSUM),
        (KNOWN, navtelecom_additional_event(1, FIX)[:-1] + b"\x00", RejectionReason.CHECKSUM),
        (KNOWN, b"@NTC" + bytes(10) + b"\x01\x00", RejectionReason.CHECKSUM),
    ],
    ids=["http", "at", "no handshake", "no identity", "empty", "z", "e", "x", "frame"],
)
def test_a_stream_that_lost_its_place_ends(
    session: NavtelecomSession, content: bytes, reason: RejectionReason
) -> None:
    after, (message,) = feed(session, content, NOW)
    assert reasons(message) == [reason]
    assert (message.ends, message.answer) == (True, b"")
    assert feed(after, HANDSHAKE, NOW)[1] == []


def test_a_wrong_checksum_is_counted_or_refused() -> None:
    packet = navtelecom_packet([FIX])
    spoilt = packet[:-1] + bytes([packet[-1] ^ 0xFF])
    loose, strict = one(spoilt), one(spoilt, strict=True)
    assert (loose.checksum_failed, loose.fixes, loose.answer[:2]) == (True, (FIX,), b"~A")
    assert (strict.fixes, strict.answer, reasons(strict)) == ((), b"", [RejectionReason.CHECKSUM])
    identity = navtelecom_identity(IMEI)
    other = identity[:-1] + b"9"
    assert one(other, NavtelecomSession()).checksum_failed
    refused = one(other, NavtelecomSession(), strict=True)
    assert (refused.answer, reasons(refused)) == (b"", [RejectionReason.CHECKSUM])


STREAM = (
    HANDSHAKE
    + navtelecom_packet([FIX, FIX])
    + b"\x7f"
    + navtelecom_event(7, FIX)
    + navtelecom_state(FIX)
    + navtelecom_additional([FIX, FIX])
    + navtelecom_additional_event(8, FIX)
)


def test_a_packet_cut_and_glued_anywhere_is_the_same() -> None:
    whole = cut_anywhere(READING, STREAM)
    assert [len(message.fixes) for message in whole] == [0, 0, 2, 1, 1, 2, 1]


ANYWHERE = st.builds(
    PositionFix,
    device=st.just(IMEI),
    fixed_at=st.integers(0, 0xFFFF_FFFF).map(
        lambda seconds: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    ),
    latitude=st.integers(-54_000_000, 54_000_000).map(lambda units: units / 600_000),
    longitude=st.integers(-108_000_000, 108_000_000).map(lambda units: units / 600_000),
    valid=st.booleans(),
    speed_km_h=st.floats(0, 3000, width=32),
    course_deg=st.integers(0, 359).map(float),
    altitude_m=st.integers(-5_000, 100_000).map(lambda tenths: tenths / 10),
    hdop=st.integers(1, 255).map(lambda tenths: tenths / 10),
    satellites=st.integers(0, 63),
    external_power_v=st.integers(0, 0xFFFF).map(lambda millivolts: millivolts / 1000),
)


@given(fixes=st.lists(ANYWHERE, min_size=1, max_size=3))
@settings(max_examples=100, deadline=None)
def test_any_fix_comes_back(fixes: list[PositionFix]) -> None:
    assert one(navtelecom_packet(fixes)).fixes == tuple(fixes)


STREAMS = (
    STREAM,
    bytes.fromhex(MAKERS_IDENTITY + WISH_1 + EVENT_1 + KEPT_1),
    bytes.fromhex(MAKERS_IDENTITY + WISH_2 + EVENT_2),
)


@given(spoilings=SPOILINGS, strict=st.booleans())
@settings(max_examples=100, deadline=None)  # a hundred cases each
def test_a_spoilt_stream_never_raises(spoilings: list[Spoiling], *, strict: bool) -> None:
    for number, spoiling in enumerate(spoilings):
        read(READING, spoiled(STREAMS[number % len(STREAMS)], spoiling), strict=strict)


@given(content=st.binary(max_size=80))
@settings(max_examples=500, deadline=None)
def test_any_frame_and_any_packet_never_raise(content: bytes) -> None:
    read(READING, [HANDSHAKE, frame(1, 0, content)], strict=False)
    read(READING, [HANDSHAKE, frame(1, 0, b"*>FLEX" + content), b"~A", content], strict=False)
    read(READING, [HANDSHAKE, b"~E", content, bytes(300)], strict=False)
    read(READING, [HANDSHAKE, b"~X", content, bytes(300)], strict=False)
