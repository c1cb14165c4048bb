"""A camera that sends us elsewhere: followed inside the networks of cameras, never out of them."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_network
from pathlib import Path

import pytest

from ingest.cameras.assembler import CodedPicture
from ingest.cameras.direct.source import open_stream
from ingest.cameras.guarded import guarded
from ingest.cameras.source import SourceFault
from tests.ingest.cameras.test_sound import VIDEO, plays
from tests.ingest.encoded import coded
from tests.ingest.odd_camera import Line, OddCamera

HERE = [ip_network("127.0.0.1/32")]
TRANSPORTS = ["tcp", "udp", "http"]


async def nothing(_line: Line) -> None: ...


@asynccontextmanager
async def moved(to: str) -> AsyncIterator[OddCamera]:
    async with OddCamera([VIDEO], nothing, TRANSPORTS, moved_to=to) as camera:
        yield camera


def look(url: str, transport: str) -> CodedPicture:
    source = guarded(HERE, open_stream)(url, 1.0, transport)
    try:
        piece = next(iter(source.pieces(threading.Event())))
        assert isinstance(piece, CodedPicture)
        return piece
    finally:
        source.close()


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_nobody_outside_is_asked_whoever_sends_us(transport: str) -> None:
    outside = OddCamera([VIDEO], nothing, TRANSPORTS)
    outside.host = "127.0.0.9"
    async with outside, moved(outside.url) as camera:
        signing_in = camera.url.replace("//", "//bob:secret@")
        said = "in no network of cameras|sends its tunnel elsewhere"
        with pytest.raises(SourceFault, match=said) as refused:
            await asyncio.to_thread(look, signing_in, transport)
    assert outside.asked == 0
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("transport", ["tcp", "udp"])
async def test_another_address_inside_is_read(tmp_path: Path, transport: str) -> None:
    pictures = coded(tmp_path)
    async with OddCamera([VIDEO], plays(pictures), TRANSPORTS) as there, moved(there.url) as camera:
        seen = await asyncio.to_thread(look, camera.url, transport)
    assert seen.nals == pictures[0].nals


@pytest.mark.parametrize(
    ("to", "said"),
    [
        ("http://127.0.0.1/", "sends us elsewhere, but not to an RTSP address"),
        ("rtsp:///x", "names no host"),
        ("rtsp://127.0.0.1:{port}/x", "without an end"),
    ],
)
async def test_a_way_that_leads_nowhere_is_said(to: str, said: str) -> None:
    camera = OddCamera([VIDEO], nothing)
    async with camera:
        camera.moved_to = to.format(port=camera.port)
        with pytest.raises(SourceFault, match=said):
            await asyncio.to_thread(look, camera.url, "tcp")
    assert camera.asked <= 4


async def test_a_password_goes_to_its_own_host_only() -> None:
    asked: list[str] = []
    networks = [ip_network("127.0.0.0/8")]
    async with moved("rtsp://127.0.0.9:1/x") as camera:
        opener = guarded(networks, lambda url, *rest: asked.append(url) or open_stream(url, *rest))  # type: ignore[func-returns-value]
        with pytest.raises(SourceFault, match="nothing listens there"):
            await asyncio.to_thread(opener, camera.url.replace("//", "//bob:secret@"), 1.0, "tcp")
    assert [("secret" in url) for url in asked] == [True, False]
