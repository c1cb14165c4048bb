"""TCP, UDP and the HTTP tunnel against a camera that agrees to one of them."""

import asyncio
from pathlib import Path

import pytest

from ingest.cameras.assembler import CodedPicture, CodedSound
from ingest.cameras.source import SourceFault, UnsupportedCodec
from tests.ingest.cameras.test_sound import G711A, VIDEO, plays, read
from tests.ingest.encoded import coded
from tests.ingest.odd_camera import Line, OddCamera, Track


@pytest.mark.parametrize("transport", ["tcp", "udp", "http"])
async def test_pictures_and_sound_come_by_each(tmp_path: Path, transport: str) -> None:
    play = plays(coded(tmp_path), "pcm_alaw")
    async with OddCamera([VIDEO, Track(G711A)], play, [transport]) as camera:
        _, pieces = await asyncio.to_thread(read, camera.url, transport)
    pictures = [piece for piece in pieces if isinstance(piece, CodedPicture)]
    assert [p.nals for p in pictures] == [p.nals for p in coded(tmp_path)[:15]]
    assert any(isinstance(piece, CodedSound) for piece in pieces)


@pytest.mark.parametrize(
    ("agreed", "asked", "said"),
    [
        ("tcp", "udp", "refuses to send by udp; set the transport to tcp or http"),
        ("udp", "tcp", "refuses to send by tcp; set the transport to udp or http"),
        ("tcp", "http", "opens no RTSP tunnel in HTTP at this port; set the transport to tcp"),
    ],
)
async def test_a_wrong_one_says_what_to_set(
    tmp_path: Path, agreed: str, asked: str, said: str
) -> None:
    async with OddCamera([VIDEO], plays(coded(tmp_path)), [agreed]) as camera:
        with pytest.raises(SourceFault, match=said):
            await asyncio.to_thread(read, camera.url, asked)


async def test_udp_that_a_firewall_holds_back_says_so() -> None:
    async def nothing(_line: Line) -> None: ...

    async with OddCamera([VIDEO], nothing, ["udp"]) as camera:
        with pytest.raises(SourceFault, match="nothing arrives by UDP; a firewall may"):
            await asyncio.to_thread(read, camera.url, "udp")


@pytest.mark.parametrize(
    ("media", "name"),
    [
        ("m=video 0 RTP/AVP 26\na=rtpmap:26 JPEG/90000", "mjpeg"),
        ("m=video 0 RTP/AVP 96\na=rtpmap:96 MP4V-ES/90000", "mpeg4"),
        ("m=video 0 RTP/AVP 96\na=rtpmap:96 X-WEIRD/90000", "an unknown codec"),
    ],
)
async def test_codecs_that_are_not_kept_are_named(media: str, name: str) -> None:
    async def nothing(_line: Line) -> None: ...

    async with OddCamera([Track(media)], nothing) as camera:
        with pytest.raises(UnsupportedCodec, match=f"sends {name}; set this stream to H.264"):
            await asyncio.to_thread(read, camera.url)
