"""A microphone through the node into a simulated camera's loudspeaker, byte by byte."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import cast

import httpx
import pytest
from aiortc import AudioStreamTrack, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.rtp import RtpPacket, is_rtcp
from av import AudioFrame

from ingest.cameras.backchannel import speaker_url
from ingest.media import talk
from ingest.media.node import MediaNode
from ingest.media.revocation import Revocations
from ingest.media.talk import Talks
from ingest.media.tickets import Ticket
from ingest.simulated.rtsp_server import SimulatedCameras
from models.kit.clock import ManualClock, SystemClock
from models.kit.database import Database
from models.kit.errors import NotFound, Unauthenticated, Unavailable
from models.kit.settings import Settings
from tests.ingest.encoded import write_clip
from tests.ingest.media import footage
from tests.ingest.media.conftest import CAMERA, KEY, KnownFeeds, RunningNode, running
from tests.ingest.media.viewers import SDP, connected

pytestmark = pytest.mark.usefixtures("loopback")
PATH = f"/media/v1/cameras/{CAMERA}/talk"


class Murmur(AudioStreamTrack):
    """A microphone in a noisy room, so that no two packets are alike."""

    _random = random.Random(7)

    async def recv(self) -> AudioFrame:
        frame = cast("AudioFrame", await super().recv())
        for plane in frame.planes:
            plane.update(self._random.randbytes(plane.buffer_size))
        return frame


@dataclass
class Speaker:
    """A browser that speaks; ``said`` are its RTP payloads."""

    connection: RTCPeerConnection
    said: list[bytes] = field(default_factory=list)

    async def offer(self) -> str:
        await self.connection.setLocalDescription(await self.connection.createOffer())
        return str(self.connection.localDescription.sdp)

    async def take(self, answer: str) -> None:
        await self.connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        await asyncio.wait_for(connected(self.connection), 10)


@asynccontextmanager
async def speaker() -> AsyncIterator[Speaker]:
    connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    connection.addTransceiver(Murmur(), direction="sendonly")
    speaking = Speaker(connection)
    transport = connection.getTransceivers()[0].sender.transport
    send = transport._send_rtp

    async def noted(packet: bytes) -> None:
        if not is_rtcp(packet):
            speaking.said.append(RtpPacket.parse(packet).payload)
        await send(packet)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(transport, "_send_rtp", noted)
        yield speaking
    await connection.close()


@pytest.fixture
async def cameras(tmp_path: Path) -> AsyncIterator[SimulatedCameras]:
    async with SimulatedCameras(seed=1) as simulated:
        simulated.add("hall/main", {"x": write_clip(tmp_path / "x.mp4", pictures=20)})
        yield simulated


@pytest.fixture
async def clock() -> ManualClock:
    return ManualClock(footage.START)


@pytest.fixture
async def node(
    cameras: SimulatedCameras,
    settings: Settings,
    no_database: Database,
    clock: ManualClock,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[RunningNode]:
    monkeypatch.setattr(talk, "_LOOK_S", 0.05)
    feeds = KnownFeeds(addresses={CAMERA: cameras.url("hall/main")})
    async with running(feeds, no_database, settings, clock) as started:
        yield started


async def begin(node: RunningNode, offer: str, **ticket: object) -> httpx.Response:
    allowed = node.ticket(**{"purpose": "talk", **ticket})  # type: ignore[arg-type]
    headers = {**SDP, "Authorization": f"Bearer {allowed}"}
    return await node.http.post(PATH, content=offer, headers=headers)


async def until(look: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not look():
            await asyncio.sleep(0.02)


async def test_what_is_said_comes_out_of_the_loudspeaker_byte_by_byte(
    node: RunningNode, cameras: SimulatedCameras
) -> None:
    heard = cameras.camera("hall/main").heard
    async with speaker() as speaking:
        answer = await begin(node, await speaking.offer())
        assert answer.status_code == 201
        assert "PCMA/8000" in answer.text
        assert "opus" not in answer.text
        await speaking.take(answer.text)
        await until(lambda: len(heard) >= 25)
        packets = [RtpPacket.parse(packet) for packet in list(heard)[:25]]
        assert [packet.payload for packet in packets] == speaking.said[:25]
        first = packets[0]
        for number, packet in enumerate(packets):
            assert packet.payload_type == 8
            assert packet.ssrc == first.ssrc
            assert packet.marker == (number == 0)
            assert packet.sequence_number == (first.sequence_number + number) % (1 << 16)
            assert packet.timestamp == (first.timestamp + 160 * number) % (1 << 32)
        location = answer.headers["location"]
        assert location.startswith(f"{PATH}/")
        assert (await node.http.delete(location)).status_code == 204
        assert (await node.http.delete(location)).status_code == 404


async def test_one_speaks_at_a_time_and_the_other_is_told_who(node: RunningNode) -> None:
    async with speaker() as one, speaker() as two:
        first = await begin(node, await one.offer())
        assert first.status_code == 201
        refused = await begin(node, await two.offer(), user="bolat")
        assert refused.status_code == 409
        assert refused.json()["detail"].startswith("aigerim ")  # the page shows it
        await node.http.delete(first.headers["location"])
        assert (await begin(node, await two.offer(), user="bolat")).status_code == 201


@pytest.mark.parametrize(("seconds", "speaks"), [(talk.SILENT_S, False), (talk.LONGEST_S, True)])
async def test_it_ends_by_itself(
    node: RunningNode, clock: ManualClock, seconds: float, *, speaks: bool
) -> None:
    async with speaker() as speaking:
        answer = await begin(node, await speaking.offer())
        if speaks:
            await speaking.take(answer.text)
        clock.advance(timedelta(seconds=seconds + 1))
        location = answer.headers["location"]
        await asyncio.sleep(talk._LOOK_S + 0.25)
        assert (await node.http.delete(location)).status_code == 404


async def test_a_stalled_or_cut_camera_ends_it_and_makes_room(
    node: RunningNode, cameras: SimulatedCameras
) -> None:
    async with speaker() as speaking, speaker() as again:
        answer = await begin(node, await speaking.offer())
        await speaking.take(answer.text)
        await cameras.close()
        await asyncio.sleep(0.5)
        assert (await node.http.delete(answer.headers["location"])).status_code == 404
        gone = await begin(node, await again.offer())
        assert (gone.status_code, "does not answer" in gone.json()["detail"]) == (503, True)


async def test_a_ticket_to_watch_is_none_to_speak(node: RunningNode) -> None:
    assert (await begin(node, "v=0", purpose="live")).status_code == 403


@pytest.mark.parametrize("offer", ["", "noise", "v=0\r\no=- 0 0 IN IP4 0\r\ns=-\r\nt=0 0\r\n"])
async def test_a_bad_offer_is_a_problem_and_frees_the_camera(node: RunningNode, offer: str) -> None:
    for _ in range(2):
        answer = await begin(node, offer)
        assert answer.status_code == 422


async def test_a_session_that_ends_takes_the_word_away(
    cameras: SimulatedCameras, settings: Settings, no_database: Database
) -> None:
    clock = SystemClock()
    revocations = Revocations(clock)
    talks = Talks(MediaNode(KnownFeeds(), no_database, settings, KEY, clock, revocations))
    ticket = Ticket("aigerim", "s-1", CAMERA, "talk", None, None, clock.now())
    async with speaker() as speaking, speaker() as other:
        name, _ = await talks.begin(ticket, cameras.url("hall/main"), await speaking.offer())
        revocations.revoke("s-1")
        await asyncio.sleep(0.3)
        with pytest.raises(NotFound, match="has ended"):
            await talks.end(str(CAMERA), name)
        with pytest.raises(Unauthenticated):
            await talks.begin(ticket, cameras.url("hall/main"), await other.offer())
    await talks.close()


@pytest.mark.parametrize(
    ("described", "meaning"),
    [
        ("RTSP/1.0 551 Option not supported\r\nCSeq: 1\r\n\r\n", NotFound),
        ("RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length: 5\r\n\r\nv=0\r\n", NotFound),
        ("RTSP/1.0 403 Forbidden\r\nCSeq: 1\r\n\r\n", Unavailable),
        ("HTTP/1.1 200 OK\r\n\r\n", Unavailable),
        ("", Unavailable),
    ],
)
async def test_cameras_without_a_loudspeaker_say_so_in_many_ways(
    described: str, meaning: type[Exception], settings: Settings, no_database: Database
) -> None:
    async def camera(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(described.encode())
        await writer.drain()
        writer.close()

    clock = SystemClock()
    talks = Talks(MediaNode(KnownFeeds(), no_database, settings, KEY, clock, Revocations(clock)))
    ticket = Ticket("aigerim", "s-1", CAMERA, "talk", None, None, clock.now())
    async with await asyncio.start_server(camera, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(meaning):
            await talks.begin(ticket, f"rtsp://127.0.0.1:{port}/x", "v=0")


async def test_a_camera_that_wants_a_password_by_digest_gets_it_at_each_request(
    settings: Settings, no_database: Database
) -> None:
    seen: list[tuple[str, bool]] = []
    sdp = "v=0\r\nm=audio 0 RTP/AVP 8\r\na=sendonly\r\na=control:trackID=3\r\n"

    async def camera(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := (await reader.readuntil(b"\r\n\r\n")).decode():
            method, signed = head.split(" ")[0], 'Authorization: Digest username="admin"' in head
            seen.append((method, signed))
            status = "200 OK" if signed else "401 Unauthorized"
            body = sdp if method == "DESCRIBE" and signed else ""
            writer.write(
                f'RTSP/1.0 {status}\r\nSession: 9\r\nWWW-Authenticate: Digest realm="c", nonce="1"'
                f"\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()
            )
            if method == "TEARDOWN":
                writer.close()
                return

    clock = SystemClock()
    talks = Talks(MediaNode(KnownFeeds(), no_database, settings, KEY, clock, Revocations(clock)))
    ticket = Ticket("aigerim", "s-1", CAMERA, "talk", None, None, clock.now())
    async with await asyncio.start_server(camera, "127.0.0.1", 0) as server, speaker() as speaking:
        port = server.sockets[0].getsockname()[1]
        url = f"rtsp://admin:s%40cret@127.0.0.1:{port}/x"
        await talks.begin(ticket, url, await speaking.offer())
        await talks.close()
    assert seen[:4] == [("DESCRIBE", False), ("DESCRIBE", True), ("SETUP", True), ("PLAY", True)]


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["m=audio 0 RTP/AVP 8", "a=sendonly", "a=control:t=2"], "rtsp://h/cam/t=2"),
        (["m=audio 0 RTP/AVP 0 8", "a=sendonly", "a=control:rtsp://h/else"], "rtsp://h/else"),
        (["m=audio 0 RTP/AVP 8", "a=recvonly", "a=control:t=2"], None),  # its microphone
        (["m=audio 0 RTP/AVP 97", "a=sendonly", "a=control:t=2"], None),  # AAC only
        (["m=video 0 RTP/AVP 96", "a=sendonly", "a=control:t=2"], None),
        ([], None),
    ],
)
def test_the_loudspeaker_is_found_among_the_tracks(lines: list[str], found: str | None) -> None:
    sdp = "\r\n".join(["v=0", "m=video 0 RTP/AVP 96", "a=control:t=1", *lines, ""])
    assert speaker_url(sdp, "rtsp://h/cam/") == found
