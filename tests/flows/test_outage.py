"""The database, or the alerts, die while everything runs: nothing is lost, nothing doubled."""

import asyncio
import json
import os
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import httpx
import psycopg
import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from tests.flows.windows import OFFICES, EmptiedWindow
from tests.house import CLOCK, House, Visit, until

pytestmark = pytest.mark.flow
AWAY_S = 4.0
ONE_PICTURE_S = 0.1


async def _kill_database(house: House) -> None:
    """Kill whatever server comes up until ``AWAY_S`` have passed, then leave the next alone."""
    until_s = CLOCK.monotonic() + AWAY_S
    while CLOCK.monotonic() < until_s:
        victim = house.pid("postgres")
        if victim is not None:
            with suppress(ProcessLookupError):
                os.kill(victim, signal.SIGKILL)
        await asyncio.sleep(0.2)


class _Listener:
    """A window's live socket as a browser keeps it: after a cut it resumes from its last seq."""

    def __init__(self, visit: Visit, client: httpx.AsyncClient) -> None:
        self._visit = visit
        self._client = client
        self.begun_at: int | None = None
        self.seqs: list[int] = []

    async def listen(self) -> None:
        while True:
            with suppress(ConnectionClosed, OSError):
                await self._follow(await self._visit.live(self._client))
            await asyncio.sleep(0.3)

    async def _follow(self, socket: ClientConnection) -> None:
        if self.begun_at is not None:
            last = self.seqs[-1] if self.seqs else self.begun_at
            await socket.send(json.dumps({"type": "resume", "seq": last}))
        while True:
            message = json.loads(await socket.recv())
            assert message.get("type") != "snapshot_needed"
            if "topic" in message and self.begun_at is None:
                self.begun_at = message["seq"]
            elif message.get("topic") == "position":
                self.seqs.append(message["seq"])


async def _ask(client: httpx.AsyncClient, answers: list[httpx.Response]) -> None:
    while True:
        answers.append(await client.get("/api/v1/offices"))
        await asyncio.sleep(0.2)


async def _report(house: House, packet: dict[str, str], answers: list[int]) -> None:
    """Send as an impatient phone does: again and again until somebody says 200."""
    url = f"http://127.0.0.1:{house.ports['osmand']}/"
    async with httpx.AsyncClient(trust_env=False, timeout=1) as phone:
        while not answers or answers[-1] != 200:
            with suppress(httpx.TransportError):
                answers.append((await phone.get(url, params=packet)).status_code)
            await asyncio.sleep(0.2)


async def _packet(house: House, ahead_s: int) -> dict[str, str]:
    identifier, latitude, longitude = (
        await house.execute(
            "SELECT d.identifier, round(ST_Y(p.geom)::numeric, 4)::text, "
            "round(ST_X(p.geom)::numeric, 4)::text FROM device d "
            "JOIN last_position p ON p.vehicle_id = d.vehicle_id "
            "WHERE d.protocol = 'osmand' ORDER BY d.identifier LIMIT 1"
        )
    )[0]
    at = CLOCK.now() + timedelta(seconds=ahead_s)
    return {
        "id": identifier,
        "timestamp": str(int(at.timestamp())),
        "lat": latitude,
        "lon": longitude,
    }


async def _stored(house: House, packet: dict[str, str]) -> int:
    rows = await house.execute(
        "SELECT count(*) FROM position p JOIN device d ON d.vehicle_id = p.vehicle_id "
        "WHERE d.identifier = %s AND p.fixed_at = to_timestamp(%s)",
        packet["id"],
        int(packet["timestamp"]),
    )
    return int(rows[0][0])


async def _unrecorded(house: House, since: datetime, upto: datetime) -> list[tuple[Any, ...]]:
    """Return the holes of the four cameras' archive in a span, and the gaps written for it."""
    holes = await house.execute(
        "SELECT * FROM (SELECT camera_id, stream_kind, ended_at, lead(started_at) OVER "
        "(PARTITION BY camera_id, stream_kind ORDER BY started_at) - ended_at AS missing "
        "FROM recording WHERE ended_at > %s AND started_at < %s) AS followed "
        "WHERE missing > make_interval(secs => %s)",
        since,
        upto,
        ONE_PICTURE_S * 1.5,
    )
    holes += await house.execute(
        "SELECT g.* FROM recording_gap g JOIN camera c ON c.id = g.camera_id "
        "WHERE c.enabled AND g.started_at < %s AND coalesce(g.ended_at, now()) > %s",
        upto,
        since,
    )
    return holes


async def test_the_database_dies_and_nothing_is_lost(house: House, visit: Visit) -> None:
    window = await EmptiedWindow.of(house, "astana-2", after_s=6)
    await window.seen("occupied")
    operator = await visit.signed_in("operator")
    dispatcher = await visit.signed_in("dispatcher")
    acknowledged, resent = await _packet(house, 2), await _packet(house, 4)
    await _report(house, acknowledged, [])
    listener = _Listener(visit, dispatcher)
    answers: list[httpx.Response] = []
    phone: list[int] = []
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(listener.listen()),
            group.create_task(_ask(operator, answers)),
        ]
        await until(_some(listener.seqs), within_s=30, what="positions are heard")
        since = CLOCK.now()
        await window.leave()
        await window.seen("empty")
        dying = group.create_task(_kill_database(house))
        await asyncio.sleep(0.5)
        group.create_task(_report(house, resent, phone))
        await dying
        ended = CLOCK.now()

        async def recorded() -> bool:
            with suppress(OSError, psycopg.OperationalError):
                rows = await house.execute(
                    "SELECT count(DISTINCT camera_id) FROM recording "
                    "WHERE stream_kind = 'main' AND ended_at > %s",
                    ended + timedelta(seconds=1),
                )
                return bool(rows[0][0] == len(OFFICES))
            return False

        await until(recorded, within_s=60, every_s=0.5, what="the archive goes on")
        await until(_some(phone, 200), within_s=60, what="the phone is heard")
        heard = len(listener.seqs)

        async def positions() -> bool:
            return len(listener.seqs) > heard + 2 and answers[-1].status_code == 200

        await until(positions, within_s=60, what="the screens go on by themselves")
        for task in tasks:
            task.cancel()
    assert await _unrecorded(house, since, ended + timedelta(seconds=1)) == []
    assert (await _stored(house, acknowledged), await _stored(house, resent)) == (1, 1)
    assert set(phone) <= {200, 503}
    _check_answers(answers)
    await _check_seqs(house, listener)

    async def raised() -> bool:
        return bool(await window.alerts_since(since))

    await until(raised, within_s=60, what="the empty window is told")
    await _resolve(window, since)


def _some(found: list[int], wanted: int | None = None) -> Callable[[], Awaitable[bool]]:
    async def look() -> bool:
        return bool(found) and wanted in (None, found[-1])

    return look


def _check_answers(answers: list[httpx.Response]) -> None:
    away = [answer for answer in answers if answer.status_code != 200]
    assert away, "the API said that the database is away"
    for answer in away:
        assert answer.status_code == 503, answer.text
        assert answer.headers["content-type"].startswith("application/problem+json")
        assert int(answer.headers["Retry-After"]) > 0


async def _check_seqs(house: House, listener: _Listener) -> None:
    rows = await house.execute(
        "SELECT seq FROM change WHERE topic = 'position' AND seq BETWEEN %s AND %s ORDER BY seq",
        listener.seqs[0],
        listener.seqs[-1],
    )
    assert listener.seqs == [row[0] for row in rows]


async def _resolve(window: EmptiedWindow, since: datetime) -> None:
    """Staff the window again; exactly one alert was raised, and it resolves."""
    await window.staff()

    async def resolved() -> bool:
        return [state for _id, state in await window.alerts_since(since)] == ["resolved"]

    await until(resolved, within_s=60, what="one alert was raised and it resolved")


async def test_alerts_killed_around_a_raise_raise_once(house: House) -> None:
    window = await EmptiedWindow.of(house, "taldyqorghan-1", after_s=6)
    await window.seen("occupied")
    since = CLOCK.now()
    await window.leave()
    await window.seen("empty")
    await _kill_alerts(house)

    async def raised() -> bool:
        return bool(await window.alerts_since(since))

    await until(raised, within_s=60, what="the restarted alerts raise it")
    await _kill_alerts(house)
    [(alert, state)] = await window.alerts_since(since)
    assert state == "open"
    await _resolve(window, since)
    told = await house.execute(
        "SELECT kind FROM alert_update WHERE alert_id = %s ORDER BY id", alert
    )
    assert [row[0] for row in told].count("raised") == 1
    assert "reraised" not in [row[0] for row in told]


async def _kill_alerts(house: House) -> None:
    victim = house.pid("alerts")
    assert victim is not None
    os.kill(victim, signal.SIGKILL)

    async def ready() -> bool:
        if house.pid("alerts") in (None, victim):
            return False
        async with httpx.AsyncClient(trust_env=False) as client:
            with suppress(httpx.TransportError):
                url = f"http://127.0.0.1:{house.ports['alerts_health']}/readyz"
                return (await client.get(url)).status_code == 200
        return False

    await until(ready, within_s=60, what="alerts are back")
