"""Cameras read over a real socket; what is not plain goes to FFmpeg, with the same outcome."""

import asyncio
import contextlib
import itertools
import socket
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from ingest.cameras import nal
from ingest.cameras.assembler import CodedPicture
from ingest.cameras.codecs import H264, H265
from ingest.cameras.direct.conversation import NotPlain
from ingest.cameras.direct.source import DirectSource, open_stream
from ingest.cameras.source import (
    AuthFailed,
    RtspSource,
    SourceFault,
    StreamSource,
    UnsupportedCodec,
)
from ingest.simulated.rtsp_server import SimulatedCameras
from tests.ingest.encoded import HEIGHT, WIDTH, assembled, write_clip


@pytest.fixture
async def cameras(tmp_path: Path) -> AsyncIterator[SimulatedCameras]:
    async with SimulatedCameras() as simulated:
        for name, codec, b_frames in (
            ("plain", "libx264", 0),
            ("reordered", "libx264", 2),
            ("h265", "libx265", 0),
            ("mpeg4", "mpeg4", 0),
        ):
            clip = write_clip(tmp_path / f"{name}.mp4", codec=codec, b_frames=b_frames)
            simulated.add(name, {"x": clip})
        yield simulated


def read(source: StreamSource, count: int) -> list[CodedPicture]:
    pictures: list[CodedPicture] = []
    try:
        for piece in source.pieces(threading.Event()):
            assert isinstance(piece, CodedPicture)
            pictures.append(piece)
            if len(pictures) == count:
                break
    finally:
        source.close()
    return pictures


async def pictures_of(url: str, count: int, timeout_s: float = 2.0) -> list[CodedPicture]:
    return await asyncio.to_thread(lambda: read(open_stream(url, timeout_s), count))


async def test_a_plain_camera_is_read_without_ffmpeg(cameras: SimulatedCameras) -> None:
    source = await asyncio.to_thread(open_stream, cameras.url("plain"), 2.0)
    assert isinstance(source, DirectSource)
    assert source.codec is H264
    assert [nal.nal_type(unit) for unit in source.parameter_sets()] == [nal.SPS, nal.PPS]
    pictures = await asyncio.to_thread(read, source, 15)
    assert {b.dts - a.dts for a, b in itertools.pairwise(pictures)} == {9_000}
    assert any(nal.nal_type(unit) == nal.IDR for unit in pictures[0].nals)


async def test_both_readers_read_the_same(cameras: SimulatedCameras) -> None:
    def both(source: StreamSource) -> list[bytes]:
        seen = [picture.nals for picture in read(source, 45)]
        slices = [[unit for unit in nals if nal.nal_type(unit) in (1, 5)] for nals in seen]
        return [b"".join(units) for units in slices]

    url = cameras.url("plain")
    ours, theirs = await asyncio.gather(
        asyncio.to_thread(lambda: both(DirectSource(url, 2.0))),
        asyncio.to_thread(lambda: both(RtspSource(url, 2.0))),
    )
    assert len(set(ours)) > 30  # the whole loop; some of its pictures are the same
    assert set(ours) == set(theirs)


async def test_h265_is_read_too(cameras: SimulatedCameras) -> None:
    source = await asyncio.to_thread(open_stream, cameras.url("h265"), 2.0)
    assert isinstance(source, DirectSource)
    assert source.codec is H265
    told = list(assembled(await asyncio.to_thread(read, source, 15), codec=H265))
    assert told[0][0] is not None
    assert (told[0][0].width, told[0][0].height) == (WIDTH, HEIGHT)
    assert [unit.key for _, unit in told] == [n % 10 == 0 for n in range(15)]


async def test_pictures_out_of_order_go_to_ffmpeg(cameras: SimulatedCameras) -> None:
    pictures = await pictures_of(cameras.url("reordered"), 30)
    assert any(picture.pts != picture.dts for picture in pictures[-15:])


async def test_another_codec_says_what_to_set(cameras: SimulatedCameras) -> None:
    with pytest.raises(NotPlain, match="MP4V"):
        await asyncio.to_thread(DirectSource, cameras.url("mpeg4"), 2.0)
    with pytest.raises(UnsupportedCodec, match=r"sends mpeg4; set this stream to H\.264"):
        await pictures_of(cameras.url("mpeg4"), 1)


async def test_an_unknown_path_is_a_fault(cameras: SimulatedCameras) -> None:
    with pytest.raises(SourceFault, match="404, the camera has no stream at this path"):
        await pictures_of(cameras.url("nowhere"), 1)


async def test_nobody_there_is_a_fault() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    with pytest.raises(SourceFault, match="Connection refused: nothing listens there"):
        await pictures_of(f"rtsp://user:secret@127.0.0.1:{port}/x", 1)


@pytest.mark.parametrize(
    ("act", "said", "timeout_s"),
    [
        (SimulatedCameras.stall, "no answer in time", 0.5),
        (SimulatedCameras.kick, "ended the stream|reset by peer", 20),
        (SimulatedCameras.reset, "reset by peer", 20),
    ],
)
async def test_silence_and_loss_are_faults(
    cameras: SimulatedCameras,
    act: Callable[[SimulatedCameras, str], object],
    said: str,
    timeout_s: float,
) -> None:
    reading = asyncio.create_task(pictures_of(cameras.url("plain"), 1_000, timeout_s))
    while not cameras.viewers("plain"):
        await asyncio.sleep(0.05)
    await asyncio.sleep(0.5)
    act(cameras, "plain")
    with pytest.raises(SourceFault, match=said):
        await reading


Answer = Callable[[str, dict[str, str]], str]


@contextlib.asynccontextmanager
async def a_server(answer: Answer) -> AsyncIterator[int]:
    """Answer each request by ``answer(method, headers)``: status line and headers, no body."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while head := (await reader.readuntil(b"\r\n\r\n")).decode():
                lines = head.split("\r\n")
                headers = dict(line.split(": ", 1) for line in lines[1:] if ": " in line)
                said = answer(lines[0].split(" ")[0], headers)
                writer.write(f"RTSP/1.0 {said}\r\nCSeq: {headers['CSeq']}\r\n\r\n".encode())
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def test_a_password_is_proved_once_and_a_refusal_is_final() -> None:
    proofs: list[str] = []

    def refuse(method: str, headers: dict[str, str]) -> str:
        if method == "OPTIONS":
            return "200 OK"
        proofs.append(headers.get("Authorization", ""))
        return '401 Unauthorized\r\nWWW-Authenticate: Digest realm="cam", nonce="abc"'

    async with a_server(refuse) as port:
        with pytest.raises(AuthFailed, match="401, the camera refuses this user") as refused:
            await pictures_of(f"rtsp://admin:s3cret@127.0.0.1:{port}/x", 1)
    assert proofs[0] == ""
    assert proofs[1].startswith('Digest username="admin"')
    assert len(proofs) == 2  # another try could lock the account
    assert "s3cret" not in str(refused.value)


async def test_a_proof_unknown_here_is_left_to_ffmpeg() -> None:
    def demand(method: str, _headers: dict[str, str]) -> str:
        return "401 Unauthorized\r\nWWW-Authenticate: Negotiate"

    async with a_server(demand) as port:
        with pytest.raises(NotPlain, match="sign-in by Negotiate"):
            await asyncio.to_thread(DirectSource, f"rtsp://u:p@127.0.0.1:{port}/x", 1.0)


async def test_an_odd_answer_is_left_to_ffmpeg() -> None:
    async with a_server(lambda _method, _headers: "500 Oops") as port:
        with pytest.raises(NotPlain, match="500"):
            await asyncio.to_thread(DirectSource, f"rtsp://127.0.0.1:{port}/x", 1.0)
