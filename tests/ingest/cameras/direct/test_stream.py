"""Frames cut out of a connection, whole whatever the network and the camera do to them."""

import struct
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.cameras.assembler import CodedPicture
from ingest.cameras.codecs import H264, H265, VideoCodec
from ingest.cameras.direct.sdp import VideoTrack
from ingest.cameras.direct.stream import InterleavedStream, OutOfOrder
from ingest.simulated.rtp import (
    framed_picture,
    h264_payloads,
    h265_payloads,
    interleaved_sender_report,
)

STEP = 6_000


def nal(number: int, length: int = 40, head: int = 0x41) -> bytes:
    return bytes((head, number & 0xFF)) + bytes((number * 7 + n) & 0xFF for n in range(length))


def packets(nals: Sequence[bytes], sequence: int, stamp: int) -> tuple[bytearray, int]:
    payloads = [payload for unit in nals for payload in h264_payloads(unit)]
    return framed_picture(payloads, 0).stamped(sequence, stamp, 7), sequence + len(payloads)


def wire_of(pictures: Sequence[Sequence[bytes]], sequence: int = 0, stamp: int = 1_000) -> bytes:
    out = bytearray()
    for nals in pictures:
        part, sequence = packets(nals, sequence, stamp)
        out += part
        stamp += STEP
    return bytes(out)


def a_stream(codec: VideoCodec = H264) -> InterleavedStream:
    stream = InterleavedStream()
    stream.play(VideoTrack("rtsp://cam/t", codec, 96, ()))
    return stream


def take(stream: InterleavedStream, wire: bytes, chunk: int = 4_096) -> list[CodedPicture]:
    found: list[CodedPicture] = []
    for at in range(0, len(wire), chunk):
        part = wire[at : at + chunk]
        stream.free[: len(part)] = part
        pieces = stream.take(len(part))
        found += [piece for piece in pieces if isinstance(piece, CodedPicture)]
    return found


PICTURES = [[nal(n, 10 + 1_700 * n), nal(n + 50)] for n in range(6)]


@given(chunk=st.integers(1, 9_000), sequence=st.integers(0, 65_535), stamp=st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_pictures_are_whole_however_they_arrive(chunk: int, sequence: int, stamp: int) -> None:
    found = take(a_stream(), wire_of(PICTURES, sequence, stamp), chunk)
    assert [picture.nals for picture in found] == PICTURES
    assert [picture.dts for picture in found] == [n * STEP for n in range(6)]
    assert all(picture.pts == picture.dts for picture in found)


@given(sizes=st.lists(st.integers(1, 5_000), min_size=1, max_size=4))
def test_h265_is_put_together(sizes: list[int]) -> None:
    nals = [b"\x26\x01" + bytes(size) for size in sizes]
    payloads = [payload for unit in nals for payload in h265_payloads(unit)]
    wire = framed_picture(payloads, 0).stamped(9, 9, 9)
    assert [picture.nals for picture in take(a_stream(H265), bytes(wire))] == [nals]


@pytest.mark.parametrize(
    ("codec", "head", "nals"),
    [(H264, b"\x18", [nal(1), nal(2)]), (H265, b"\x60\x01", [b"\x02\x01abc", b"\x02\x01de"])],
)
def test_aggregated_units_are_taken_apart(
    codec: VideoCodec, head: bytes, nals: list[bytes]
) -> None:
    payload = head + b"".join(len(unit).to_bytes(2, "big") + unit for unit in nals)
    wire = framed_picture([payload], 0).stamped(1, 1, 1)
    assert take(a_stream(codec), bytes(wire))[0].nals == nals


def test_a_lost_packet_costs_only_its_own_unit() -> None:
    first, following = packets([nal(1, 4_000), nal(2)], 0, 0)
    second, _ = packets([nal(3)], following, STEP)
    length = 4 + int.from_bytes(first[2:4], "big")
    torn = first[:length] + first[2 * length :]  # the middle of a fragmented unit is gone
    found = take(a_stream(), bytes(torn + second))
    assert [picture.nals for picture in found] == [[nal(2)], [nal(3)]]


def test_a_picture_ends_where_the_next_begins_though_its_marker_is_lost() -> None:
    first, following = packets([nal(1), nal(2)], 0, 0)
    first[5] &= 0x7F
    last = 4 + int.from_bytes(first[2:4], "big")
    first[last + 5] &= 0x7F
    second, _ = packets([nal(3)], following, STEP)
    found = take(a_stream(), bytes(first + second))
    assert [picture.nals for picture in found] == [[nal(1), nal(2)], [nal(3)]]


def test_parameter_sets_with_a_marker_of_their_own_belong_to_what_follows() -> None:
    sets, following = packets([nal(1, head=0x67), nal(2, head=0x68)], 0, 0)
    key, _ = packets([nal(3, head=0x65)], following, 0)
    (picture,) = take(a_stream(), bytes(sets + key))
    assert [unit[0] for unit in picture.nals] == [0x67, 0x68, 0x65]


def test_extensions_and_padding_are_cut_off() -> None:
    unit = nal(1)
    extension = struct.pack("!HHI", 0xBEDE, 1, 5)
    head = struct.pack("!BBHIIII", 0x80 | 0x20 | 0x10 | 2, 0x80 | 96, 1, 1, 1, 8, 9)
    packet = head + extension + unit + b"\x00\x00\x03"
    wire = b"$\x00" + len(packet).to_bytes(2, "big") + packet
    assert take(a_stream(), wire)[0].nals == [unit]


def test_replies_and_noise_between_frames_are_told_apart() -> None:
    one, following = packets([nal(1)], 0, 0)
    two, _ = packets([nal(2)], following, STEP)
    reply = b"RTSP/1.0 200 OK\r\nCSeq: 5\r\nContent-Length: 3\r\n\r\nabc"
    noise = b"\x00\xff RTSP \x24\xff\x00\x00 GET"
    stream = a_stream()
    found = take(stream, bytes(one) + reply + noise + bytes(two), 5)
    assert [picture.nals for picture in found] == [[nal(1)], [nal(2)]]
    assert [reply.status for reply in stream.replies] == [200]
    assert stream.body == b"abc"


@given(noise=st.binary(max_size=3_000), chunk=st.integers(1, 700))
@settings(max_examples=150, deadline=None)
def test_noise_never_ends_the_stream(noise: bytes, chunk: int) -> None:
    stream = a_stream()
    try:
        take(stream, noise, chunk)
    except OutOfOrder:
        return
    assert len(stream.free) > 0


def test_other_payload_types_are_passed_over() -> None:
    wire, _ = packets([nal(1)], 0, 0)
    wire[5] = 0x80 | 97
    assert take(a_stream(), bytes(wire)) == []


def test_pictures_out_of_order_need_another_reader() -> None:
    stream = a_stream()
    shown_first, following = packets([nal(1)], 0, 3 * STEP)
    earlier, _ = packets([nal(2)], following, STEP)
    take(stream, bytes(shown_first))
    with pytest.raises(OutOfOrder):
        take(stream, bytes(earlier))


@pytest.mark.parametrize("jump", [-100 * 90_000, 100 * 90_000, 2**31 - 1])
def test_a_jump_of_the_clock_is_no_reordering(jump: int) -> None:
    one, following = packets([nal(1)], 0, 10_000)
    two, _ = packets([nal(2)], following, 10_000 + jump)
    found = take(a_stream(), bytes(one + two))
    assert found[1].dts == jump


def test_a_sender_report_tells_the_cameras_own_time() -> None:
    at_s = 1_790_000_000.5
    report = interleaved_sender_report(
        channel=1, ssrc=7, unix_s=at_s, timestamp=1_000, packets=1, octets=1
    )
    found = take(a_stream(), report + wire_of([[nal(1)], [nal(2)], [nal(3)]]))
    # As if each were handed over when the next one begins.
    assert [picture.camera_s for picture in found] == [
        None,
        pytest.approx(at_s),
        pytest.approx(at_s + STEP / 90_000),
    ]
