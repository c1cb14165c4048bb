"""Viewers that come and go, and cameras that fail on cue: what a soak puts a node through."""

import asyncio
import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from uuid import UUID

import httpx
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from dashboard_api.cli import sim
from ingest.media.tickets import Purpose, Ticket, sign
from ingest.media.wire import Flag, Kind, WireError, unpack
from ingest.simulated.farm import farm_name
from models.kit.clock import Clock

_TILES = 8
_LONGEST_VISIT_S = 8.0
_LOOK_S = 3.0
_CONNECT_S = 10.0
_LARGEST_MESSAGE = 32 * 1024 * 1024
_FAULTS = (("kick", ""), ("reset", ""), ("stall", "resume"), ("stop", "start"))


@dataclass
class Node:
    """The node that is visited, and what became of the visits."""

    address: str
    key: bytes
    clock: Clock
    cameras: list[UUID]
    done: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)

    def ticket(self, camera: UUID, purpose: Purpose, ago_s: float = 0, span_s: float = 0) -> str:
        now = self.clock.now()
        starts_at = now - timedelta(seconds=ago_s) if ago_s else None
        ends_at = starts_at + timedelta(seconds=span_s) if starts_at else None
        return sign(
            Ticket(
                user="soak",
                session="soak",
                camera=camera,
                purpose=purpose,
                starts_at=starts_at,
                ends_at=ends_at,
                expires_at=now + timedelta(seconds=60),
            ),
            self.key,
        )


async def wall(node: Node, _http: httpx.AsyncClient, choice: Random) -> None:
    """Open a window of some tiles, change one, and leave, at times without a word."""
    async with _socket(node) as window:
        cameras = choice.sample(node.cameras, min(_TILES, len(node.cameras)))
        for number, camera in enumerate(cameras):
            await _add(node, window, number, camera)
        await _read(window, choice.uniform(1, _LONGEST_VISIT_S))
        await window.send(json.dumps({"type": "remove", "tile": 0}))
        await _add(node, window, 1, choice.choice(node.cameras))
        await _read(window, 1)
        if choice.random() < 0.3:
            window.transport.abort()


async def peer(node: Node, http: httpx.AsyncClient, choice: Random) -> None:
    """Watch by WebRTC and leave, half of the time without a word."""
    connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    try:
        connection.addTransceiver("video", direction="recvonly")
        await connection.setLocalDescription(await connection.createOffer())
        camera = choice.choice(node.cameras)
        answer = await http.post(
            f"/media/v1/cameras/{camera}/whep?stream=sub",
            content=connection.localDescription.sdp,
            headers={
                "Content-Type": "application/sdp",
                "Authorization": f"Bearer {node.ticket(camera, 'live')}",
            },
        )
        if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
            return  # the camera has sent nothing yet
        answer.raise_for_status()
        await connection.setRemoteDescription(RTCSessionDescription(answer.text, "answer"))
        await asyncio.sleep(choice.uniform(1, 4))
        if choice.random() < 0.5:
            await http.delete(answer.headers["Location"])
    finally:
        await connection.close()


async def player(node: Node, http: httpx.AsyncClient, choice: Random) -> None:
    """Replay the last seconds: a playlist and its first pieces; a snapshot beside it."""
    camera = choice.choice(node.cameras)
    ticket = node.ticket(camera, "replay", 20, 15)
    start = node.clock.now().timestamp() - 19
    query = {"from": str(start), "to": str(start + 12), "stream": "sub", "ticket": ticket}
    playlist = await http.get(f"/media/v1/cameras/{camera}/replay.m3u8", params=query)
    if playlist.status_code == httpx.codes.NOT_FOUND:
        return  # the camera was away just then
    playlist.raise_for_status()
    addresses = [line for line in playlist.text.splitlines() if line.startswith("/")]
    for address in addresses[:2]:
        (await http.get(address, headers={"Range": "bytes=0-4095"})).raise_for_status()


async def snapshot(node: Node, http: httpx.AsyncClient, choice: Random) -> None:
    camera = choice.choice(node.cameras)
    query = {"ticket": node.ticket(camera, "live"), "stream": "sub"}
    answer = await http.get(f"/media/v1/cameras/{camera}/snapshot.jpg", params=query)
    if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
        answer.raise_for_status()


VISITS = {"wall": wall, "peer": peer, "player": player, "snapshot": snapshot}


async def visit_on(node: Node, kind: str, pause_s: float, choice: Random) -> None:
    """Visit again and again for ever; what fails is counted by its reason."""
    async with httpx.AsyncClient(
        base_url=f"http://{node.address}", trust_env=False, timeout=20
    ) as http:
        while True:
            try:
                await VISITS[kind](node, http, choice)
                node.done[kind] += 1
            except (OSError, httpx.HTTPError, ConnectionClosed, WireError) as error:
                node.failed[f"{kind}: {type(error).__name__} {error}"[:160]] += 1
            await asyncio.sleep(choice.uniform(0, pause_s))


async def flap_on(node: Node, control_port: int, cameras: int, choice: Random) -> None:
    """Let the farm's first ``cameras`` cameras fail one after another, for ever."""
    while True:
        name = farm_name(choice.randrange(cameras))
        fault, repair = choice.choice(_FAULTS)
        await sim.send(control_port, f"{fault} {name}")
        try:
            await asyncio.sleep(choice.uniform(1, 8) if repair else 1)
        finally:
            if repair:
                await sim.send(control_port, f"{repair} {name}")
        node.done["fault"] += 1


async def lags(node: Node, cameras: list[UUID]) -> dict[int, float]:
    """Return by camera how old its newest picture is when it comes, s; the least of a few."""
    found: dict[int, float] = {}
    async with _socket(node) as window:
        for number, camera in enumerate(cameras):
            await _add(node, window, number, camera)
        until = node.clock.monotonic() + _LOOK_S
        while node.clock.monotonic() < until:
            message = await asyncio.wait_for(window.recv(), _CONNECT_S)
            now_s = node.clock.now().timestamp()
            for record in unpack(message) if isinstance(message, bytes) else []:
                if record.kind is Kind.FRAME and not record.flags & Flag.CATCH_UP:
                    lag = now_s - record.media_time_s
                    found[record.tile] = min(lag, found.get(record.tile, lag))
    return found


def _socket(node: Node) -> connect:
    return connect(
        f"ws://{node.address}/media/v1/live",
        compression=None,
        proxy=None,
        max_size=_LARGEST_MESSAGE,
        open_timeout=_CONNECT_S,
    )


async def _add(node: Node, window: ClientConnection, number: int, camera: UUID) -> None:
    wish = {"type": "add", "tile": number, "ticket": node.ticket(camera, "live")}
    await window.send(json.dumps(wish))


async def _read(window: ClientConnection, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            async for _ in window:
                pass
    except TimeoutError:
        return
