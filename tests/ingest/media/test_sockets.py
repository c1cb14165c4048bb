"""Messages in parts arrive whole, whatever their size; this leans on uvicorn's insides."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect
from websockets.asyncio.client import ClientConnection, connect

from ingest.media.sockets import MediaSockets, in_parts, sender_of

SIZES = [0, 1, 125, 126, 127, 65_535, 65_536, 300_000]


class Speaker:
    """A server that says what it is told to, on its one socket."""

    def __init__(self) -> None:
        self.messages: asyncio.Queue[list[bytes] | str] = asyncio.Queue()
        self.ended = asyncio.Event()
        self.send_now: Callable[[Sequence[bytes], int], bool]

    async def speak(self, socket: WebSocket) -> None:
        self.send_now = sender_of(socket.scope)
        await socket.accept()
        try:
            while True:
                message = await self.messages.get()
                if isinstance(message, str):
                    await socket.send_text(message)
                else:
                    await socket.send(in_parts(message, sum(map(len, message))))
        except WebSocketDisconnect:
            self.ended.set()


@pytest.fixture
async def talk() -> AsyncIterator[tuple[Speaker, ClientConnection]]:
    speaker = Speaker()
    config = uvicorn.Config(
        Starlette(routes=[WebSocketRoute("/", speaker.speak)]),
        port=0,
        ws=MediaSockets,
        ws_per_message_deflate=False,
        log_config=None,
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server._serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    async with connect(f"ws://127.0.0.1:{port}/", compression=None, proxy=None) as socket:
        yield speaker, socket
    speaker.messages.put_nowait("")  # finds that nobody listens any more
    await speaker.ended.wait()
    server.should_exit = True
    await serving


async def test_every_size_arrives_whole_and_in_order(
    talk: tuple[Speaker, ClientConnection],
) -> None:
    speaker, socket = talk
    for size in SIZES:
        halves = [bytes([size % 251]) * (size // 2), b"z" * (size - size // 2)]
        speaker.messages.put_nowait(halves)
        speaker.messages.put_nowait(f"after {size}")
        assert await asyncio.wait_for(socket.recv(), 10) == b"".join(halves)
        assert await asyncio.wait_for(socket.recv(), 10) == f"after {size}"


async def test_a_reader_that_stops_holds_the_sender_back(
    talk: tuple[Speaker, ClientConnection],
) -> None:
    speaker, socket = talk
    for _ in range(200):
        speaker.messages.put_nowait([bytes(500_000)])
    await asyncio.sleep(0.2)
    assert speaker.messages.qsize() > 0, "it would have taken 100 MB into memory"
    for _ in range(200):
        assert len(await asyncio.wait_for(socket.recv(), 10)) == 500_000


async def test_what_is_sent_now_arrives_until_the_reader_stops(
    talk: tuple[Speaker, ClientConnection],
) -> None:
    speaker, socket = talk
    speaker.messages.put_nowait("hello")
    assert await asyncio.wait_for(socket.recv(), 10) == "hello"
    assert speaker.send_now([b"a", bytes(70_000)], 70_001)
    assert await asyncio.wait_for(socket.recv(), 10) == b"a" + bytes(70_000)
    sent = 0
    while speaker.send_now([bytes(500_000)], 500_000):
        sent += 1
        assert sent < 200, "it would have taken 100 MB into memory"
        await asyncio.sleep(0)
    for _ in range(sent):
        assert len(await asyncio.wait_for(socket.recv(), 10)) == 500_000


async def test_a_reader_that_is_gone_ends_the_sending(
    talk: tuple[Speaker, ClientConnection],
) -> None:
    speaker, socket = talk
    await socket.close()
    for _ in range(50):
        speaker.messages.put_nowait([b"x"])
        await asyncio.sleep(0.01)
    await asyncio.wait_for(speaker.ended.wait(), 10)
