"""The live socket over a real server: what is heard, resume without a gap, closing."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest
import uvicorn
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from dashboard_api import live
from models.kit.bus import announce
from models.kit.ids import new_id
from tests.builders import build_office, build_vehicle
from tests.dashboard_api.conftest import Centre

pytestmark = pytest.mark.postgis


@pytest.fixture
async def url(centre: Centre) -> AsyncIterator[str]:
    server = uvicorn.Server(
        uvicorn.Config(
            centre.app, port=0, ws="websockets-sansio", log_config=None, timeout_graceful_shutdown=1
        )
    )
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"ws://localhost:{port}/api/v1/live"
    server.should_exit = True
    await task


async def _open(url: str, token: str | None, **headers: str) -> ClientConnection:
    if token is not None:
        headers["Cookie"] = f"ahual={token}"
    return await connect(url, additional_headers=headers, compression=None, proxy=None)


async def _next(socket: ClientConnection) -> dict[str, Any]:
    async with asyncio.timeout(15):
        message: dict[str, Any] = json.loads(await socket.recv())
        return message


async def _close_code(socket: ClientConnection) -> int | None:
    async with asyncio.timeout(15):
        try:
            while True:
                await socket.recv()
        except ConnectionClosed:
            return socket.close_code


async def _say(centre: Centre, topic: str, *bodies: dict[str, Any], subject: str = "x") -> None:
    for body in bodies:
        async with centre.database.transaction() as session:
            announce(session, topic, subject, body)


async def test_changes_arrive_in_commit_order(centre: Centre, url: str) -> None:
    socket = await _open(url, await centre.token("operator"))
    hello = await _next(socket)
    assert (hello["type"], hello["v"]) == ("hello", 1)
    await _say(centre, "alert", {"n": 1}, {"n": 2}, {"n": 3})
    heard = [await _next(socket) for _ in range(3)]
    assert [message["data"]["n"] for message in heard] == [1, 2, 3]
    assert [message["seq"] for message in heard] == sorted(message["seq"] for message in heard)
    assert heard[0]["topic"] == "alert"
    assert heard[0]["seq"] > hello["seq"]
    await socket.close()


async def test_resume_leaves_no_gap(centre: Centre, url: str) -> None:
    token = await centre.token("operator")
    socket = await _open(url, token)
    await _next(socket)
    await _say(centre, "alert", {"n": 1})
    last = (await _next(socket))["seq"]
    await socket.close()
    await _say(centre, "alert", {"n": 2}, {"n": 3})
    socket = await _open(url, token)
    await _next(socket)
    await socket.send(json.dumps({"type": "resume", "seq": last}))
    await _say(centre, "alert", {"n": 4})
    seen: list[int] = []
    while 4 not in seen:
        seen.append((await _next(socket))["data"]["n"])
    assert [n for n in seen if n < 4] == [2, 3]
    await socket.close()


async def test_resume_from_too_long_ago_asks_for_a_snapshot(
    centre: Centre, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "RESUME_LIMIT", 2)
    socket = await _open(url, await centre.token("operator"))
    await _next(socket)
    await _say(centre, "alert", {"n": 1}, {"n": 2}, {"n": 3})
    for _ in range(3):
        seq = (await _next(socket))["seq"]
    for asked in (0, seq + 1000):
        await socket.send(json.dumps({"type": "resume", "seq": asked}))
        assert (await _next(socket))["type"] == "snapshot_needed"
    await socket.close()


async def test_each_hears_what_their_role_may_know(centre: Centre, url: str) -> None:
    agent = await _open(url, await centre.token("agent"))
    dispatcher = await _open(url, await centre.token("dispatcher"))
    for socket in (agent, dispatcher):
        await _next(socket)
    await _say(centre, "complaint", {"n": 1})
    await _say(centre, "alert", {"n": 2, "vehicle_id": None}, {"n": 3, "vehicle_id": "v"})
    await _say(centre, "vehicle", {"n": 4})
    await _say(centre, "no-such-topic", {"n": 5})
    assert [(await _next(dispatcher))["data"]["n"] for _ in range(2)] == [3, 4]
    await agent.send("?")
    assert (await _next(agent))["type"] == "error", "an agent hears none of it"
    await agent.close()
    await dispatcher.close()


async def test_region_bounds_what_is_heard(centre: Centre, url: str) -> None:
    async with centre.database.transaction() as session:
        far = await build_office(session, code="astana-1", region_code="KZ-71")
        van = await build_vehicle(session)
    token = await centre.token("operator", login="regional", region_id=far.region_id)
    socket = await _open(url, token)
    await _next(socket)
    centre.clock.advance(timedelta(seconds=10))  # places are read again when they are this old
    near_office = str(centre.office.office_id)
    await _say(centre, "alert", {"n": 1, "office": {"id": near_office}}, {"n": 2})
    await _say(centre, "position", {"positions": [{"vehicle_id": str(van)}]}, subject="batch")
    await _say(centre, "alert", {"n": 3, "office": {"id": str(far.office_id)}})
    assert (await _next(socket))["data"]["n"] == 3
    await socket.close()


async def test_garbage_is_answered_not_fatal(centre: Centre, url: str) -> None:
    socket = await _open(url, await centre.token("operator"))
    await _next(socket)
    garbage: list[str | bytes] = [
        "",
        "{",
        "[" * 10_000,
        '{"type":"resume"}',
        '{"type":"resume","seq":-1}',
        '{"type":"resume","seq":true}',
        '{"type":"resume","seq":1e999}',
        b"\x00\xff",
    ]
    for said in garbage:
        await socket.send(said)
        assert (await _next(socket))["type"] == "error"
    await _say(centre, "alert", {"n": 1})
    assert (await _next(socket))["data"] == {"n": 1}
    await socket.close()


async def test_heartbeat_when_nothing_happens(
    centre: Centre, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "HEARTBEAT_S", 0.05)
    socket = await _open(url, await centre.token("operator"))
    await _next(socket)
    beat = await _next(socket)
    assert beat["type"] == "heartbeat"
    assert beat["seq"] >= 0
    await socket.close()


async def test_logout_closes_the_socket(centre: Centre, url: str) -> None:
    token = await centre.token("operator")
    socket = await _open(url, token)
    await _next(socket)
    client = await centre.client(token)
    assert (await client.delete("/api/v1/session")).status_code == 204
    assert await _close_code(socket) == 4401
    assert await _close_code(await _open(url, token)) == 4401


async def test_expiry_closes_the_socket(
    centre: Centre, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "HEARTBEAT_S", 0.05)
    socket = await _open(url, await centre.token("operator"))
    await _next(socket)
    centre.clock.advance(timedelta(hours=15))
    assert await _close_code(socket) == 4401


async def test_database_restart_loses_no_change(centre: Centre, url: str) -> None:
    socket = await _open(url, await centre.token("operator"))
    await _next(socket)
    await _say(centre, "alert", {"n": 1})
    assert (await _next(socket))["data"] == {"n": 1}
    async with await psycopg.AsyncConnection.connect(
        centre.database.url, autocommit=True
    ) as connection:
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    await centre.database.engine.dispose()
    await _say(centre, "alert", {"n": 2}, {"n": 3})
    heard = [(await _next(socket))["data"]["n"] for _ in range(2)]
    assert heard == [2, 3]
    await socket.close()


async def test_nobody_hears_nothing(centre: Centre, url: str) -> None:
    assert await _close_code(await _open(url, None)) == 4401
    assert await _close_code(await _open(url, str(new_id()))) == 4401


async def test_foreign_page_cannot_open_it(centre: Centre, url: str) -> None:
    token = await centre.token("operator")
    with pytest.raises(InvalidStatus):
        await _open(url, token, Origin="https://evil.example")
