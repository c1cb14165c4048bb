"""WebRTC viewers for tests: a second real peer, which decodes packets as the camera made them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import av
import httpx
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription

from tests.ingest.media.conftest import CAMERA, RunningNode

PATH = f"/media/v1/cameras/{CAMERA}/whep"
SDP = {"Content-Type": "application/sdp"}


@asynccontextmanager
async def viewer() -> AsyncIterator[RTCPeerConnection]:
    connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    connection.addTransceiver("video", direction="recvonly")
    try:
        yield connection
    finally:
        await connection.close()


async def offer_of(connection: RTCPeerConnection) -> str:
    await connection.setLocalDescription(await connection.createOffer())
    return str(connection.localDescription.sdp)


async def join(
    node: RunningNode, connection: RTCPeerConnection, *, camera: UUID = CAMERA
) -> httpx.Response:
    answer = await node.http.post(
        f"/media/v1/cameras/{camera}/whep",
        params={"stream": "sub"},
        content=await offer_of(connection),
        headers={**SDP, "Authorization": f"Bearer {node.ticket(camera=camera)}"},
    )
    if answer.status_code == 201:
        await connection.setRemoteDescription(RTCSessionDescription(answer.text, "answer"))
    return answer


async def join_again(node: RunningNode, connection: RTCPeerConnection) -> httpx.Response:
    return await node.http.post(
        PATH,
        params={"stream": "sub", "ticket": node.ticket()},
        content=str(connection.localDescription.sdp),
        headers=SDP,
    )


async def brightness_seen(connection: RTCPeerConnection, count: int) -> list[float]:
    [transceiver] = connection.getTransceivers()
    seen = []
    for _ in range(count):
        frame = await asyncio.wait_for(transceiver.receiver.track.recv(), 10)
        assert isinstance(frame, av.VideoFrame)
        seen.append(float(frame.to_ndarray(format="gray").mean()))
    return seen


async def connected(connection: RTCPeerConnection) -> None:
    while connection.connectionState != "connected":
        await asyncio.sleep(0.01)
