"""Load on the receivers: real trackers' packets over real sockets, and what reaches a screen."""

import asyncio
import json
import os
import random
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

import httpx
from sqlalchemy import text
from websockets.asyncio.client import ClientConnection, connect

from dashboard_api.cli.bench.cpu import cpu_s, tree_cpu_s
from dashboard_api.cli.bench.gps_fleet import INTERVAL_S, LOGIN, PASSWORD, Rooms, Van
from ingest.gps.rows import Row, insert_positions
from ingest.simulated.encoders import teltonika_login, teltonika_packet
from ingest.simulated.roads import GpsNoise
from ingest.simulated.trackers import measured_fix
from models.kit.clock import SystemClock
from models.kit.database import Database
from models.kit.errors import Unavailable
from models.observations import PositionFix

PACKET_FIXES = 10  # what a tracker that reports every 10 s sends every 100 s
_WITHIN_S = 240.0
_BATCH = 1000
_SHOWN_SHARE = 0.98  # a van whose last fix is an outlier is not moved on the map
Item = TypeVar("Item")


@dataclass(slots=True)
class Screen:
    """What a dispatcher's page has heard: when the position of each fix came, by van."""

    heard: dict[tuple[UUID, datetime], float] = field(default_factory=dict)
    newest: dict[UUID, datetime] = field(default_factory=dict)

    def take(self, message: str | bytes, at: float) -> None:
        """Note the positions in a message of the live socket."""
        said = json.loads(message)
        if said.get("topic") != "position":
            return
        for position in said["data"]["positions"]:
            vehicle_id = UUID(position["vehicle_id"])
            fixed_at = datetime.fromisoformat(position["fixed_at"])
            self.heard.setdefault((vehicle_id, fixed_at), at)
            self.newest[vehicle_id] = fixed_at


@asynccontextmanager
async def screen(rooms: Rooms) -> AsyncIterator[Screen]:
    """Listen at the API's live socket for as long as the block."""
    clock = SystemClock()
    async with httpx.AsyncClient(base_url=rooms.api, trust_env=False) as client:
        signed = await client.post(
            "/api/v1/session",
            json={"login": LOGIN, "password": PASSWORD},
            headers={"Origin": rooms.api},
        )
        signed.raise_for_status()
        cookie = "; ".join(f"{name}={value}" for name, value in signed.cookies.items())
    seen = Screen()

    async def listen(socket: ClientConnection) -> None:
        async for message in socket:
            seen.take(message, clock.monotonic())

    address = rooms.api.replace("http", "ws") + "/api/v1/live"
    async with connect(
        address,
        additional_headers={"Cookie": cookie, "Origin": rooms.api},
        max_size=None,
        compression=None,
        proxy=None,
    ) as socket:
        listening = asyncio.create_task(listen(socket))
        try:
            yield seen
        finally:
            listening.cancel()
            with suppress(asyncio.CancelledError):
                await listening


@dataclass(frozen=True, slots=True)
class Sustained:
    """How long a load took: until every packet was acknowledged, judged and shown."""

    positions: int
    acknowledged_s: float
    judged_s: float
    shown_s: float
    cpu_s: dict[str, float]  # by process, of all that took part

    @property
    def per_s(self) -> float:
        return self.positions / max(self.acknowledged_s, self.judged_s, self.shown_s)


async def sustained(
    rooms: Rooms, database: Database, seen: Screen, fleet: Sequence[Van], fixes_each: int
) -> Sustained:
    """Send every van's first fixes as fast as they are acknowledged; wait until all are judged."""
    clock = SystemClock()
    packets: dict[int, list[bytes]] = {}
    for van in fleet:
        if id(van.day) not in packets:
            parts = _batched(van.day.fixes[:fixes_each], PACKET_FIXES)
            packets[id(van.day)] = [teltonika_packet(part) for part in parts]
    trackers = [Tracker(rooms.teltonika, van.identifier) for van in fleet]
    await asyncio.gather(*(tracker.connect() for tracker in trackers))
    begun, before = clock.monotonic(), _cpu_s(rooms)
    async with asyncio.timeout(_WITHIN_S):
        await asyncio.gather(
            *(
                tracker.send_all(packets[id(van.day)])
                for tracker, van in zip(trackers, fleet, strict=True)
            )
        )
        acknowledged_s = clock.monotonic() - begun
        last = {van.vehicle_id: van.day.fixes[fixes_each - 1].fixed_at for van in fleet}
        shown_s = judged_s = 0.0
        while not (shown_s and judged_s):
            now_s = clock.monotonic() - begun
            if (
                not shown_s
                and sum(seen.newest.get(v) == at for v, at in last.items())
                > len(fleet) * _SHOWN_SHARE
            ):
                shown_s = now_s
            if not judged_s and await _judged(database):
                judged_s = now_s
            await asyncio.sleep(0.02)
    for tracker in trackers:
        await tracker.close()
    used = {name: after - before[name] for name, after in _cpu_s(rooms).items()}
    return Sustained(len(fleet) * fixes_each, acknowledged_s, judged_s, shown_s, used)


def _cpu_s(rooms: Rooms) -> dict[str, float]:
    """Return the CPU seconds of each room, of the bench itself, and of PostgreSQL."""
    own = os.getpid()
    used = {name: tree_cpu_s(pid) for name, pid in rooms.pids.items()}
    used["bench"] = cpu_s(own)
    used["postgres"] = tree_cpu_s(own) - sum(used.values())
    return used


async def _judged(database: Database) -> bool:
    async with database.read() as session:
        left = await session.execute(text("SELECT EXISTS (SELECT FROM unjudged_span)"))
        return not left.scalar_one()


class Tracker:
    """A Teltonika device on its own connection."""

    def __init__(self, port: int, identifier: str) -> None:
        self._port = port
        self._identifier = identifier
        self._stream: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def connect(self) -> None:
        """Connect and say who it is."""
        self._stream = reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        writer.write(teltonika_login(self._identifier))
        if await reader.readexactly(1) != b"\x01":
            raise Unavailable(f"{self._identifier} was not accepted")

    async def send(self, packet: bytes) -> int:
        """Send a packet; return how many records were acknowledged."""
        if self._stream is None:
            raise ConnectionResetError("not connected")
        reader, writer = self._stream
        writer.write(packet)
        return int.from_bytes(await reader.readexactly(4), "big")

    async def send_all(self, packets: Sequence[bytes]) -> None:
        """Send packets one after the other, as trackers do."""
        for packet in packets:
            await self.send(packet)

    async def close(self) -> None:
        """Hang up."""
        if self._stream is not None:
            self._stream[1].close()
            with suppress(OSError):
                await self._stream[1].wait_closed()
            self._stream = None


async def screen_ms(
    rooms: Rooms, seen: Screen, fleet: Sequence[Van], lasts_s: float
) -> tuple[list[float], int]:
    """Let every van report at its interval; return how long each fix took, and how many did not."""
    clock = SystemClock()
    sent: dict[tuple[UUID, datetime], float] = {}
    until = clock.monotonic() + lasts_s

    async def drive(van: Van, number: int) -> None:
        chance = random.Random(number)
        noise = GpsNoise(chance)
        tracker = Tracker(rooms.teltonika, van.identifier)
        await tracker.connect()
        await asyncio.sleep(number / len(fleet) * INTERVAL_S)
        while clock.monotonic() < until:
            now = clock.now()
            motion = van.day.journey.at((now - van.day.starts_at).total_seconds())
            error = noise.after(INTERVAL_S)
            fix = measured_fix(motion, now, van.day.tracker, error, chance)
            at = now.replace(microsecond=now.microsecond // 1000 * 1000)
            sent[van.vehicle_id, at] = clock.monotonic()
            await tracker.send(teltonika_packet([at_time(fix, at)]))
            await asyncio.sleep(INTERVAL_S)
        await tracker.close()

    await asyncio.gather(*(drive(van, number) for number, van in enumerate(fleet)))
    await asyncio.sleep(2)
    took = [(seen.heard[key] - at) * 1000 for key, at in sent.items() if key in seen.heard]
    return took, len(sent) - len(took)


def at_time(fix: PositionFix, at: datetime) -> PositionFix:
    """Return a fix as a tracker sends it, of another time."""
    return PositionFix(
        fix.device,
        at,
        fix.latitude,
        fix.longitude,
        speed_km_h=fix.speed_km_h,
        course_deg=fix.course_deg,
        satellites=fix.satellites,
    )


async def bare_insert(database: Database, fleet: Sequence[Van], positions: int) -> float:
    """Return positions/s of the sorted insert alone: nobody decodes, judges or listens."""
    clock = SystemClock()
    each = positions // len(fleet)
    now = clock.now()
    rows = [
        Row(
            van.vehicle_id,
            at_time(fix, fix.fixed_at - timedelta(days=1)),
            now,
            "teltonika",
        )
        for fix_number in range(each)
        for van in fleet
        for fix in (van.day.fixes[fix_number],)
    ]
    begun = clock.monotonic()
    for batch in _batched(rows, _BATCH):
        ordered = sorted(batch, key=Row.order)
        async with database.transaction() as session:
            await insert_positions(session, ordered)
    per_s = len(rows) / (clock.monotonic() - begun)
    async with database.transaction() as session:
        await session.execute(text("TRUNCATE position, unjudged_span"))
    return per_s


def _batched(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    for first in range(0, len(items), size):
        yield items[first : first + size]
