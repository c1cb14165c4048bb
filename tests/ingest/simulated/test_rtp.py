"""What goes onto the wire: NAL units cut and framed as the RFCs say."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.simulated.rtp import (
    MAX_PAYLOAD,
    framed_picture,
    h264_payloads,
    h265_payloads,
    interleaved_sender_report,
    plain_payloads,
    split_annex_b,
)

BODY = st.binary(min_size=1, max_size=5_000)


def test_annex_b_is_split_at_short_and_long_start_codes() -> None:
    stream = b"\x00\x00\x00\x01\x67\x42\x00\x00\x01\x68\xce\x00\x00\x00\x01\x65\x88"
    assert split_annex_b(stream) == [b"\x67\x42", b"\x68\xce", b"\x65\x88"]


def test_noise_without_start_codes_has_no_units() -> None:
    assert split_annex_b(b"") == []
    assert split_annex_b(b"\x01\x02\x03") == []


@given(body=BODY)
def test_fragments_of_h264_join_to_the_unit(body: bytes) -> None:
    unit = b"\x65" + body
    payloads = h264_payloads(unit)
    assert all(len(p) <= MAX_PAYLOAD for p in payloads)
    if len(payloads) == 1:
        assert payloads == [unit]
        return
    assert {p[0] for p in payloads} == {0x60 | 28}
    assert [p[1] & 0xC0 for p in payloads] == [0x80, *[0] * (len(payloads) - 2), 0x40]
    header = bytes([(payloads[0][0] & 0xE0) | (payloads[0][1] & 0x1F)])
    assert header + b"".join(p[2:] for p in payloads) == unit


@given(body=BODY)
def test_fragments_of_h265_join_to_the_unit(body: bytes) -> None:
    unit = b"\x26\x01" + body  # IDR_W_RADL
    payloads = h265_payloads(unit)
    if len(payloads) > 1:
        kind = payloads[0][2] & 0x3F
        header = bytes([(payloads[0][0] & 0x81) | (kind << 1), payloads[0][1]])
        assert header + b"".join(p[3:] for p in payloads) == unit


@given(body=BODY)
def test_other_codecs_are_cut_without_headers(body: bytes) -> None:
    assert b"".join(plain_payloads(body)) == body


@pytest.mark.parametrize(("sequence", "timestamp"), [(7, 9_000), (65_535, 2**32 + 5)])
def test_packets_count_on_and_only_the_last_has_the_marker(sequence: int, timestamp: int) -> None:
    framed = framed_picture((b"one", b"two!"), channel=4)
    wire = framed.stamped(sequence, timestamp, ssrc=99)
    first, second = wire[:19], wire[19:]
    assert first[:4] == b"$\x04\x00\x0f"
    assert second[:4] == b"$\x04\x00\x10"
    assert (first[5] & 0x80, second[5] & 0x80) == (0, 0x80)
    assert struct.unpack("!H", second[6:8])[0] == (sequence + 1) & 0xFFFF
    assert struct.unpack("!I", second[8:12])[0] == timestamp & 0xFFFFFFFF
    assert first[16:] + second[16:] == b"onetwo!"
    assert framed.stamped(0, 0, ssrc=99)[8:12] == bytes(4)  # a stamp leaves no trace


def test_a_sender_report_ties_rtp_time_to_the_wall_clock() -> None:
    wire = interleaved_sender_report(
        channel=1, ssrc=5, unix_s=0.5, timestamp=45_000, packets=3, octets=700
    )
    assert wire[:4] == b"$\x01\x00\x1c"
    seconds, fraction, timestamp = struct.unpack("!III", wire[12:24])
    assert (seconds, fraction, timestamp) == (2_208_988_800, 2**31, 45_000)
