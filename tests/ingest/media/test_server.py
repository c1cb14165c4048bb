"""The HTTP server of the node: what it refuses to swallow, and that it stops."""

import asyncio

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from ingest.cameras.feed import Feed
from models.kit.clock import SystemClock
from models.kit.database import Database
from models.kit.settings import Settings
from tests.ingest.media.conftest import KnownFeeds, RunningNode, running


async def test_pictures_are_not_deflated_even_where_the_browser_offers_it(
    node: RunningNode,
) -> None:
    async with connect(
        f"ws://{node.host}/media/v1/live", proxy=None, compression="deflate"
    ) as wall:
        assert wall.response is not None
        assert "Sec-WebSocket-Extensions" not in wall.response.headers


async def test_a_head_without_end_is_not_gathered(node: RunningNode) -> None:
    host, _, port = node.host.partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"GET /healthz HTTP/1.1\r\nHost: node\r\nX-Long: ")
    with pytest.raises(ConnectionError):
        for _ in range(10_000):
            writer.write(b"a" * 4096)
            await writer.drain()
        await reader.read()
    writer.close()


async def test_a_message_that_no_wall_sends_ends_its_socket_only(node: RunningNode) -> None:
    url = f"ws://{node.host}/media/v1/live"
    async with connect(url, proxy=None) as good, connect(url, proxy=None) as bad:
        await bad.send("x" * 100_000)
        with pytest.raises(ConnectionClosed):
            await bad.recv()
        await good.send("{}")
        assert "error" in str(await good.recv())


async def test_the_server_stops_while_windows_are_open(
    feed: Feed, settings: Settings, no_database: Database
) -> None:
    async with running(KnownFeeds(feed), no_database, settings, SystemClock()) as node:
        wall = await connect(f"ws://{node.host}/media/v1/live", proxy=None)
    with pytest.raises(ConnectionClosed):
        await wall.recv()
