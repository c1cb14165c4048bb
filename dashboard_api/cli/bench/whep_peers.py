"""What the product's WebRTC path is held against, each as a process of its own.

``python -m dashboard_api.cli.bench.whep_peers decode|stock PORT URL …``: aiortc as its manual
shows it, over the same cameras; POST /whep/N with an offer. ``… floor PACKETS OCTETS SECONDS``:
protect and send so many packets a second of so many octets and do nothing else; print the CPU
seconds.
"""

import asyncio
import os
import socket
import struct
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

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
from pylibsrtp import Policy, Session
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard_api.cli.bench.cpu import cpu_s
from models.kit.clock import SystemClock

_HEAD = struct.Struct("!BBHII")
_TICK_S = 1 / 15
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


async def _floor(packets: int, octets: int, seconds: float) -> float:
    policy = Policy(key=os.urandom(30), ssrc_type=Policy.SSRC_ANY_OUTBOUND)
    protect = Session(policy).protect
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender,
    ):
        receiver.bind(("127.0.0.1", 0))
        address, payload = receiver.getsockname(), os.urandom(octets)
        used, begun, sequence = cpu_s(os.getpid()), _CLOCK.monotonic(), 0
        for tick in range(round(seconds / _TICK_S)):
            for _ in range(round(packets * _TICK_S)):
                head = _HEAD.pack(0x80, 96, sequence & 0xFFFF, tick * 6000, 7)
                sender.sendto(protect(head + payload), address)
                sequence += 1
            await asyncio.sleep(max(begun + tick * _TICK_S - _CLOCK.monotonic(), 0))
        return cpu_s(os.getpid()) - used


def main(what: str, *rest: str) -> None:
    if what == "floor":
        packets, octets, seconds = rest
        print(uvloop.run(_floor(int(packets), int(octets), float(seconds))))
        return
    port, *urls = rest
    _serve(int(port), urls, decode=what == "decode")


if __name__ == "__main__":
    main(*sys.argv[1:])
