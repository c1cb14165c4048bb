"""Wialon IPS: the maker's examples, every answer, streams cut anywhere, garbage."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.gps.decoders.crc import crc16_arc
from ingest.gps.decoders.message import DeviceMessage, RejectionReason
from ingest.gps.decoders.wialon import LINE_LIMIT_BYTES, WialonSession, datagram, feed
from ingest.simulated import encoders
from models.observations import PositionFix

NOW = datetime(2026, 3, 19, 7, 0, tzinfo=UTC)
LOGGED_IN = WialonSession(device="van-1")
LOGGED_IN_2 = WialonSession(device="van-1", checksums=True)
PLACE = "5544.6025;N;03739.6834;E"
FIX = PositionFix(
    "van-1", NOW, 43.2383, 76.9453, speed_km_h=61, course_deg=270, altitude_m=900, satellites=9
)


def one(text: str, session: WialonSession = LOGGED_IN, **options: bool) -> DeviceMessage:
    after, messages = feed(session, text.encode() + b"\r\n", NOW, **options)
    assert len(messages) == 1
    assert after.rest == b""
    return messages[0]


def test_crc_is_arc() -> None:
    assert crc16_arc(b"123456789") == 0xBB3D
    assert crc16_arc(b"") == 0


@pytest.mark.parametrize(
    ("text", "fixed_at", "latitude", "longitude"),
    [
        (
            f"#SD#270413;205601;{PLACE};1;2;3;4",
            datetime(2013, 4, 27, 20, 56, 1, tzinfo=UTC),
            55.7433750,
            37.6613900,
        ),
        (
            f"#D#270413;205601;{PLACE};1;2;3;4;0.0;0;0;14.77,0.02,3.6;NA;"
            "count1:1:564,fuel:2:45.8,hw:3:V4.5",
            datetime(2013, 4, 27, 20, 56, 1, tzinfo=UTC),
            55.7433750,
            37.6613900,
        ),
        (  # closed with a checksum by a device that never said its version
            "#D#101118;061143;0756.0930;N;12338.6403;E;18.223;99.766;-4.000;10;0.800;NA;NA;NA;NA;"
            "101_521347:1:521249,101_521126:1:6593598,101_521127:1:774780,101_521072_21.1:1:0,"
            "101_521072_21.2:1:71353;F24A",
            datetime(2018, 11, 10, 6, 11, 43, tzinfo=UTC),
            7.9348833,
            123.6440050,
        ),
        (
            "#SD#NA;NA;5355.09260;S;02732.40990;W;0;0;300;7",
            NOW,
            -53.9182100,
            -27.5401650,
        ),
        (
            "#SD#010126;235959.5;0000.0001;N;18000.0000;W;NA;NA;NA;NA",
            datetime(2026, 1, 1, 23, 59, 59, 500_000, tzinfo=UTC),
            0.0000017,
            -180.0,
        ),
    ],
)
def test_published_examples(
    text: str, fixed_at: datetime, latitude: float, longitude: float
) -> None:
    message = one(text)
    assert not message.rejections
    assert not message.checksum_failed
    (fix,) = message.fixes
    assert fix.fixed_at == fixed_at
    assert fix.latitude == pytest.approx(latitude, abs=1e-7)
    assert fix.longitude == pytest.approx(longitude, abs=1e-7)
    assert message.answer in (b"#ASD#1\r\n", b"#AD#1\r\n")


@pytest.mark.parametrize(
    ("text", "answer", "reason"),
    [
        ("#SD#270413;205601", b"#ASD#-1\r\n", RejectionReason.MALFORMED),
        (f"#D#270413;205601;{PLACE};1;2;3;4", b"#AD#-1\r\n", RejectionReason.MALFORMED),
        (f"#SD#320413;205601;{PLACE};1;2;3;4", b"#ASD#0\r\n", RejectionReason.BAD_TIME),
        (f"#SD#270413;NA;{PLACE};1;2;3;4", b"#ASD#0\r\n", RejectionReason.BAD_TIME),
        ("#SD#270413;205601;5364.0;N;03739.6;E;1;2;3;4", b"#ASD#10\r\n",
         RejectionReason.BAD_COORDINATES),
        ("#SD#270413;205601;5544.6;X;03739.6;E;1;2;3;4", b"#ASD#10\r\n",
         RejectionReason.BAD_COORDINATES),
        ("#SD#270413;205601;9144.6;N;03739.6;E;1;2;3;4", b"#ASD#10\r\n",
         RejectionReason.BAD_COORDINATES),
        (f"#SD#270413;205601;{PLACE};fast;2;3;4", b"#ASD#11\r\n", RejectionReason.BAD_MOTION),
        (f"#SD#270413;205601;{PLACE};1;361;3;4", b"#ASD#11\r\n", RejectionReason.BAD_MOTION),
        (f"#SD#270413;205601;{PLACE};1;2;3;-4", b"#ASD#12\r\n", RejectionReason.BAD_SATELLITES),
        (f"#D#270413;205601;{PLACE};1;2;3;4;nan;0;0;;NA;", b"#AD#12\r\n",
         RejectionReason.BAD_SATELLITES),
        ("#SD#270413;205601;NA;NA;NA;NA;1;2;3;4", b"#ASD#1\r\n", RejectionReason.NO_POSITION),
        ("hello", b"#AD#-1\r\n", RejectionReason.MALFORMED),
        ("#ZZ#1", b"", RejectionReason.UNKNOWN_TYPE),
    ],
)  # fmt: skip
def test_rejections_are_answered_by_number(
    text: str, answer: bytes, reason: RejectionReason
) -> None:
    message = one(text)
    assert message.answer == answer
    assert [rejection.reason for rejection in message.rejections] == [reason]
    assert message.fixes == ()


@pytest.mark.parametrize(
    ("text", "device", "password", "checksums", "answer"),
    [
        ("#L#123456789012345;test", "123456789012345", "test", False, b"#AL#1\r\n"),
        ("#L#2002;NA", "2002", None, False, b"#AL#1\r\n"),
        ("#L#2.0;2002;secret;1234", "2002", "secret", True, b"#AL#1\r\n"),
        ("#L#2002", None, None, False, b"#AL#0\r\n"),
        ("#L#;NA", None, None, False, b"#AL#0\r\n"),
    ],
)
def test_login(
    text: str, device: str | None, password: str | None, checksums: bool, answer: bytes
) -> None:
    session, (message,) = feed(WialonSession(), text.encode() + b"\r\n", NOW)
    assert (session.device, session.password, session.checksums) == (device, password, checksums)
    assert (message.device, message.answer) == (device, answer)


@pytest.mark.parametrize(
    ("line", "strict_answer"),
    [
        (encoders.wialon_login("van-1"), b"#AL#10\r\n"),
        (encoders.wialon_data(FIX), b"#AD#16\r\n"),
        (encoders.wialon_short(FIX), b"#ASD#13\r\n"),
        (encoders.wialon_black_box([FIX, FIX]), b"#AB#\r\n"),
        (b"#M#hello;5001\r\n", b"#AM#01\r\n"),
    ],
)
def test_a_wrong_checksum_is_counted_and_only_refused_when_strict(
    line: bytes, strict_answer: bytes
) -> None:
    wrong = line[:-6] + (b"0000" if line[-6:-2] != b"0000" else b"1111") + b"\r\n"
    _, (lenient,) = feed(LOGGED_IN_2, wrong, NOW)
    assert lenient.checksum_failed
    assert not lenient.rejections
    _, (strict,) = feed(LOGGED_IN_2, wrong, NOW, strict=True)
    assert strict.checksum_failed
    assert strict.answer == strict_answer
    assert strict.rejections[0].reason is RejectionReason.CHECKSUM


@pytest.mark.parametrize("version", ["1.1", "2.0"])
def test_encoders_are_read_back(version: str) -> None:
    stream = (
        encoders.wialon_login("van-1", "secret", version=version)
        + encoders.wialon_data(FIX, version=version)
        + encoders.wialon_short(FIX, version=version)
        + encoders.wialon_black_box([FIX, FIX, FIX], version=version)
        + b"#P#\r\n"
    )
    session, messages = feed(WialonSession(), stream, NOW, strict=True)
    assert session.password == "secret"
    assert b"".join(m.answer for m in messages) == (
        b"#AL#1\r\n#AD#1\r\n#ASD#1\r\n#AB#3\r\n#AP#\r\n"
    )
    fixes = [fix for message in messages for fix in message.fixes]
    assert len(fixes) == 5
    for fix in fixes:
        assert fix.fixed_at == FIX.fixed_at
        assert fix.latitude == pytest.approx(FIX.latitude, abs=2e-6)
        assert fix.longitude == pytest.approx(FIX.longitude, abs=2e-6)
        assert (fix.speed_km_h, fix.course_deg, fix.satellites) == (61, 270, 9)


def test_black_box_counts_what_it_could_read() -> None:
    good = f"270413;205601;{PLACE};1;2;3;4"
    message = one(f"#B#{good}|270413;noon;{PLACE};1;2;3;4|{good};1;0;0;1.0;NA;x:1:2")
    assert message.answer == b"#AB#2\r\n"
    assert len(message.fixes) == 2
    assert [r.reason for r in message.rejections] == [RejectionReason.BAD_TIME]


def test_zero_satellites_are_no_fix() -> None:
    assert not one(f"#SD#270413;205601;{PLACE};1;2;3;0").fixes[0].valid


def test_data_before_login_is_refused() -> None:
    message = one(f"#SD#270413;205601;{PLACE};1;2;3;4", WialonSession())
    assert message.answer == b"#AL#0\r\n"
    assert message.rejections[0].reason is RejectionReason.NO_DEVICE


def test_an_endless_line_is_dropped_and_the_next_is_read() -> None:
    session, messages = feed(LOGGED_IN, b"#D#" + b"9" * (LINE_LIMIT_BYTES + 1), NOW)
    assert messages[0].rejections[0].reason is RejectionReason.TOO_LONG
    assert len(messages[0].raw) <= 1024
    session, messages = feed(session, b"9" * 1000, NOW)
    assert (messages, session.rest) == ([], b"")
    session, messages = feed(session, b"9\r\n#P#\r\n", NOW)
    assert [m.answer for m in messages] == [b"#AP#\r\n"]


GOOD_STREAM = (
    encoders.wialon_login("van-1")
    + encoders.wialon_data(FIX)
    + encoders.wialon_black_box([FIX, FIX])
    + b"noise\r\n#P#\r\n"
)


@settings(max_examples=100, deadline=None)
@given(cuts=st.lists(st.integers(0, len(GOOD_STREAM)), max_size=30))
def test_a_stream_reads_the_same_wherever_it_is_cut(cuts: list[int]) -> None:
    _, whole = feed(WialonSession(), GOOD_STREAM, NOW)
    edges = [0, *sorted(cuts), len(GOOD_STREAM)]
    session, pieces = WialonSession(), []
    for start, end in itertools.pairwise(edges):
        session, messages = feed(session, GOOD_STREAM[start:end], NOW)
        pieces += messages
    assert pieces == whole


@settings(max_examples=200, deadline=None)
@given(noise=st.binary(max_size=300), strict=st.booleans(), session=st.booleans())
def test_noise_never_raises(noise: bytes, strict: bool, session: bool) -> None:
    feed(LOGGED_IN_2 if session else WialonSession(), noise + b"\n", NOW, strict=strict)
    feed(LOGGED_IN, b"#D#" + noise + b"\r\n", NOW, strict=strict)
    feed(LOGGED_IN_2, b"#B#" + noise + b"\r\n", NOW, strict=strict)
    feed(WialonSession(), b"#L#" + noise + b"\r\n", NOW, strict=strict)


def test_ignition_and_voltage_stand_in_the_parameters() -> None:
    sent = replace(FIX, hdop=1.5, ignition=True, external_power_v=13.8)
    (read,) = one(encoders.wialon_data(sent).decode().strip(), LOGGED_IN_2).fixes
    assert read == sent
    text = f"#D#270413;205601;{PLACE};1;2;3;4;0.0;0;0;;NA;IGN:1:0,pwr_ext:2:x,a,:::,pwr_ext"
    (odd,) = one(text).fixes
    assert (odd.ignition, odd.external_power_v) == (False, None)


@pytest.mark.parametrize(
    ("ahead", "version"),
    [(b"van-1", "1.1"), (b"2.0;van-1", "2.0"), (b"2.1;van-1", "2.0"), (b"van-1", "2.0")],
    ids=["1.1", "2.0", "2.1", "2.0 unsaid"],
)
@pytest.mark.parametrize("end", [b"\r\n", b""], ids=["ended", "not ended"])
def test_a_datagram_names_its_device(ahead: bytes, version: str, end: bytes) -> None:
    for sent, answer in (
        (encoders.wialon_short(FIX, version=version), b"#ASD#1\r\n"),
        (encoders.wialon_data(FIX, version=version), b"#AD#1\r\n"),
    ):
        session, (message,) = datagram(WialonSession(), ahead + sent.strip() + end, NOW)
        assert (message.device, message.answer, len(message.fixes)) == ("van-1", answer, 1)
        assert not message.checksum_failed
        assert session == WialonSession()
    _, (stranger,) = datagram(WialonSession(), b"#P#\r\n", NOW)
    assert stranger.answer == b"#AP#\r\n"


def test_a_datagram_with_a_wrong_checksum_is_counted_or_refused() -> None:
    wrong = b"2.0;van-1" + encoders.wialon_short(FIX)[:-6] + b"0000\r\n"
    _, (loose,) = datagram(WialonSession(), wrong, NOW)
    assert (loose.checksum_failed, len(loose.fixes)) == (True, 1)
    _, (refused,) = datagram(WialonSession(), wrong, NOW, strict=True)
    assert (refused.fixes, refused.answer) == ((), b"#ASD#13\r\n")
