"""Teltonika: the maker's examples, every answer, streams cut anywhere, garbage."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.gps.decoders.crc import crc16_arc
from ingest.gps.decoders.message import DeviceMessage, RejectionReason
from ingest.gps.decoders.teltonika import (
    CODECS,
    PACKET_LIMIT_BYTES,
    TeltonikaSession,
    feed,
)
from ingest.simulated import encoders
from models.observations import PositionFix

NOW = datetime(2026, 3, 19, 7, 0, tzinfo=UTC)
IMEI = "356307042441013"
KNOWN = TeltonikaSession(device=IMEI)
FIX = PositionFix(
    IMEI,
    NOW,
    43.2383123,
    -76.9453001,
    speed_km_h=61,
    course_deg=270,
    altitude_m=-28,
    hdop=1.2,
    satellites=9,
    battery_percent=80,
    ignition=True,
    external_power_v=13.8,
)
EXAMPLES = {
    "codec 8": (
        "000000000000003608010000016B40D8EA30010000000000000000000000000000000105021503010101425E0F"
        "01F10000601A014E0000000000000000010000C7CF",
        ["2019-06-10 10:04:46"],
    ),
    "codec 8, two records": (
        "000000000000004308020000016B40D57B480100000000000000000000000000000001010101000000000000016B"
        "40D5C198010000000000000000000000000000000101010101000000020000252C",
        ["2019-06-10 10:01:01", "2019-06-10 10:01:19"],
    ),
    "codec 8 extended": (
        "000000000000004A8E010000016B412CEE000100000000000000000000000000000000010005000100010100010011"
        "001D00010010015E2C880002000B000000003544C87A000E000000001DD7E06A00000100002994",
        ["2019-06-10 11:36:32"],
    ),
    "codec 16": (
        "000000000000005F10020000016BDBC7833000000000000000000000000000000000000B05040200010000030002"
        "000B00270042563A00000000016BDBC7871800000000000000000000000000000000000B050402000100000300"
        "02000B00260042563A00000200005FB3",
        ["2019-07-10 12:06:54", "2019-07-10 12:06:55"],
    ),
}


def one(content: bytes, session: TeltonikaSession = KNOWN, **options: bool) -> DeviceMessage:
    after, messages = feed(session, content, NOW, **options)
    assert len(messages) == 1
    assert after.rest == b""
    return messages[0]


@pytest.mark.parametrize("name", EXAMPLES)
def test_published_examples(name: str) -> None:
    text, times = EXAMPLES[name]
    message = one(bytes.fromhex(text))
    assert [f"{fix.fixed_at:%Y-%m-%d %H:%M:%S}" for fix in message.fixes] == times
    assert not message.checksum_failed
    assert not any(fix.valid for fix in message.fixes)  # the maker's device stood on a desk
    assert message.answer == len(times).to_bytes(4, "big")


def test_the_published_identity_is_accepted_once_the_device_is_known() -> None:
    session, (message,) = feed(
        TeltonikaSession(), bytes.fromhex("000F333536333037303432343431303133"), NOW
    )
    assert session.device == message.device == IMEI
    assert (message.answer, message.refusal) == (b"\x01", b"\x00")


@pytest.mark.parametrize("codec", CODECS)
def test_encoders_are_read_back(codec: int) -> None:
    fixes = [FIX, PositionFix(IMEI, NOW + timedelta(seconds=1.5), 51.1, 71.4, valid=False)]
    message = one(encoders.teltonika_packet(fixes, codec=codec))
    read, blind = message.fixes
    assert read == FIX
    assert (blind.valid, blind.satellites) == (False, 0)
    assert blind.fixed_at == fixes[1].fixed_at


def test_a_packet_cut_and_glued_anywhere_is_the_same() -> None:
    packets = encoders.teltonika_packet([FIX]) + b"\xff" + encoders.teltonika_packet([FIX, FIX])
    stream = encoders.teltonika_login(IMEI) + packets
    _, whole = feed(TeltonikaSession(), stream, NOW)
    assert [message.answer[-1] for message in whole] == [1, 1, 2]
    for cut in range(len(stream)):
        session, first = feed(TeltonikaSession(), stream[:cut], NOW)
        _, second = feed(session, stream[cut:], NOW)
        assert first + second == whole


def test_a_wrong_checksum_is_counted_or_refused() -> None:
    packet = encoders.teltonika_packet([FIX])[:-1] + b"\x00"
    loose, strict = one(packet), one(packet, strict=True)
    assert loose.checksum_failed
    assert loose.fixes == (FIX,)
    assert strict.fixes == ()
    assert strict.answer == bytes(4)
    assert [each.reason for each in strict.rejections] == [RejectionReason.CHECKSUM]


COMMAND_ANSWERS = {
    "codec 12": (
        "00000000000000370C01060000002F4449313A31204449323A30204449333A302041494E313A302041494E323A31"
        "3639323420444F313A3020444F323A3101000066E3"
    ),
    "codec 12, long": (
        "00000000000000900C010600000088494E493A323031392F372F323220373A3232205254433A323031392F372F32"
        "3220373A3533205253543A32204552523A312053523A302042523A302043463A302046473A3020464C3A30205455"
        "3A302F302055543A3020534D533A30204E4F4750533A303A3330204750533A31205341543A302052533A33205246"
        "3A36352053463A31204D443A30010000C78F"
    ),
    "codec 14": (
        "00000000000000AB0E0106000000A303520930814522515665723A30332E31382E31345F3034204750533A41584E"
        "5F352E31305F333333332048773A464D42313230204D6F643A313520494D45493A33353230393330383134353232"
        "353120496E69743A323031382D31312D323220373A313320557074696D653A3137323334204D41433A3630424444"
        "30303136323631205350433A312830292041584C3A30204F42443A3020424C3A312E362042543A340100007AAE"
    ),
}


@pytest.mark.parametrize("name", COMMAND_ANSWERS)
def test_published_answers_to_commands_are_passed_over_and_kept(name: str) -> None:
    answered = bytes.fromhex(COMMAND_ANSWERS[name])
    stream = encoders.teltonika_packet([FIX]) + answered + encoders.teltonika_packet([FIX])
    session, (first, between, last) = feed(KNOWN, stream, NOW)
    assert session.rest == b""
    assert first.fixes == last.fixes == (FIX,)
    assert (between.raw, between.answer, between.checksum_failed) == (answered, b"", False)
    assert (between.fixes, between.rejections) == ((), ())


@pytest.mark.parametrize("codec", [0x0C, 0x0D, 0x0E, 0x0F])
def test_any_answer_to_a_command_leaves_the_stream_in_place(codec: int) -> None:
    body = bytes([codec]) + b"\x01\x06" + (8).to_bytes(4, "big") + b"\x65\x00\x00\x00DI1:\x01"
    answered = bytes(4) + len(body).to_bytes(4, "big") + body + crc16_arc(body).to_bytes(4, "big")
    _, (between, last) = feed(KNOWN, answered + encoders.teltonika_packet([FIX]), NOW)
    assert (between.rejections, between.answer) == ((), b"")
    assert last.fixes == (FIX,)


def test_a_record_beyond_the_globe_costs_only_itself() -> None:
    far = PositionFix(IMEI, NOW, 91.0, 10.0, satellites=5)
    message = one(encoders.teltonika_packet([FIX, far]))
    assert message.fixes == (FIX,)
    assert [each.reason for each in message.rejections] == [RejectionReason.BAD_COORDINATES]
    assert message.answer == (2).to_bytes(4, "big")  # it would only come again


@pytest.mark.parametrize(
    ("session", "content", "reason"),
    [
        (TeltonikaSession(), b"GET / HTTP/1.1", RejectionReason.NO_DEVICE),
        (TeltonikaSession(), b"\x00\x0fABCDEFGHIJKLMNO", RejectionReason.NO_DEVICE),
        (KNOWN, b"\x00\x00\x01\x00", RejectionReason.MALFORMED),
        (KNOWN, bytes(4) + (PACKET_LIMIT_BYTES + 1).to_bytes(4, "big"), RejectionReason.TOO_LONG),
    ],
)
def test_a_stream_that_lost_its_place_ends(
    session: TeltonikaSession, content: bytes, reason: RejectionReason
) -> None:
    after, (message,) = feed(session, content, NOW)
    assert message.ends
    assert [each.reason for each in message.rejections] == [reason]
    assert feed(after, encoders.teltonika_packet([FIX]), NOW)[1] == []


@given(bodies=st.lists(st.tuples(st.binary(max_size=60), st.integers(0, 70)), min_size=10))
@settings(max_examples=100, deadline=None)
def test_any_body_is_answered_and_never_raises(bodies: list[tuple[bytes, int]]) -> None:
    for body, cut in bodies:
        packet = bytes(4) + len(body).to_bytes(4, "big") + body + bytes(4)
        session, first = feed(KNOWN, packet[:cut], NOW)
        _, second = feed(session, packet[cut:], NOW)
        for message in first + second:
            assert message.raw
            assert len(message.answer) in (0, 4)
