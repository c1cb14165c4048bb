"""What the wall is held against: the bytes alone, and one message a picture.

``python -m dashboard_api.cli.bench.live_floor bytes WALLS OCTETS MESSAGES SECONDS``: send that many
octets a second to each of so many plain TCP sockets, in so many messages, from a process that does
nothing else; print its CPU seconds. ``… peer PORT OCTETS PICTURES``: the plain way to write a wall
on the same server: each tile a task, each picture (so many octets) a message, so many a second.
"""

import asyncio
import multiprocessing
import os
import socket
import struct
import sys

import uvicorn
import uvloop
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from dashboard_api.cli.bench.cpu import cpu_s
from models.kit.clock import SystemClock

_HEAD = struct.Struct(">IHBBdd")
_FRAME = 1
_CLOCK = SystemClock()


def _drain(receivers: list[socket.socket], senders: list[socket.socket]) -> None:
    for sender in senders:  # the fork's own copy: the end is seen once no copy is open
        sender.close()

    async def one(receiver: socket.socket) -> None:
        reader, _ = await asyncio.open_connection(sock=receiver)
        while await reader.read(1 << 18):
            pass

    async def every() -> None:
        await asyncio.gather(*(one(receiver) for receiver in receivers))

    asyncio.run(every())


def _pairs(count: int) -> tuple[list[socket.socket], list[socket.socket]]:
    senders, receivers = [], []
    with socket.create_server(("127.0.0.1", 0), backlog=count) as server:
        for _ in range(count):
            senders.append(socket.create_connection(server.getsockname()))
            receivers.append(server.accept()[0])
    return senders, receivers


async def _send(walls: int, octets: int, messages: float, seconds: float) -> float:
    senders, receivers = _pairs(walls)
    drain = multiprocessing.get_context("fork").Process(target=_drain, args=(receivers, senders))
    drain.start()
    for receiver in receivers:
        receiver.close()
    batch = os.urandom(round(octets / messages))
    begun, used = _CLOCK.monotonic(), cpu_s(os.getpid())
    for number in range(round(seconds * messages)):
        await asyncio.sleep(max(begun + number / messages - _CLOCK.monotonic(), 0))
        for sender in senders:
            sender.sendall(batch)
    used = cpu_s(os.getpid()) - used
    for sender in senders:
        sender.close()
    await asyncio.to_thread(drain.join)
    return used


def _peer(octets: int, pictures: float) -> Starlette:
    async def play(websocket: WebSocket, tile: int) -> None:
        payload = os.urandom(octets)
        due = _CLOCK.monotonic()
        while True:
            now_s = _CLOCK.now().timestamp()
            head = _HEAD.pack(20 + octets, tile, _FRAME, 0, now_s, now_s)
            await websocket.send_bytes(head + payload)
            due += 1 / pictures
            await asyncio.sleep(max(due - _CLOCK.monotonic(), 0))

    async def live(websocket: WebSocket) -> None:
        await websocket.accept()
        tiles: list[asyncio.Task[None]] = []
        try:
            while True:
                wish = await websocket.receive_json()
                tiles.append(asyncio.create_task(play(websocket, wish["tile"])))
        except WebSocketDisconnect:
            for tile in tiles:
                tile.cancel()
            await asyncio.gather(*tiles, return_exceptions=True)

    return Starlette(routes=[WebSocketRoute("/media/v1/live", live)])


def main(what: str, *numbers: str) -> None:
    if what == "bytes":
        walls, octets, messages, seconds = numbers
        print(uvloop.run(_send(int(walls), int(octets), float(messages), float(seconds))))
        return
    port, octets, pictures = numbers
    uvicorn.run(
        _peer(int(octets), float(pictures)),
        port=int(port),
        loop="uvloop",
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        log_level="warning",
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
