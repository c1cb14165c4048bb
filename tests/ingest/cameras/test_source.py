"""RTSP as it really comes: a server on a socket, and what is no server at all."""

import asyncio
import base64
import contextlib
import itertools
import socket
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ingest.cameras import nal
from ingest.cameras.access_unit import StreamParameters
from ingest.cameras.assembler import Assembler, CodedPicture
from ingest.cameras.codecs import H264, H265
from ingest.cameras.source import AuthFailed, RtspSource, SourceEnded, SourceFault, UnsupportedCodec
from ingest.simulated.rtp import h264_payloads, h265_payloads
from ingest.simulated.rtsp_server import SimulatedCameras
from tests.ingest.encoded import HEIGHT, START_S, WIDTH, assembled, coded, write_clip
from tests.ingest.odd_camera import Line, OddCamera, Track


@pytest.fixture
async def cameras(tmp_path: Path) -> AsyncIterator[SimulatedCameras]:
    async with SimulatedCameras() as simulated:
        simulated.add("plain", {"x": write_clip(tmp_path / "plain.mp4")})
        simulated.add("reordered", {"x": write_clip(tmp_path / "reordered.mp4", b_frames=2)})
        h265 = write_clip(tmp_path / "h265.mp4", codec="libx265")
        simulated.add("h265", {"x": h265})
        simulated.add("mpeg4", {"x": write_clip(tmp_path / "mpeg4.mp4", codec="mpeg4")})
        yield simulated


def read(url: str, count: int, read_timeout_s: float = 2.0) -> list[CodedPicture]:
    source = RtspSource(url, read_timeout_s)
    try:
        pictures = []
        for piece in source.pieces(threading.Event()):
            assert isinstance(piece, CodedPicture)
            pictures.append(piece)
            if len(pictures) == count:
                break
        return pictures
    finally:
        source.close()


@pytest.mark.parametrize("name", ["plain", "reordered"])
async def test_pictures_come_whole_and_in_time(cameras: SimulatedCameras, name: str) -> None:
    pictures = await asyncio.to_thread(read, cameras.url(name), 15)
    assert {b.dts - a.dts for a, b in itertools.pairwise(pictures)} == {9_000}
    assert any(nal.nal_type(unit) == nal.IDR for unit in pictures[0].nals)  # none is thrown away
    assert any(p.pts != p.dts for p in pictures) is (name == "reordered")


async def test_h265_becomes_whole_key_pictures_and_parameters(cameras: SimulatedCameras) -> None:
    pictures = await asyncio.to_thread(read, cameras.url("h265"), 15)
    told = list(assembled(pictures, codec=H265))
    parameters = told[0][0]
    assert parameters is not None
    assert parameters.codec.startswith("hvc1.")
    assert (parameters.width, parameters.height) == (WIDTH, HEIGHT)
    assert [unit.key for _, unit in told] == [n % 10 == 0 for n in range(15)]


@pytest.mark.parametrize("codec", ["libx264", "libx265"])
async def test_parameter_sets_that_only_the_sdp_has_are_used(tmp_path: Path, codec: str) -> None:
    kept, cut, way = H264, h264_payloads, "H264"
    if codec == "libx265":
        kept, cut, way = H265, h265_payloads, "H265"
    pictures = coded(tmp_path, codec=codec)
    sets = [unit for kind in kept.sets for unit in pictures[0].nals if kept.nal_type(unit) == kind]
    told = [base64.b64encode(unit).decode() for unit in sets]
    names = ("sprop-vps", "sprop-sps", "sprop-pps")
    sprops = (
        f"packetization-mode=1; sprop-parameter-sets={','.join(told)}"
        if way == "H264"
        else "; ".join(f"{name}={text}" for name, text in zip(names, told, strict=True))
    )
    media = f"m=video 0 RTP/AVP 96\na=rtpmap:96 {way}/90000\na=fmtp:96 {sprops}"

    async def play(line: Line) -> None:
        for number, picture in enumerate(pictures):
            bare = [unit for unit in picture.nals if kept.nal_type(unit) not in kept.sets]
            parts = [part for unit in bare for part in cut(unit)]
            for n, part in enumerate(parts):
                line.rtp(0, 96, number * 9_000, part, last=n == len(parts) - 1)
            await asyncio.sleep(0.1)

    def watch(url: str) -> StreamParameters | None:
        source = RtspSource(url, 2.0)
        assembler = Assembler(codec=source.codec)
        assembler.offer_parameters(source.parameter_sets())
        try:
            for piece in source.pieces(threading.Event()):
                assert isinstance(piece, CodedPicture)
                parameters, _ = assembler.push(piece, START_S)
                return parameters
        finally:
            source.close()
        return None

    async with OddCamera([Track(media)], play) as camera:
        parameters = await asyncio.to_thread(watch, camera.url)
    assert parameters is not None
    assert (parameters.width, parameters.height) == (WIDTH, HEIGHT)


async def test_another_codec_says_what_to_set(cameras: SimulatedCameras) -> None:
    with pytest.raises(UnsupportedCodec, match=r"sends mpeg4; set this stream to H\.264"):
        await asyncio.to_thread(read, cameras.url("mpeg4"), 1)


async def test_an_unknown_path_is_a_fault(cameras: SimulatedCameras) -> None:
    with pytest.raises(SourceFault, match="404, the camera has no stream at this path"):
        await asyncio.to_thread(read, cameras.url("nowhere"), 1)


@pytest.mark.parametrize("status", ["401 Unauthorized", "403 Forbidden"])
async def test_a_refused_password_is_told_apart(status: str) -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while head := await reader.readuntil(b"\r\n\r\n"):
                cseq = head.partition(b"CSeq: ")[2].partition(b"\r\n")[0].decode()
                said = "200 OK" if head.startswith(b"OPTIONS") else status
                challenge = 'WWW-Authenticate: Digest realm="cam", nonce="1"'
                writer.write(f"RTSP/1.0 {said}\r\nCSeq: {cseq}\r\n{challenge}\r\n\r\n".encode())
        writer.close()

    server = await asyncio.start_server(refuse, "127.0.0.1", 0)
    async with server:
        url = f"rtsp://admin:s3cret@127.0.0.1:{server.sockets[0].getsockname()[1]}/x"
        with pytest.raises(AuthFailed, match=status[:3]) as caught:
            await asyncio.to_thread(read, url, 1)
    assert "s3cret" not in str(caught.value)


async def test_noise_and_a_closed_door_say_what_to_check() -> None:
    async def noise(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(b"\x00\xff" * 2_000)
        writer.close()

    door = await asyncio.start_server(noise, "127.0.0.1", 0)
    url = f"rtsp://admin:s3@cret@127.0.0.1:{door.sockets[0].getsockname()[1]}/x"
    with pytest.raises(SourceFault, match=r"\*\*\*@127\.0\.0\.1:\d+/x: .* is not RTSP"):
        await asyncio.to_thread(read, url, 1)
    door.close()
    await door.wait_closed()
    with pytest.raises(SourceFault, match="nothing listens there; check the port"):
        await asyncio.to_thread(read, url, 1)


async def test_a_kick_is_a_fault_not_an_end(cameras: SimulatedCameras) -> None:
    reading = asyncio.create_task(asyncio.to_thread(read, cameras.url("plain"), 1000))
    while not cameras.viewers("plain"):
        await asyncio.sleep(0.05)
    await asyncio.sleep(1.0)
    cameras.kick("plain")
    with pytest.raises(SourceEnded):
        await reading


async def test_silence_is_a_fault(cameras: SimulatedCameras) -> None:
    reading = asyncio.create_task(asyncio.to_thread(read, cameras.url("plain"), 1000, 0.5))
    while not cameras.viewers("plain"):
        await asyncio.sleep(0.05)
    await asyncio.sleep(1.0)
    cameras.stall("plain")
    with pytest.raises(SourceFault, match="no answer in time"):
        await reading


async def test_a_closed_port_is_a_fault_without_the_password() -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
    with pytest.raises(SourceFault) as caught:
        await asyncio.to_thread(read, f"rtsp://admin:secret@127.0.0.1:{port}/x", 1)
    assert "refused" in str(caught.value)
    assert "secret" not in str(caught.value)


async def test_a_server_that_talks_noise_is_a_fault() -> None:
    async def noise(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(bytes(range(256)) * 64)
        writer.close()

    server = await asyncio.start_server(noise, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(SourceFault):
            await asyncio.to_thread(read, f"rtsp://127.0.0.1:{port}/x", 1)
