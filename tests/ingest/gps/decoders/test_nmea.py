"""NMEA: the standard's examples, whose it is, what belongs together, midnight, checksums."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.gps.decoders.message import DeviceMessage, RejectionReason
from ingest.gps.decoders.nmea import (
    LINE_LIMIT_BYTES,
    NmeaSession,
    datagram,
    feed,
    finish,
)
from ingest.simulated import nmea_encoder
from models.observations import PositionFix

NOW = datetime(2026, 3, 19, 7, 0, tzinfo=UTC)
KNOWN = NmeaSession(device="van-1")
FIX = PositionFix(
    "van-1",
    datetime(2026, 3, 19, 6, 59, 30, 500_000, tzinfo=UTC),
    43.2383,
    -76.9453,
    speed_km_h=61.0,
    course_deg=270.5,
    altitude_m=702.4,
    hdop=0.95,
    satellites=9,
)
RMC = b"$GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W*6A"
GGA = b"$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47"
GLL = b"$GPGLL,4916.45,N,12311.12,W,225444,A,*1D"
ZDA = b"$GPZDA,160012.71,11,03,2004,-1,00*7D"


def told(stream: bytes, session: NmeaSession = KNOWN, *, at: datetime = NOW) -> list[PositionFix]:
    """Return every fix of a connection from its session to its end."""
    session, messages = feed(session, stream, at)
    return [fix for message in messages + finish(session) for fix in message.fixes]


def lines(*sentences: bytes) -> bytes:
    return b"\r\n".join(sentences) + b"\r\n"


def at(fix: PositionFix, seconds: float) -> PositionFix:
    return replace(fix, fixed_at=fix.fixed_at + timedelta(seconds=seconds))


def test_published_sentences() -> None:
    (fix,) = told(lines(RMC))
    assert fix.fixed_at == datetime(1994, 3, 23, 12, 35, 19, tzinfo=UTC)
    assert (fix.latitude, fix.longitude) == pytest.approx((48.1173, 11.516667), abs=1e-6)
    assert fix.speed_km_h == pytest.approx(22.4 * 1.852)
    assert (fix.course_deg, fix.valid) == (84.4, True)
    (merged,) = told(lines(GGA, RMC))
    assert merged == replace(fix, altitude_m=545.4, hdop=0.9, satellites=8)
    (west,) = told(lines(GLL))
    assert (west.latitude, west.longitude) == pytest.approx((49.274167, -123.185333), abs=1e-6)
    assert west.fixed_at == datetime(2026, 3, 18, 22, 54, 44, tzinfo=UTC)  # 8 h ago, not in 16 h
    (dated,) = told(lines(ZDA, b"$GNGLL,4916.45,N,12311.12,W,160013,A"))
    assert dated.fixed_at == datetime(2004, 3, 11, 16, 0, 13, tzinfo=UTC)
    for sentence in (RMC, GGA, GLL, ZDA):
        assert not feed(KNOWN, sentence + b"\n", NOW)[1][0].checksum_failed


@pytest.mark.parametrize("talker", ["GP", "GN", "GL", "GA", "BD", "GB", "QZ"])
def test_any_talker(talker: str) -> None:
    (fix,) = told(nmea_encoder.nmea_rmc(FIX, talker=talker))
    assert fix.fixed_at == FIX.fixed_at


@pytest.mark.parametrize(
    ("stream", "device"),
    [
        (b"van-7," + RMC, "van-7"),
        (b"356307042441013," + RMC, "356307042441013"),
        (b"#van-7#" + RMC, "van-7"),
        (b"#van-7#" + RMC + b"##", "van-7"),
        (b"imei:356307042441013," + RMC, "356307042441013"),
        (b"IMEI 356307042441013 " + RMC, "356307042441013"),
        (b"id=van_7;" + RMC, "van_7"),
        (b"van-7 " + RMC, "van-7"),
        (b"van-7\t" + RMC, "van-7"),
        (b"356307042441013,20260319,065930," + RMC, "356307042441013"),
        (b"$IMEI,356307042441013\r\n" + RMC, "356307042441013"),
        (b"$IMEI356307042441013\r\n" + RMC, "356307042441013"),
        (b"imei:356307042441013;\n" + RMC, "356307042441013"),
        (b"##,imei:356307042441013,A;\n" + RMC, "356307042441013"),
        (b"ID: van-7\r\n" + RMC, "van-7"),
        (b"356307042441013\r" + RMC, "356307042441013"),
        (b"#356307042441013#\r\n" + RMC, "356307042441013"),
    ],
    ids=lambda value: value.decode("ascii")[:32] if isinstance(value, bytes) else "",
)
def test_whose_it_is(stream: bytes, device: str) -> None:
    (fix,) = told(stream + b"\r\n", NmeaSession())
    assert fix.device == device
    _, messages = datagram(NmeaSession(), stream, NOW)
    assert [(message.device, len(message.fixes)) for message in messages][-1] == (device, 1)


def test_nobody_is_told_to_say_who_it_is() -> None:
    _, (message,) = feed(NmeaSession(), RMC + b"\n", NOW)
    assert (message.device, message.fixes) == (None, ())
    assert [each.reason for each in message.rejections] == [RejectionReason.NO_DEVICE]


def test_the_end_of_a_lost_sentence_is_no_identifier() -> None:
    (fix,) = told(b"03.1,W*6A" + RMC + b"\n")
    assert fix.device == "van-1"


def test_several_devices_of_a_relay_are_kept_apart() -> None:
    stream = b"".join(
        name + b"," + sentence + b"\n" for sentence in (GGA, RMC) for name in (b"a", b"b")
    )
    fixes = told(stream, NmeaSession())
    assert {fix.device for fix in fixes} == {"a", "b"}
    _, messages = datagram(NmeaSession(), stream, NOW)
    assert b"".join(message.raw + b"\n" for message in messages if message.raw) == stream
    assert {fix.device for message in messages for fix in message.fixes} == {"a", "b"}
    assert all(fix.device == message.device for message in messages for fix in message.fixes)


def whole(*fixes: PositionFix, order: str) -> bytes:
    make = {"R": nmea_encoder.nmea_rmc, "G": nmea_encoder.nmea_gga, "L": nmea_encoder.nmea_gll}
    return b"".join(make[letter](fix) for fix in fixes for letter in order)


@pytest.mark.parametrize("order", ["RG", "GR", "LGR", "RLG", "GRL"])
def test_sentences_of_a_moment_become_one_fix(order: str) -> None:
    fixes = [at(FIX, second) for second in range(4)]
    read = told(whole(*fixes, order=order))
    assert [fix.fixed_at for fix in read] == [fix.fixed_at for fix in fixes]
    # What a moment has is learnt from the first one, whose height may have come too late.
    assert [fix.altitude_m for fix in read[1:]] == [702.4] * 3
    assert [fix.speed_km_h for fix in read[1:]] == pytest.approx([61.0] * 3, abs=0.001)


def test_a_connection_that_stops_saying_one_sentence_is_not_waited_for() -> None:
    session, _ = feed(KNOWN, whole(FIX, at(FIX, 1), order="RG"), NOW)
    session, messages = feed(session, whole(at(FIX, 2), order="R"), NOW)
    assert [message.fixes for message in messages] == [()]  # its GGA may still come
    session, messages = feed(session, whole(at(FIX, 3), order="R"), NOW)
    assert [fix.fixed_at.second for fix in messages[0].fixes] == [32, 33]
    _, messages = feed(session, whole(at(FIX, 4), order="R"), NOW)
    assert [fix.fixed_at.second for fix in messages[0].fixes] == [34]


@pytest.mark.parametrize("order", ["G", "L"])
def test_without_rmc_each_sentence_is_a_fix(order: str) -> None:
    fixes = [at(FIX, second) for second in range(4)]
    read = told(whole(*fixes, order=order))
    assert [fix.fixed_at for fix in read] == [fix.fixed_at for fix in fixes]
    assert all(fix.speed_km_h is None for fix in read)


def test_what_is_held_when_the_connection_ends_is_told() -> None:
    session, messages = feed(KNOWN, whole(FIX, order="G"), NOW)
    assert messages[0].fixes == ()
    (message,) = finish(session)
    assert (message.raw, message.device) == (b"", "van-1")
    assert [fix.satellites for fix in message.fixes] == [9]


def test_a_datagram_waits_for_nothing() -> None:
    session, (message,) = datagram(NmeaSession(), b"van-1," + whole(FIX, order="RG"), NOW)
    assert [each.altitude_m for each in message.fixes] == [702.4]
    session, (message,) = datagram(session, whole(at(FIX, 1), order="GR"), NOW)
    assert [each.altitude_m for each in message.fixes] == [702.4]
    assert session.held is None


def test_midnight_is_passed_in_both_directions() -> None:
    evening = replace(FIX, fixed_at=datetime(2026, 3, 18, 23, 59, 50, tzinfo=UTC))
    stream = whole(evening, order="R") + whole(*(at(evening, i * 20) for i in (1, 2)), order="G")
    received = datetime(2026, 3, 25, tzinfo=UTC)  # a week late: the day of receipt says nothing
    read = told(stream, at=received)
    assert [fix.fixed_at for fix in read] == [at(evening, i * 20).fixed_at for i in range(3)]
    session, _ = feed(KNOWN, whole(at(evening, 20), order="R"), received)
    session = replace(session, usual=frozenset({"GGA"}))
    (back,) = told(whole(evening, order="G"), session, at=received)
    assert back.fixed_at == evening.fixed_at
    days = [at(evening, hours * 3600) for hours in range(0, 80, 10)]
    read = told(whole(days[0], order="R") + whole(*days[1:], order="L"), at=received)
    assert [fix.fixed_at for fix in read] == [fix.fixed_at for fix in days]


def test_a_daily_report_at_the_same_second_is_no_repetition() -> None:
    read = told(whole(*(at(FIX, 86_400 * day) for day in range(3)), order="R"))
    assert len({fix.fixed_at for fix in read}) == 3


def test_without_any_date_the_receipt_tells_the_day() -> None:
    late = replace(FIX, fixed_at=datetime(2026, 3, 18, 23, 59, 58, tzinfo=UTC))
    (fix,) = told(whole(late, order="G"), at=datetime(2026, 3, 19, 0, 0, 3, tzinfo=UTC))
    assert fix.fixed_at == late.fixed_at


def test_a_receiver_without_a_fix_says_so() -> None:
    _, messages = feed(KNOWN, lines(b"$GPRMC,,V,,,,,,,,,,N*53", b"$GPGGA,,,,,,0,,,,,,,,*66"), NOW)
    reasons = [each.reason for message in messages for each in message.rejections]
    assert reasons == [RejectionReason.NO_POSITION] * 2
    (fix,) = told(nmea_encoder.nmea_rmc(replace(FIX, valid=False)))
    assert not fix.valid


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        (b"$GPRMC,123519,A,4807.038,N", RejectionReason.MALFORMED),
        (b"$GPRMC,993519,A,4807.038,N,01131.000,E,1,1,230394", RejectionReason.BAD_TIME),
        (b"$GPRMC,1235,A,4807.038,N,01131.000,E,1,1,230394", RejectionReason.BAD_TIME),
        (b"$GPRMC,123519,A,4807.038,N,01131.000,E,1,1,310294", RejectionReason.BAD_TIME),
        (b"$GPRMC,123519,A,4807.038,X,01131.000,E,1,1,230394", RejectionReason.BAD_COORDINATES),
        (b"$GPRMC,123519,A,4860.038,N,01131.000,E,1,1,230394", RejectionReason.BAD_COORDINATES),
        (b"$GPRMC,123519,A,9907.038,N,01131.000,E,1,1,230394", RejectionReason.BAD_COORDINATES),
        (b"hello there", RejectionReason.MALFORMED),
        (b"x" * (LINE_LIMIT_BYTES + 1), RejectionReason.TOO_LONG),
    ],
    ids=lambda value: value.decode("ascii")[:30] if isinstance(value, bytes) else str(value),
)
def test_nonsense_is_named(sentence: bytes, reason: RejectionReason) -> None:
    session, messages = feed(KNOWN, sentence + b"\r\n", NOW)
    assert [each.reason for message in messages for each in message.rejections] == [reason]
    assert told(b"\n" + RMC + b"\n", session)


@pytest.mark.parametrize(
    "company",
    [
        b"$GPGSV,3,1,11,03,03,111,00,04,15,270,00,06,01,010,00,13,06,292,00*74",
        b"$GPVTG,084.4,T,,M,022.4,N,041.5,K",
        b"$PMTK001,314,3*36",
        b"$PUBX,00,065930",
        b"!AIVDM,1,1,,A,13u,0*00",
    ],
    ids=lambda value: value.decode("ascii")[:10],
)
def test_usual_company_is_passed_over(company: bytes) -> None:
    _, (message,) = feed(KNOWN, company + b"\n", NOW)
    assert (message.fixes, message.rejections) == ((), ())
    assert message.raw == company


def test_a_wrong_checksum_is_counted_or_refused() -> None:
    wrong, none = RMC[:-2] + b"00", RMC[:-3]

    def one(sentence: bytes, *, strict: bool) -> DeviceMessage:
        return feed(KNOWN, sentence + b"\n", NOW, strict=strict)[1][0]

    assert (one(wrong, strict=False).checksum_failed, len(one(wrong, strict=False).fixes)) == (
        True,
        1,
    )
    assert (one(none, strict=False).checksum_failed, len(one(none, strict=False).fixes)) == (
        False,
        1,
    )
    for sentence in (wrong, none):
        refused = one(sentence, strict=True)
        assert refused.fixes == ()
        assert [each.reason for each in refused.rejections] == [RejectionReason.CHECKSUM]


FIXES = st.builds(
    PositionFix,
    device=st.from_regex(r"[A-Za-z0-9-]{1,20}", fullmatch=True),
    fixed_at=st.integers(946_684_800_000, 3_000_000_000_000).map(
        lambda ms: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)
    ),
    latitude=st.floats(-90, 90),
    longitude=st.floats(-180, 180),
    valid=st.booleans(),
    speed_km_h=st.none() | st.floats(0, 300),
    course_deg=st.none() | st.floats(0, 359.9),
    altitude_m=st.none() | st.floats(-400, 9000),
    hdop=st.none() | st.floats(0, 99),
    satellites=st.none() | st.integers(0, 40),
)


@settings(max_examples=200, deadline=None, database=None)
@given(fix=FIXES)
def test_encoders_are_read_back(fix: PositionFix) -> None:
    _, (message,) = datagram(NmeaSession(), nmea_encoder.nmea_lines(fix), NOW)
    read = datagram(NmeaSession(), nmea_encoder.nmea_gga(fix), NOW)[1]
    assert read[0].device is None
    (first, *_) = message.fixes
    assert (message.device, first.fixed_at) == (fix.device, fix.fixed_at)
    assert first.latitude == pytest.approx(fix.latitude, abs=1e-7)
    assert first.longitude == pytest.approx(fix.longitude, abs=1e-7)
    assert first.valid == fix.valid
    assert (first.speed_km_h is None) == (fix.speed_km_h is None)
    if fix.speed_km_h is not None:
        assert first.speed_km_h == pytest.approx(fix.speed_km_h, abs=0.002)
