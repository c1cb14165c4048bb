"""Any RTSP client can open the simulated cameras, and nothing a client sends ends them."""

import asyncio
from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path

import av
import pytest

from ingest.simulated.clip import load_clip
from ingest.simulated.rtsp_server import SimulatedCameras
from models.kit.errors import Conflict, InvalidInput, NotFound
from tests.ingest.encoded import brightness, write_clip

OPTIONS = {"rtsp_transport": "tcp"}
OPENING_S = 10.0


@pytest.fixture
async def cameras(tmp_path: Path) -> AsyncIterator[SimulatedCameras]:
    clip = write_clip(tmp_path / "plain.mp4", pictures=20)
    other = write_clip(tmp_path / "other.mp4", pictures=40, gop=20)
    async with SimulatedCameras(seed=1) as simulated:
        for kind in ("main", "sub"):
            simulated.add(f"hall/{kind}", {"plain": clip, "other": other})
        simulated.add("reordered", {"x": write_clip(tmp_path / "b.mp4", b_frames=2)})
        simulated.add("mpeg4", {"x": write_clip(tmp_path / "m.mp4", codec="mpeg4")})
        yield simulated


def _pull(url: str, pictures: int) -> tuple[str, list[tuple[int | None, bool]]]:
    with av.open(url, options=OPTIONS, timeout=OPENING_S) as container:
        video = container.streams.video[0]
        packets: list[tuple[int | None, bool]] = []
        for packet in container.demux(video):
            packets.append((packet.pts, packet.is_keyframe))
            if len(packets) == pictures:
                break
        return video.codec_context.name, packets


@pytest.mark.parametrize(
    ("name", "codec"), [("hall/main", "h264"), ("reordered", "h264"), ("mpeg4", "mpeg4")]
)
async def test_a_client_plays_it(cameras: SimulatedCameras, name: str, codec: str) -> None:
    found, packets = await asyncio.to_thread(_pull, cameras.url(name), 5)
    assert found == codec
    assert packets[0][1]  # begins with a key picture


async def test_timestamps_go_on_across_the_loop(cameras: SimulatedCameras) -> None:
    _, packets = await asyncio.to_thread(_pull, cameras.url("hall/sub"), 27)
    times = [pts for pts, _ in packets[1:] if pts is not None]
    assert {b - a for a, b in pairwise(times)} == {9_000}
    keys = [n for n, (_, key) in enumerate(packets) if key]
    assert keys == [0, 10, 20]


async def test_streams_of_a_scene_show_the_same_moment(cameras: SimulatedCameras) -> None:
    main, sub = cameras.camera("hall/main"), cameras.camera("hall/sub")
    (_, main_at), (_, sub_at) = main.next_key(), sub.next_key()
    assert (main_at - sub_at) % 90_000 in (0, 1, 89_999)  # keys come every second


async def test_the_pictures_are_those_of_the_clip(cameras: SimulatedCameras) -> None:
    def levels() -> list[int]:
        with av.open(cameras.url("hall/main"), options=OPTIONS, timeout=OPENING_S) as container:
            frames = container.decode(video=0)
            return [round(float(next(frames).to_ndarray()[:100].mean())) for _ in range(3)]

    found = await asyncio.to_thread(levels)
    expected = [brightness(n % 20) for n in range(25)]
    assert any(
        all(abs(a - b) <= 2 for a, b in zip(found, expected[n:], strict=False)) for n in (0, 10)
    )


class _Client:
    """Speaks RTSP by hand."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.url = ""
        self.session = ""

    async def ask(self, method: str, path: str = "", **headers: str) -> tuple[int, str]:
        lines = [f"{method} {self.url}{path} RTSP/1.0", "CSeq: 7"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self.writer.write("\r\n".join([*lines, "", ""]).encode())
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode()
        for line in head.split("\r\n"):
            name, _, value = line.partition(": ")
            if name == "Content-Length":
                head += (await self.reader.readexactly(int(value))).decode()
            if name == "Session":
                self.session = value.partition(";")[0]
        assert "CSeq: 7" in head
        return int(head.split(" ")[1]), head

    async def packet(self) -> tuple[int, bytes]:
        head = await self.reader.readexactly(4)
        assert head[:1] == b"$"
        return head[1], await self.reader.readexactly(int.from_bytes(head[2:], "big"))

    async def play(self) -> None:
        tcp = "RTP/AVP/TCP;unicast;interleaved=2-3"
        assert (await self.ask("SETUP", "/trackID=0", Transport=tcp))[0] == 200
        assert (await self.ask("PLAY", Session=self.session))[0] == 200


@pytest.fixture
async def client(cameras: SimulatedCameras) -> AsyncIterator[_Client]:
    made = _Client(*await asyncio.open_connection("127.0.0.1", cameras.port))
    made.url = cameras.url("hall/main")
    yield made
    made.writer.close()


async def test_the_description_names_the_codec_and_its_parameter_sets(client: _Client) -> None:
    status, reply = await client.ask("DESCRIBE", Accept="application/sdp")
    assert status == 200
    assert "packetization-mode=1" in reply
    assert "sprop-parameter-sets=" in reply
    assert "a=control:trackID=0" in reply


async def test_only_interleaved_tcp_is_spoken(client: _Client) -> None:
    udp = "RTP/AVP;unicast;client_port=5000-5001"
    assert (await client.ask("SETUP", "/trackID=0", Transport=udp))[0] == 461
    assert (await client.ask("PLAY"))[0] == 455
    assert (await client.ask("RECORD"))[0] == 405
    assert (await client.ask("OPTIONS"))[0] == 200


async def test_playing_needs_the_session_that_setup_gave(client: _Client) -> None:
    tcp = "RTP/AVP/TCP;unicast;interleaved=0-1"
    assert (await client.ask("SETUP", "/trackID=0", Transport=tcp))[0] == 200
    assert (await client.ask("PLAY", Session="another"))[0] == 454


async def test_pictures_and_reports_come_on_the_asked_channels(client: _Client) -> None:
    await client.play()
    channels: set[int] = set()
    async with asyncio.timeout(10):
        while 3 not in channels:  # a report comes every 3 s
            channels.add((await client.packet())[0])
    assert channels == {2, 3}
    client.writer.write(b"$\x03\x00\x04abcd")  # a client's own RTCP is read and passed over
    channel, _ = await client.packet()
    assert channel in channels


async def test_an_unknown_and_a_stopped_camera_are_not_found(
    cameras: SimulatedCameras, client: _Client
) -> None:
    client.url = cameras.url("nowhere")
    assert (await client.ask("DESCRIBE"))[0] == 404
    client.url = cameras.url("hall/sub")
    cameras.stop_camera("hall")
    assert (await client.ask("DESCRIBE"))[0] == 404
    cameras.start_camera("hall")
    assert (await client.ask("DESCRIBE"))[0] == 200


SEI = 6  # the encoder's own note, in front of a clip's very first picture


async def test_a_stalled_camera_is_silent_and_begins_again_with_a_key_picture(
    cameras: SimulatedCameras, client: _Client
) -> None:
    await client.play()
    await client.packet()
    cameras.stall("hall")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.6):
            while True:
                await client.packet()
    cameras.resume("hall")
    kinds: list[int] = []
    while len(kinds) < 3:
        channel, packet = await client.packet()
        if channel == 2 and packet[12] & 0x1F != SEI:
            kinds.append(packet[12] & 0x1F)
    assert kinds[:2] == [7, 8]  # parameter sets, which go before every key picture


async def test_kicking_ends_the_connection(cameras: SimulatedCameras, client: _Client) -> None:
    await client.play()
    await client.packet()
    assert cameras.viewers("hall") == 1
    assert cameras.kick("hall") == 1
    with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
        while True:
            await client.packet()
    assert cameras.viewers("hall") == 0


async def test_another_variant_is_shown_from_the_next_key_picture(
    cameras: SimulatedCameras, client: _Client
) -> None:
    await client.play()
    cameras.show("hall", "other")
    while cameras.showing("hall/main") != "other":
        await client.packet()
    with pytest.raises(NotFound, match="known: plain, other"):
        cameras.show("hall", "third")


@pytest.mark.parametrize(
    "noise",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 50 + b"\r\n\r\n",
        b"DESCRIBE rtsp://[::1/x RTSP/1.0\r\n\r\n",
        b"PLAY\r\n\r\n",
        b"A" * 20_000,
        b"$\x00\xff\xff" + b"x" * 10,
        b"SETUP rtsp://h/hall/main RTSP/1.0\r\nContent-Length: -5\r\nTransport: ;;=\r\n\r\n",
        b"\xff\xfe\x00",
        b"",
    ],
)
async def test_garbage_harms_nobody_else(
    cameras: SimulatedCameras, client: _Client, noise: bytes
) -> None:
    await client.play()
    _, writer = await asyncio.open_connection("127.0.0.1", cameras.port)
    writer.write(noise)
    writer.write_eof()
    await writer.drain()
    await client.packet()
    writer.close()
    other = _Client(*await asyncio.open_connection("127.0.0.1", cameras.port))
    other.url = cameras.url("hall/main")
    assert (await other.ask("DESCRIBE"))[0] == 200
    other.writer.close()


async def test_cameras_are_refused_with_a_reason(cameras: SimulatedCameras, tmp_path: Path) -> None:
    text = tmp_path / "text.mp4"
    text.write_text("not a film")
    with pytest.raises(InvalidInput, match="cannot be played"):
        cameras.add("text", {"x": text})
    with pytest.raises(InvalidInput, match="at least one clip"):
        cameras.add("none", {})
    with pytest.raises(Conflict):
        cameras.add("mpeg4", {"x": tmp_path / "m.mp4"})
    with pytest.raises(NotFound, match="no simulated camera van"):
        cameras.kick("van")
    with pytest.raises(Conflict, match="start"):
        SimulatedCameras().add("x", {"x": text})


def test_a_clip_keeps_order_and_times_of_reordered_pictures(tmp_path: Path) -> None:
    clip = load_clip(write_clip(tmp_path / "b.mp4", pictures=20, b_frames=2))
    assert [p.decode_at for p in clip.pictures] == [n * 9_000 for n in range(20)]
    assert all(p.show_at >= p.decode_at for p in clip.pictures)
    assert clip.duration == 20 * 9_000
    assert clip.key_indexes == (0, 10)
