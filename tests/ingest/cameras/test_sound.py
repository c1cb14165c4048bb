"""Sound of a camera over RTSP: kept where it can be, and never at the cost of the pictures."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Sequence
from itertools import cycle, islice
from pathlib import Path

import pytest

from ingest.cameras.assembler import Assembler, CodedPicture, CodedSound
from ingest.cameras.direct.source import DirectSource, open_stream
from ingest.cameras.source import Opener, RtspSource, StreamSource
from ingest.simulated.rtp import h264_payloads
from tests.ingest.encoded import START_S, coded
from tests.ingest.odd_camera import Line, OddCamera, Track
from tests.ingest.recordings.test_sound import spoken

VIDEO = Track("m=video 0 RTP/AVP 96\na=rtpmap:96 H264/90000\na=fmtp:96 packetization-mode=1")
G711A = "m=audio 0 RTP/AVP 8\na=rtpmap:8 PCMA/8000"
G711U = "m=audio 0 RTP/AVP 0\na=rtpmap:0 PCMU/8000"
AAC = (
    "m=audio 0 RTP/AVP 97\na=rtpmap:97 mpeg4-generic/16000/1\n"
    "a=fmtp:97 streamtype=5;profile-level-id=1;mode=AAC-hbr;sizelength=13;indexlength=3;"
    "indexdeltalength=3;config=1408"
)
ODD = "m=audio 0 RTP/AVP 98\na=rtpmap:98 X-WEIRD/8000"


def plays(
    pictures: Sequence[CodedPicture],
    codec: str = "",
    count: int = 30,
    cut: Callable[[bytes], list[bytes]] = h264_payloads,
    pace_s: float = 0.02,
) -> Callable[[Line], Awaitable[None]]:
    """Return what a camera sends: ten pictures a second and, with ``codec``, sound beside them.

    A picture is sent every ``pace_s``; 0.1 is as fast as it says that it is. After the last one the
    first comes again until there were ``count``.
    """
    audio, units = spoken(codec, 0, count / 10 + 1) if codec else (None, [])
    rate = audio.sample_rate if audio else 0
    kind = {"aac": 97, "pcm_alaw": 8, "pcm_mulaw": 0}.get(codec, 98)

    async def play(line: Line) -> None:
        said = 0
        for number, picture in enumerate(islice(cycle(pictures), count)):
            payloads = [part for unit in picture.nals for part in cut(unit)]
            for n, part in enumerate(payloads):
                line.rtp(0, 96, 1_000 + number * 9_000, part, last=n == len(payloads) - 1)
            while said < len(units) and units[said].dts < (number + 1) * 9_000:
                payload = units[said].payload
                if codec == "aac":
                    payload = b"\x00\x10" + (len(payload) << 3).to_bytes(2, "big") + payload
                line.rtp(1, kind, 500 + units[said].dts * rate // 90_000, payload)
                said += 1
            await asyncio.sleep(pace_s)

    return play


def read(
    url: str, transport: str = "tcp", opener: Opener = RtspSource
) -> tuple[StreamSource, list[CodedPicture | CodedSound]]:
    source = opener(url, 1.0, transport)
    pieces = []
    try:
        for piece in source.pieces(threading.Event()):
            pieces.append(piece)
            if sum(isinstance(p, CodedPicture) for p in pieces) == 15:
                break
    finally:
        source.close()
    return source, pieces


@pytest.mark.parametrize("opener", [open_stream, RtspSource], ids=["direct", "ffmpeg"])
@pytest.mark.parametrize(
    ("media", "codec"), [(G711A, "pcm_alaw"), (G711U, "pcm_mulaw"), (AAC, "aac")]
)
async def test_sound_comes_beside_the_pictures(
    tmp_path: Path, media: str, codec: str, opener: Opener
) -> None:
    play = plays(coded(tmp_path), codec)
    async with OddCamera([VIDEO, Track(media)], play) as camera:
        source, pieces = await asyncio.to_thread(read, camera.url, "tcp", opener)
    assert isinstance(source, DirectSource) is (opener is open_stream)
    sent, units = spoken(codec, 0, 4.0)
    assert source.audio is not None
    assert (source.audio.codec, source.audio.sample_rate) == (codec, sent.sample_rate)
    assert source.audio.config == bytes.fromhex("1408" if codec == "aac" else "")
    heard = [piece for piece in pieces if isinstance(piece, CodedSound)]
    seen = [piece for piece in pieces if isinstance(piece, CodedPicture)]
    assert len(seen) == 15
    assert [s.payload for s in heard] == [unit.payload for unit in units[: len(heard)]]
    lasted_s = (heard[-1].dts - heard[0].dts) / 90_000
    assert lasted_s == pytest.approx((seen[-1].dts - seen[0].dts) / 90_000, abs=0.3)


@pytest.mark.parametrize(
    ("opener", "track", "told"),
    [
        (RtspSource, Track(G711A, setup=404), ""),
        (RtspSource, Track(G711A, setup=461), ""),
        (RtspSource, Track(ODD), "an unknown codec"),
        (RtspSource, Track(AAC), ""),  # announced, but nothing ever comes
        (open_stream, Track(G711A, setup=404), ""),
        (open_stream, Track(ODD), "x-weird"),
        (open_stream, Track(AAC), ""),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
async def test_odd_sound_never_costs_the_pictures(
    tmp_path: Path, opener: Opener, track: Track, told: str
) -> None:
    async with OddCamera([VIDEO, track], plays(coded(tmp_path))) as camera:
        source, pieces = await asyncio.to_thread(read, camera.url, "tcp", opener)
    assert [type(piece) for piece in pieces] == [CodedPicture] * 15
    assert source.odd_sound == told
    assert isinstance(source, DirectSource) is (opener is open_stream)


def test_sound_lies_beside_its_pictures(tmp_path: Path) -> None:
    pictures = coded(tmp_path)
    assembler = Assembler()
    assert assembler.push_sound(CodedSound(0, 1_800, b"x"), START_S) is None  # no picture yet
    placed = []
    for number, picture in enumerate(pictures):
        late_s = 0.05 * (number % 3)
        _, unit = assembler.push(picture, START_S + number / 10 + late_s)
        sound = CodedSound(picture.dts, 9_000, b"x")
        heard = assembler.push_sound(sound, START_S + number / 10 + 0.2)
        assert unit is not None
        assert heard is not None
        placed.append(heard.dts - unit.dts)
    assert all(abs(apart) < 10 for apart in placed)


def test_sound_of_another_time_is_placed_where_it_arrives(tmp_path: Path) -> None:
    assembler = Assembler()
    assembler.push(coded(tmp_path)[0], START_S)
    first = assembler.push_sound(CodedSound(10**9, 1_800, b"x"), START_S + 0.1)
    second = assembler.push_sound(CodedSound(10**9 + 1_800, 1_800, b"x"), START_S + 0.3)
    assert first is not None
    assert second is not None
    assert first.dts == round((START_S + 0.1) * 90_000)
    assert second.dts - first.dts == 1_800
