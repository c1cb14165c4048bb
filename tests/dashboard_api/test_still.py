"""The still for drawing zones: small enough that nobody is recognised."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from fractions import Fraction

import av
import numpy as np
import pytest
from av.video.codeccontext import VideoCodecContext
from sqlalchemy import select

from dashboard_api.still import shrink
from ingest.media.tickets import verify
from models.camera import MediaNode
from models.kit.errors import Unavailable
from models.operator import AuditEntry
from tests.builders import NOON
from tests.dashboard_api.conftest import KEY, Centre


def a_jpeg(pixels: "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]") -> bytes:
    frame = av.VideoFrame.from_ndarray(pixels, format="rgb24").reformat(format="yuvj420p")
    frame.pts = 0
    encoder = VideoCodecContext.create("mjpeg", "w")
    encoder.width, encoder.height, encoder.pix_fmt = frame.width, frame.height, "yuvj420p"
    encoder.time_base = Fraction(1, 25)
    return b"".join(bytes(packet) for packet in [*encoder.encode(frame), *encoder.encode(None)])


def grey(jpeg: bytes) -> "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]":
    (frame,) = VideoCodecContext.create("mjpeg", "r").decode(av.Packet(jpeg))
    return np.asarray(frame.to_ndarray(format="gray"), dtype=np.uint8)


def test_what_is_finer_than_a_hand_is_gone() -> None:
    """Stripes of 4 pixels at 1280 wide (a face's features) become plain; halves stay halves."""
    pixels = np.zeros((720, 1280, 3), dtype=np.uint8)
    pixels[:, : 1280 // 2] = 200
    columns = np.arange(1280)
    pixels[:360, (columns // 4) % 2 == 0] = 255
    pixels[:360, (columns // 4) % 2 == 1] = 0
    small = grey(shrink(a_jpeg(pixels)))
    assert small.shape == (54, 96)
    assert int(small[:20].max()) - int(small[:20].min()) < 60
    assert int(small[40, 10]) - int(small[40, 80]) > 150


@pytest.mark.parametrize("garbage", [b"", b"garbage", b"\xff\xd8\xff\xe0" * 20])
def test_garbage_is_no_picture(garbage: bytes) -> None:
    with pytest.raises(Unavailable):
        shrink(garbage)


@asynccontextmanager
async def a_node(jpeg: bytes, asked: list[str]) -> AsyncIterator[int]:
    """Answer every request with the picture, as a media node answers for a snapshot."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append((await reader.readuntil(b"\r\n\r\n")).decode().split()[1])
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(jpeg) + jpeg)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


async def test_an_administrator_gets_the_small_picture_only(centre: Centre) -> None:
    asked: list[str] = []
    camera_id = centre.office.cameras[0]
    client = await centre.signed_in("admin")
    async with a_node(a_jpeg(np.full((360, 640, 3), 90, dtype=np.uint8)), asked) as port:
        async with centre.database.transaction() as session:
            url = f"http://127.0.0.1:{port}"
            session.add(
                MediaNode(name="node-1", port=1, public_url=url, started_at=NOON, seen_at=NOON)
            )
        answer = await client.get(f"/api/v1/cameras/{camera_id}/still.jpg")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
    assert grey(answer.content).shape == (54, 96)
    path, _, ticket = asked[0].partition("?ticket=")
    assert path == f"/media/v1/cameras/{camera_id}/snapshot.jpg"
    assert verify(ticket, KEY, centre.clock.now()).camera == camera_id
    async with centre.database.read() as session:
        (entry,) = await session.scalars(select(AuditEntry))
    assert (entry.action, entry.subject) == ("camera.still", str(camera_id))
    gone = await client.get(f"/api/v1/cameras/{camera_id}/still.jpg")
    assert gone.status_code == 503
