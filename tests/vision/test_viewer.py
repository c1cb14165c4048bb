"""The viewer against a real socket server that speaks the wall's wire format."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from dashboard_api.cli import certificates
from ingest.media.wire import Flag, Kind
from models.kit.clock import Clock, SystemClock
from models.kit.errors import Unavailable
from tests.vision.node import KEY, FakeNode, record, running
from vision.slots import CodedPicture
from vision.viewer import Viewer

A, B = UUID(int=1), UUID(int=2)


class Pictures:
    """A sink that can be waited on."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[CodedPicture] = asyncio.Queue()
        self.followed: asyncio.Queue[tuple[bytes, bool, bool]] = asyncio.Queue()

    def key(self, picture: CodedPicture) -> None:
        self.queue.put_nowait(picture)

    def follow(self, picture: CodedPicture, *, key: bool, look: bool) -> None:
        self.followed.put_nowait((picture.avcc, key, look))

    async def next(self) -> CodedPicture:
        return await asyncio.wait_for(self.queue.get(), 20)


@asynccontextmanager
async def viewing(
    node: FakeNode, *cameras: UUID, clock: Clock | None = None
) -> AsyncIterator[tuple[Viewer, Pictures]]:
    pictures, stop = Pictures(), asyncio.Event()

    async def address() -> str:
        if not node.port:
            msg = "the node has not started"
            raise Unavailable(msg)
        return node.url

    viewer = Viewer(address, KEY, clock or SystemClock(), pictures)
    viewer.watch(dict.fromkeys(cameras, 1.0))
    task = asyncio.create_task(viewer.run(stop))
    try:
        yield viewer, pictures
    finally:
        stop.set()
        await asyncio.wait_for(task, 10)


async def test_it_asks_for_key_pictures_of_the_sub_stream_with_its_own_ticket() -> None:
    async with running(FakeNode()) as node, viewing(node, A, B):
        asked = await node.until_asked(2)
        for message in asked:
            assert (message["type"], message["stream"], message["key_only"]) == ("add", "sub", True)
        assert {ticket.camera for ticket in node.tickets.values()} == {A, B}
        for ticket in node.tickets.values():
            assert (ticket.user, ticket.purpose) == ("vision", "live")
            assert ticket.expires_at - datetime.now(UTC) < timedelta(seconds=61)


async def test_a_node_with_tls_is_seen_only_when_its_ca_is_trusted(tmp_path: Path) -> None:
    made = certificates.ensure(tmp_path, ["127.0.0.1"], SystemClock())
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(made.certificate, made.key)
    for trusted, connected in ((made.ca, True), (None, False)):
        stop, tls = asyncio.Event(), ssl.create_default_context(cafile=trusted)
        async with running(FakeNode(), tls=serving) as node:

            async def address(port: int = node.port) -> str:
                return f"wss://127.0.0.1:{port}"

            viewer = Viewer(address, KEY, SystemClock(), Pictures(), tls=tls)
            viewer.watch({A: 1.0})
            task = asyncio.create_task(viewer.run(stop))
            if connected:
                await node.until_asked(1)
            else:
                await asyncio.sleep(1.5)
            assert viewer.connected is connected
            stop.set()
            await asyncio.wait_for(task, 10)


async def test_key_pictures_arrive_with_their_camera_and_config() -> None:
    async with running(FakeNode()) as node, viewing(node, A, B) as (_, pictures):
        await node.until_asked(2)
        tile = {ticket.camera: number for number, ticket in node.tickets.items()}
        await node.send_picture(tile[A], b"before its config")
        await node.send_config(tile[A], b"config a")
        await node.send_config(tile[B], b"config b")
        await node.send_picture(tile[A], b"not a key picture", Flag.NONE)
        await node.send_picture(tile[A], b"cached", Flag.KEY | Flag.CATCH_UP)
        await node.send_picture(999, b"no such tile")
        await node.send_picture(tile[B], b"picture of b")
        await node.send_picture(tile[A], b"picture of a")
        got = [await pictures.next(), await pictures.next()]
        assert [(p.camera_id, p.avcc_config, p.avcc) for p in got] == [
            (B, b"config b", b"picture of b"),
            (A, b"config a", b"picture of a"),
        ]


async def test_the_wanted_cameras_may_change_while_connected() -> None:
    async with running(FakeNode()) as node, viewing(node, A) as (viewer, _):
        await node.until_asked(1)
        viewer.watch({B: 1.0})
        asked = await node.until_asked(3)
        assert [message["type"] for message in asked] == ["add", "remove", "add"]
        assert asked[1]["tile"] == asked[0]["tile"] != asked[2]["tile"]
        assert node.tickets[int(str(asked[2]["tile"]))].camera == B


async def test_a_camera_may_be_shown_by_its_main_stream() -> None:
    async with running(FakeNode()) as node, viewing(node, A) as (viewer, _):
        await node.until_asked(1)
        viewer.watch({A: 1.0}, {A})
        asked = await node.until_asked(3)
        assert [message["type"] for message in asked] == ["add", "remove", "add"]
        assert [message.get("stream") for message in asked] == ["sub", None, "main"]
        viewer.watch({A: 1.0}, {A})
        viewer.watch({A: 1.0})
        assert (await node.until_asked(5))[4]["stream"] == "sub"


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x00",
        b"\xff" * 64,
        record(0, Kind.FRAME, b"")[:-1],
        record(0, Kind.CONFIG, b"\xff"),
        record(0, Kind.NOTICE, b"no json"),
        "no json",
        "[]",
        '{"type": "error", "tile": "x"}',
        '{"type": "error", "tile": null, "problem": {}}',
    ],
    ids=range(9),  # the records hold the time they were made, so they name no test twice alike
)
async def test_garbage_does_not_end_the_viewing(garbage: bytes | str) -> None:
    async with running(FakeNode()) as node, viewing(node, A) as (_, pictures):
        await node.until_asked(1)
        await node.send_config(0, b"config")
        await node.send(garbage)
        await node.send_picture(0, b"well")
        assert (await pictures.next()).avcc == b"well"


async def test_a_refused_camera_does_not_end_the_others() -> None:
    async with running(FakeNode()) as node, viewing(node, A, B) as (_, pictures):
        await node.until_asked(2)
        tile = {ticket.camera: number for number, ticket in node.tickets.items()}
        await node.send(f'{{"type": "error", "tile": {tile[A]}, "problem": {{"status": 404}}}}')
        await node.send_config(tile[B], b"config b")
        await node.send_picture(tile[B], b"picture of b")
        assert (await pictures.next()).camera_id == B


async def test_it_comes_back_when_the_node_does() -> None:
    node = FakeNode()
    async with viewing(node, A) as (viewer, pictures):
        async with running(node):
            await node.until_asked(1)
            assert viewer.connected
        async with running(node, node.port):
            await node.until_asked(2)
            tile = int(str(node.asked[-1]["tile"]))
            await node.send_config(tile, b"config")
            await node.send_picture(tile, b"again")
            assert (await pictures.next()).avcc == b"again"


async def test_few_key_pictures_make_it_ask_for_all_pictures() -> None:
    async with running(FakeNode()) as node, viewing(node, A) as (viewer, pictures):
        await node.until_asked(1)
        await node.send_config(0, b"config")
        await node.send_key_at(0, b"one", 100.0)
        await node.send_key_at(0, b"two", 104.0)
        remove, add = (await node.until_asked(3))[1:]
        assert (remove["type"], add["type"], add["key_only"]) == ("remove", "add", False)
        assert viewer.paces[A].interval_s == 4.0
        tile = int(str(add["tile"]))
        await node.send_config(tile, b"config")
        cached, p = Flag.KEY | Flag.CATCH_UP, b"\x00\x00\x00\x02\x41\x9a"
        await node.send_picture(tile, b"key", cached)
        await node.send_picture(tile, b"\x00\x00\x00\x02\x01\x9a", Flag.NONE)  # nobody needs it
        await node.send_picture(tile, p, Flag.NONE)
        followed = [await asyncio.wait_for(pictures.followed.get(), 20) for _ in range(2)]
        assert followed == [(b"key", True, False), (p, False, True)]


async def test_a_revoked_camera_is_asked_for_again_with_a_new_ticket() -> None:
    async with running(FakeNode()) as node, viewing(node, A, clock=Jumping()):
        await node.until_asked(1)
        refusal = {"type": "error", "tile": 0, "problem": {"status": 401, "title": "expired"}}
        await node.send(json.dumps(refusal))
        again = (await node.until_asked(2))[1]
        assert (again["type"], again["tile"]) == ("add", 1)
        assert node.tickets[1].camera == A


class Jumping(SystemClock):
    """A clock whose seconds fly: ten at each look."""

    looks = 0

    def monotonic(self) -> float:
        self.looks += 1
        return 10.0 * self.looks
