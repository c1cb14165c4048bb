"""``python -m dashboard_api.cli.bench.whep_load``: WebRTC viewers that only count packets.

Reads one JSON line from stdin: a list of WHEP addresses. Says ``ready`` once a packet came for
each. A line on stdin begins the count, the next one ends it and is answered with one JSON line;
the end of stdin ends it all.
"""

import asyncio
import json
import sys
from contextlib import suppress
from dataclasses import dataclass, field

import httpx
import uvloop
from aiortc import (
    RTCConfiguration,
    RTCDtlsTransport,
    RTCPeerConnection,
    RTCSessionDescription,
)
from aiortc.rtp import RtcpReceiverInfo, RtcpRrPacket, is_rtcp

from models.kit.clock import SystemClock

_AT_ONCE = 4
_REPORT_S = 1.0  # as often as a browser
_PATIENCE_S = 60.0
_SDP = {"Content-Type": "application/sdp"}
_CLOCK = SystemClock()


@dataclass
class Counting:
    """One viewer: real ICE, DTLS and receiver reports, but packets are not even decrypted."""

    address: str
    packets: int = 0
    octets: int = 0
    ssrc: int = 0
    began: asyncio.Event = field(default_factory=asyncio.Event)

    async def open(self, http: httpx.AsyncClient) -> None:
        self.connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        transceiver = self.connection.addTransceiver("video", direction="recvonly")
        self._count_at(transceiver.receiver.transport)
        await self.connection.setLocalDescription(await self.connection.createOffer())
        offer = self.connection.localDescription.sdp
        answer = await http.post(self.address, content=offer, headers=_SDP)
        answer.raise_for_status()
        await self.connection.setRemoteDescription(RTCSessionDescription(answer.text, "answer"))
        await self.began.wait()

    async def report(self) -> None:
        """Say once a second that all came, for ever."""
        while True:
            await asyncio.sleep(_REPORT_S)
            received = RtcpReceiverInfo(
                ssrc=self.ssrc,
                fraction_lost=0,
                packets_lost=0,
                highest_sequence=0,
                jitter=0,
                lsr=0,
                dlsr=0,
            )
            with suppress(ConnectionError):
                packet = bytes(RtcpRrPacket(ssrc=1, reports=[received]))
                await self._transport._send_rtp(packet)  # noqa: SLF001

    def _count_at(self, transport: RTCDtlsTransport) -> None:
        """Take SRTP away before aiortc sees it: this process must not slow the measured one."""
        self._transport = transport
        ice = transport.transport
        receive = ice._recv  # noqa: SLF001

        async def counted() -> bytes:
            while True:
                data: bytes = await receive()
                if not 127 < data[0] < 192 or is_rtcp(data):  # RFC 7983
                    return data
                self.packets += 1
                self.began.set()
                self.octets += len(data)
                self.ssrc = int.from_bytes(data[8:12], "big")

        ice._recv = counted  # noqa: SLF001


async def _run() -> None:
    loop = asyncio.get_running_loop()
    lines = asyncio.StreamReader(limit=16 * 1024 * 1024)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    viewers = [Counting(address) for address in json.loads(await lines.readline())]
    turns = asyncio.Semaphore(_AT_ONCE)
    async with httpx.AsyncClient(trust_env=False, timeout=_PATIENCE_S) as http:

        async def join(viewer: Counting) -> None:
            async with turns:
                await asyncio.wait_for(viewer.open(http), _PATIENCE_S)

        await asyncio.gather(*map(join, viewers))
    reports = [asyncio.create_task(viewer.report()) for viewer in viewers]
    print("ready", flush=True)
    while await lines.readline():
        begun = _CLOCK.monotonic()
        for viewer in viewers:
            viewer.packets = viewer.octets = 0
        if not await lines.readline():
            break
        found = {
            "seconds": _CLOCK.monotonic() - begun,
            "packets": [viewer.packets for viewer in viewers],
            "octets": sum(viewer.octets for viewer in viewers),
        }
        print(json.dumps(found), flush=True)
    for report in reports:
        report.cancel()
    await asyncio.gather(*(viewer.connection.close() for viewer in viewers))


if __name__ == "__main__":
    uvloop.run(_run())
