"""What the product's WebRTC path is held against, each as a process of its own.

``python -m dashboard_api.cli.bench.whep_peers decode|stock PORT URL …``: aiortc as its manual
shows it, over the same cameras; POST /whep/N with an offer. ``… runs|packets VIEWERS PACKETS
OCTETS SECONDS``: encrypt and send each viewer so many packets a second of so many octets, to
sockets that are read, and do nothing else; a picture a call, or a packet a call. Print as JSON
the CPU seconds and how many packets were sent and received, the first second left out.
"""

import asyncio
import json
import multiprocessing
import os
import select
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from multiprocessing.connection import Connection

import uvicorn
import uvloop
from aiortc import (
    MediaStreamTrack,
    RTCConfiguration,
    RTCPeerConnection,
    RTCRtpSender,
    RTCSessionDescription,
)
from aiortc.contrib.media import MediaPlayer, MediaRelay
from aiortc.rtcdtlstransport import SRTP_PROFILES
from pylibsrtp import Policy, Session
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard_api.cli.bench.cpu import cpu_s
from ingest.media.aiortc_inside import way_to
from ingest.media.packet_wire import PacketWire
from ingest.media.packets import HEAD_BYTES, Packets
from models.kit.clock import SystemClock

_ROOM = 2048
_WARM_S = 1.0
_SETTLE_S = 0.2
_PER_CAMERA = 4  # viewers that get a picture at the same moment
_CLOCK = SystemClock()


class _Aiortc:
    """MediaPlayer and MediaRelay; every camera also has a reader that throws all away.

    That reader stands for what runs without viewers, so that only viewers are counted.
    """

    def __init__(self, urls: list[str], *, decode: bool) -> None:
        self._relay = MediaRelay()
        self._tracks: list[MediaStreamTrack] = []
        self._connections: set[RTCPeerConnection] = set()
        self._decode = decode
        self._urls = urls

    async def open(self) -> None:
        """Open every camera; FFmpeg looks at each for seconds."""
        options = {"rtsp_transport": "tcp"}
        players = await asyncio.gather(
            *(
                asyncio.to_thread(MediaPlayer, url, options=options, decode=self._decode)
                for url in self._urls
            )
        )
        self._tracks = [player.video for player in players if player.video is not None]

    async def read(self) -> None:
        await asyncio.gather(*(self._read(track) for track in self._tracks))

    async def _read(self, track: MediaStreamTrack) -> None:
        mine = self._relay.subscribe(track)
        while True:
            await mine.recv()

    async def join(self, request: Request) -> Response:
        connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._connections.add(connection)
        track = self._tracks[int(request.path_params["number"])]
        connection.addTrack(self._relay.subscribe(track))
        codecs = RTCRtpSender.getCapabilities("video").codecs
        h264 = [codec for codec in codecs if codec.mimeType == "video/H264"]
        connection.getTransceivers()[0].setCodecPreferences(h264)
        offer = (await request.body()).decode()
        await connection.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        await connection.setLocalDescription(await connection.createAnswer())
        return Response(connection.localDescription.sdp, 201)


def _serve(port: int, urls: list[str], *, decode: bool) -> None:
    aiortc = _Aiortc(urls, decode=decode)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        await aiortc.open()
        reading = asyncio.create_task(aiortc.read())
        yield
        reading.cancel()

    app = Starlette(
        routes=[Route("/whep/{number}", aiortc.join, methods=["POST"])], lifespan=lifespan
    )
    uvicorn.run(app, port=port, loop="uvloop", log_level="warning", timeout_graceful_shutdown=1)


def _drain(receivers: list[socket.socket], done: Connection) -> None:
    """Read all sockets until told to stop; tell how many packets came since told to begin."""
    poll = select.epoll()
    by_number = {one.fileno(): one for one in receivers}
    for number in (*by_number, done.fileno()):
        poll.register(number, select.EPOLLIN)
    count, told = 0, 0
    while told < 2:
        for number, _ in poll.poll():
            if number == done.fileno():
                done.recv()
                told += 1
                if told == 1:
                    count = 0
                continue
            with suppress(BlockingIOError):
                while by_number[number].recv(_ROOM):
                    count += 1
    done.send(count)


def _sockets(count: int, address: str) -> list[socket.socket]:
    made = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(count)]
    for one in made:
        one.bind((address, 0))
        one.setblocking(False)
    return made


async def _floor(
    viewers: int, packets: float, octets: int, seconds: float, *, together: bool
) -> dict[str, float]:
    """Send each viewer a picture's packets 15 times a second; whole pictures if ``together``."""
    receivers, senders = _sockets(viewers, "127.0.0.1"), _sockets(viewers, "127.0.0.1")
    ours, theirs = multiprocessing.Pipe()
    drain = multiprocessing.get_context("fork").Process(target=_drain, args=(receivers, theirs))
    drain.start()
    policy = SRTP_PROFILES[0]  # what two aiortc agree on, as the measured viewers do
    sessions = [
        Session(
            Policy(
                key=os.urandom(policy.key_length + policy.salt_length),
                ssrc_type=Policy.SSRC_ANY_OUTBOUND,
                srtp_profile=policy.libsrtp_profile,
            )
        )
        for _ in range(viewers)
    ]
    wires = [
        PacketWire(way_to(session, sender.fileno(), receiver.getsockname()), segmenting=together)
        for session, sender, receiver in zip(sessions, senders, receivers, strict=True)
    ]
    picture = Packets([os.urandom(octets - HEAD_BYTES - wires[0].trailer)] * round(packets / 15))
    runs = picture.runs(96, wires[0].trailer)
    sequence, sent, begun = 0, 0, _CLOCK.monotonic()
    warm, last = round(_WARM_S * 15), round((_WARM_S + seconds) * 15)
    marks: list[float] = []
    for tick in range(last + last - warm):  # in the end the same without sending: to wake up costs
        if tick in {warm, last}:
            marks.append(cpu_s(os.getpid()))
        if tick == warm:
            ours.send(None)
            sent = 0
        for number, wire in enumerate(wires):
            if number % _PER_CAMERA == 0:  # pictures of cameras do not come all at one moment
                due = begun + (tick + number / viewers) / 15
                await asyncio.sleep(max(due - _CLOCK.monotonic(), 0))
            if tick < last:
                wire.send(runs, sequence & 0xFFFF, tick * 6000, 7)
                sent += picture.count
        sequence += picture.count
    used = marks[1] - marks[0] - (cpu_s(os.getpid()) - marks[1])
    await asyncio.sleep(_SETTLE_S)
    ours.send(None)
    received = await asyncio.to_thread(ours.recv)
    drain.join()
    return {"cpu_s": used, "sent": sent, "received": received}


def main(what: str, *rest: str) -> None:
    if what in {"runs", "packets"}:
        viewers, packets, octets, seconds = rest
        floor = _floor(
            *(int(viewers), float(packets), int(octets), float(seconds)), together=what == "runs"
        )
        print(json.dumps(uvloop.run(floor)))
        return
    port, *urls = rest
    _serve(int(port), urls, decode=what == "decode")


if __name__ == "__main__":
    main(*sys.argv[1:])
