"""Teltonika over UDP: the maker's examples, acknowledgements, what is no datagram of it."""

from datetime import UTC, datetime

import pytest

from ingest.gps.decoders.message import DeviceMessage, RejectionReason
from ingest.gps.decoders.teltonika import CODECS, TeltonikaSession
from ingest.gps.decoders.teltonika_udp import datagram
from ingest.simulated import encoders
from models.observations import PositionFix

NOW = datetime(2026, 3, 19, 7, 0, tzinfo=UTC)
IMEI = "352093086403655"
FIX = PositionFix(
    IMEI,
    NOW,
    43.2383123,
    76.9453001,
    speed_km_h=61,
    course_deg=270,
    altitude_m=-28,
    hdop=1.2,
    satellites=9,
    battery_percent=80,
    ignition=True,
    external_power_v=13.7,
)
CODEC_8 = (
    "003DCAFE0105000F33353230393330383634303336353508010000016B4F815B300100000000000000000000000000"
    "00000103021503010101425DBC000001"
)
CODEC_8E = (
    "005FCAFE0107000F3335323039333038363430333635358E010000016B4F831C680100000000000000000000000000"
    "000000010005000100010100010011009D00010010015E2C880002000B000000003544C87A000E000000001DD7E06A"
    "000001"
)


def one(content: bytes) -> DeviceMessage:
    _, (message,) = datagram(TeltonikaSession(), content, NOW)
    return message


@pytest.mark.parametrize(
    ("text", "fixed_at", "answer", "power_v"),
    [
        (CODEC_8, "2019-06-13 06:23:26", "0005CAFE010501", 23.996),
        (CODEC_8E, "2019-06-13 06:25:21", "0005CAFE010701", None),
    ],
    ids=["codec 8", "codec 8 extended"],
)
def test_published_examples(text: str, fixed_at: str, answer: str, power_v: float | None) -> None:
    message = one(bytes.fromhex(text))
    assert message.device == IMEI
    assert [f"{fix.fixed_at:%Y-%m-%d %H:%M:%S}" for fix in message.fixes] == [fixed_at]
    assert not message.fixes[0].valid  # the maker's device stood on a desk
    assert message.fixes[0].external_power_v == power_v
    assert message.answer == bytes.fromhex(answer)
    assert message.refusal == bytes.fromhex(answer)[:-1] + b"\x00"


@pytest.mark.parametrize("codec", CODECS)
def test_encoders_are_read_back(codec: int) -> None:
    message = one(encoders.teltonika_datagram(IMEI, [FIX, FIX], packet=0x1234, codec=codec))
    assert message.fixes == (FIX, FIX)
    assert message.answer == bytes.fromhex("0005123401" + "34" + "02")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", RejectionReason.MALFORMED),
        (b"\x00", RejectionReason.MALFORMED),
        (bytes.fromhex(CODEC_8)[:-1], RejectionReason.MALFORMED),
        (bytes.fromhex(CODEC_8) + b"\x00", RejectionReason.MALFORMED),
        (b"\x00\x08" + bytes(8), RejectionReason.NO_DEVICE),
        (b"\x00\x15\x00\x01\x01\x01" + b"\x00\x0fABCDEFGHIJKLMNO", RejectionReason.NO_DEVICE),
    ],
    ids=["nothing", "a byte", "cut", "too much", "no IMEI", "letters"],
)
def test_what_is_no_datagram_of_it_is_not_answered(content: bytes, reason: RejectionReason) -> None:
    message = one(content)
    assert (message.device, message.fixes, message.answer) == (None, (), b"")
    assert [each.reason for each in message.rejections] == [reason]


def test_a_body_that_cannot_be_read_is_acknowledged_and_kept() -> None:
    whole = bytearray(encoders.teltonika_datagram(IMEI, [FIX]))
    whole[8 + 15] = 0x77  # the codec
    message = one(bytes(whole))
    assert [each.reason for each in message.rejections] == [RejectionReason.UNKNOWN_TYPE]
    assert message.answer[-1] == 1  # it would only come again
