"""Walls and players that send nonsense: refused with a reason, while another wall plays on."""

import asyncio
import json
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from ingest.media import wire
from ingest.media.wire import Kind
from tests.house import CLOCK, House, Visit

pytestmark = pytest.mark.flow
NOISE: tuple[str | bytes, ...] = (
    *(b"\x00\xff\xfe", b"", "", "null", "[]", "NaN", '{"type":"\\ud800"}', "[" * 50_000),
    *('{"type":"add"}', '{"type":"add","tile":NaN,"ticket":"x"}', '{"type":"dance","tile":1}'),
    *('{"type":"add","tile":-1,"ticket":"x"}', '{"type":"add","tile":70000,"ticket":"x"}'),
    *('{"type":"add","tile":1,"ticket":"' + "A" * 50_000 + '"}', "x" * 50_000),
    *('{"type":"focus","tile":"\\u0000"}', '{"type":"resume","seq":-1}'),
)


async def _ticket(client: httpx.AsyncClient, camera: str, **wanted: str) -> dict[str, Any]:
    body = {"purpose": "live", **wanted}
    answer = await client.post(f"/api/v1/cameras/{camera}/ticket", json=body)
    found: dict[str, Any] = answer.raise_for_status().json()
    return found


async def _cameras(client: httpx.AsyncClient) -> list[str]:
    page = (await client.get("/api/v1/cameras")).raise_for_status().json()
    return [camera["id"] for camera in page["items"]][:4]


def _wall(house: House) -> connect:
    url = f"ws://127.0.0.1:{house.ports['media']}/media/v1/live"
    return connect(url, compression=None, proxy=None, max_size=None, close_timeout=1)


async def _frames(socket: ClientConnection, count: int, *, tiles: int = 1) -> None:
    """Read until that many tiles have shown that many pictures each."""
    shown: dict[int, int] = {}
    async with asyncio.timeout(60):
        while len([tile for tile, seen in shown.items() if seen >= count]) < tiles:
            message = await socket.recv()
            if isinstance(message, bytes):
                for record in wire.unpack(message):
                    if record.kind is Kind.FRAME:
                        shown[record.tile] = shown.get(record.tile, 0) + 1


async def _refusal(socket: ClientConnection) -> dict[str, Any]:
    async with asyncio.timeout(20):
        while True:
            message = await socket.recv()
            if isinstance(message, str):
                said: dict[str, Any] = json.loads(message)
                return said


async def _add(socket: ClientConnection, tile: int, ticket: str, stream: str = "sub") -> None:
    wish = {"type": "add", "tile": tile, "ticket": ticket, "stream": stream}
    await socket.send(json.dumps(wish))


async def test_a_wall_of_nonsense_harms_no_other_wall(house: House, visit: Visit) -> None:
    operator = await visit.signed_in("operator")
    cameras = await _cameras(operator)
    node = house.pid("ingest")
    async with _wall(house) as good, _wall(house) as bad:
        ticket = (await _ticket(operator, cameras[0]))["ticket"]
        await _add(good, 0, ticket)
        await _frames(good, 2)
        for noise in NOISE:
            await bad.send(noise)
            refused = await _refusal(bad)
            assert refused["type"] == "error"
            assert 400 <= refused["problem"]["status"] < 500
        body, _dot, mac = ticket.partition(".")
        for forged in (ticket + "A", f"{mac}.{body}", body, f"{body[:-2]}AA.{mac}", "é" * 9):
            await _add(bad, 1, forged)
            assert (await _refusal(bad))["problem"]["status"] == 401
        replay = await _ticket(
            operator,
            cameras[0],
            purpose="replay",
            **{"from": "2026-01-05T10:00:00Z", "to": "2026-01-05T10:01:00Z"},
        )
        await _add(bad, 1, replay["ticket"])
        assert (await _refusal(bad))["problem"]["status"] == 403
        async with _wall(house) as huge:
            await huge.send("x" * 500_000)
            with pytest.raises(ConnectionClosed):
                await _refusal(huge)
        for tile in range(200):
            await _add(bad, tile, ticket)
        await _frames(bad, 2, tiles=200)
        await _frames(good, 5)
    assert house.pid("ingest") == node


async def test_a_wall_that_does_not_read_holds_nobody_up(house: House, visit: Visit) -> None:
    operator = await visit.signed_in("operator")
    cameras = await _cameras(operator)
    async with _wall(house) as slow, _wall(house) as good:
        ticket = (await _ticket(operator, cameras[0]))["ticket"]
        for tile in range(200):
            await _add(slow, tile, ticket, "main")
        await _add(good, 0, ticket)
        await _frames(good, 40)  # four seconds during which the other reads nothing


async def test_live_changes_bear_nonsense(house: House, visit: Visit) -> None:
    operator = await visit.signed_in("operator")
    bad, good = await visit.live(operator), await visit.live(operator)
    with suppress(ConnectionClosed):  # cut off is a fine answer too
        for noise in (*NOISE, '{"type":"resume","seq":' + "9" * 400 + "}", '{"type":"resume"}'):
            await bad.send(noise)
            await _refusal(bad)
    async with asyncio.timeout(30):
        while "topic" not in json.loads(await good.recv()):
            pass
    await asyncio.gather(bad.close(), good.close())


async def test_media_addresses_refuse_nonsense(house: House, visit: Visit) -> None:
    supervisor = await visit.signed_in("supervisor")
    camera, other = (await _cameras(supervisor))[:2]
    now = CLOCK.now()
    span = {"from": (now - timedelta(minutes=9)).isoformat(), "to": now.isoformat()}
    grant = await _ticket(supervisor, camera, purpose="replay", **span)
    live = await _ticket(supervisor, camera)
    media = f"{grant['media_url']}/media/v1"
    moments = (
        *("", "NaN", "inf", "1e400", "-1", "x", "\x00", "9999-12-31T23:59:59-14:00"),
        *("0001-01-01T00:00:00+14:00", "2026-02-30T00:00:00Z", "253402300799", "9" * 4_000),
    )
    identifiers = ("0", "-1", "x", "9" * 30, "%00", "..%2f..%2fetc%2fpasswd", str(uuid4()))
    wrong: list[str] = []
    async with httpx.AsyncClient(trust_env=False, timeout=20) as player:

        async def ask(address: str, **query: str) -> None:
            answer = await player.get(f"{media}/{address}", params=query)
            is_problem = answer.headers.get("content-type", "").startswith("application/problem")
            if not (400 <= answer.status_code < 500 and is_problem):
                wrong.append(f"{address} {query}: {answer.status_code} {answer.text[:200]}")

        for moment in moments:
            at = {"at": moment, "ticket": grant["ticket"]}
            await ask(f"cameras/{camera}/snapshot.jpg", **at)
            for ends in ({**span, "from": moment}, {**span, "to": moment}):
                await ask(f"cameras/{camera}/replay.m3u8", ticket=grant["ticket"], **ends)
        turned = {"from": span["to"], "to": span["from"], "ticket": grant["ticket"]}
        await ask(f"cameras/{camera}/replay.m3u8", **turned)
        for ticket in ("", "x", grant["ticket"] + "x", live["ticket"]):
            await ask(f"cameras/{camera}/replay.m3u8", ticket=ticket, **span)
            await ask(f"cameras/{other}/snapshot.jpg", ticket=ticket)
        for bad in identifiers:
            for ticket in (grant["ticket"], live["ticket"]):
                await ask(f"segments/{bad}.mp4", ticket=ticket)
                await ask(f"clips/{bad}.mp4", ticket=ticket)
                await ask(f"clips/{bad}.json", ticket=ticket)
                await ask(f"cameras/{bad}/snapshot.jpg", ticket=ticket)
    assert not wrong
