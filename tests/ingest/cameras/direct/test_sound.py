"""Sound cut out of packets and placed among the pictures."""

import itertools
import struct
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.cameras.access_unit import AudioParameters
from ingest.cameras.assembler import CodedSound
from ingest.cameras.codecs import H264
from ingest.cameras.direct.sdp import VideoTrack
from ingest.cameras.direct.sound import SoundReader, SoundTrack, aac
from ingest.cameras.direct.stream import InterleavedStream
from ingest.simulated.rtp import framed_picture, interleaved_sender_report
from models.kit.errors import InvalidInput

G711 = SoundTrack("rtsp://cam/a", 8, 8_000, AudioParameters("pcm_alaw", 8_000, 1, b""))
AAC = SoundTrack("rtsp://cam/a", 97, 16_000, *aac(b"\x14\x08", 16_000))
FRAME = 5_760  # ticks of 1024 samples at 16 kHz


def packet(track: SoundTrack, number: int, stamp: int, payload: bytes) -> bytes:
    head = struct.pack("!BBHII", 0x80, track.payload_type, number & 0xFFFF, stamp % 2**32, 9)
    return head + payload


def aac_payload(*frames: bytes, size: int | None = None) -> bytes:
    headers = b"".join(((size or len(frame)) << 3).to_bytes(2, "big") for frame in frames)
    return (len(headers) * 8).to_bytes(2, "big") + headers + b"".join(frames)


def heard(reader: SoundReader, *packets: bytes) -> list[CodedSound]:
    return [sound for each in packets for sound in reader.take(each, 12, 0, None)]


def test_g711_lasts_as_long_as_it_has_bytes() -> None:
    parts = [bytes((n,)) * 160 for n in range(3)]
    sounds = heard(
        SoundReader(G711), *(packet(G711, n, 2**32 - 160 + n * 160, p) for n, p in enumerate(parts))
    )
    assert [sound.payload for sound in sounds] == parts
    assert [(sound.dts, sound.duration) for sound in sounds] == [
        (n * 1_800, 1_800) for n in range(3)
    ]


@given(frames=st.lists(st.binary(min_size=1, max_size=300), min_size=1, max_size=6))
def test_a_packet_of_several_aac_frames(frames: list[bytes]) -> None:
    sounds = heard(SoundReader(AAC), packet(AAC, 1, 5, aac_payload(*frames)))
    assert [sound.payload for sound in sounds] == frames
    assert [sound.dts for sound in sounds] == [n * FRAME for n in range(len(frames))]


def test_a_large_aac_frame_comes_in_parts() -> None:
    frame = bytes(range(256)) * 8
    parts = [aac_payload(frame[a : a + 700], size=len(frame)) for a in range(0, len(frame), 700)]
    whole = [packet(AAC, n, 0, part) for n, part in enumerate(parts)]
    assert [sound.payload for sound in heard(SoundReader(AAC), *whole)] == [frame]
    next_one = packet(AAC, 9, 1_024, aac_payload(b"next"))
    lost = heard(SoundReader(AAC), whole[0], whole[2], next_one)
    assert [sound.payload for sound in lost] == [b"next"]


def test_frames_with_small_headers() -> None:
    small = replace(AAC, header_bits=(6, 2))
    payload = b"\x00\x10" + bytes((3 << 2, 5 << 2)) + b"abc" + b"defgh"
    sounds = heard(SoundReader(small), packet(small, 1, 0, payload))
    assert [sound.payload for sound in sounds] == [b"abc", b"defgh"]


@given(payload=st.binary(max_size=200))
def test_noise_is_no_sound_or_some_but_never_worse(payload: bytes) -> None:
    heard(SoundReader(AAC), packet(AAC, 1, 0, payload))


def test_other_payload_types_are_passed_over() -> None:
    assert heard(SoundReader(G711), packet(AAC, 1, 0, b"x" * 160)) == []


@pytest.mark.parametrize("off_s", [0.3, -0.3, 0.01])
def test_sender_reports_bring_sound_and_pictures_together(off_s: float) -> None:
    """The camera says that the sound belongs ``off_s`` later than it came."""
    reader, at_s = SoundReader(G711), 1_790_000_000.0
    placed: list[int] = []
    for number in range(250):
        if number == 50:
            reader.report(at_s + 1 + off_s, 8_000)
        origin_s = at_s if number > 60 else None
        each = packet(G711, number, number * 160, b"x" * 160)
        picture = number * 1_800
        placed += [sound.dts for sound in reader.take(each, 12, picture, origin_s)]
    assert placed[60] == 60 * 1_800
    assert placed[-1] == pytest.approx(249 * 1_800 + off_s * 90_000, abs=20)
    assert all(b > a for a, b in itertools.pairwise(placed))


def test_sound_lies_beside_its_pictures_in_a_connection() -> None:
    stream = InterleavedStream()
    stream.play(VideoTrack("rtsp://cam/t", H264, 96, ()), G711)

    def report(channel: int, stamp: int) -> bytes:
        return interleaved_sender_report(
            channel=channel, ssrc=7, unix_s=1_790_000_000.5, timestamp=stamp, packets=1, octets=1
        )

    wire = b""
    for number in range(5):
        picture = framed_picture([b"\x41abc"], 0).stamped(number, 70_000 + number * 1_800, 7)
        voice = packet(G711, number, 400 + number * 160, b"x" * 160)
        wire += bytes(picture) + b"$\x02" + len(voice).to_bytes(2, "big") + voice
        if number == 2:
            wire += report(1, 70_000) + report(3, 400 + 8)  # the sound is a millisecond ahead
    stream.free[: len(wire)] = wire
    pieces = list(stream.take(len(wire)))
    sounds = [piece.dts for piece in pieces if isinstance(piece, CodedSound)]
    assert len(pieces) == 10
    assert sounds[:3] == [0, 1_800, 3_600]
    assert 5_380 <= sounds[3] < 5_400  # drawn there slowly


@pytest.mark.parametrize("config", ["", "14", "1400", "7F"])
def test_a_config_that_says_too_little(config: str) -> None:
    with pytest.raises(InvalidInput):
        aac(bytes.fromhex(config), 16_000)
