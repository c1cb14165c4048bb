"""``./ahual bench gps --kill``: whatever dies while fixes come in, what was acknowledged is stored.

A hundred fixes a second come from ten trackers that keep what nobody acknowledged, as real ones
do. Receivers, judge and API are killed with -9 in turn and started again.
"""

import asyncio
import os
import random
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text

from dashboard_api.cli.bench.gps_fleet import Van, add_fleet
from dashboard_api.cli.bench.gps_load import Tracker, at_time
from dashboard_api.cli.bench.ground import Ground, free_port, ground
from dashboard_api.cli.bench.report import Row
from ingest.gps.decoders.table import PROTOCOLS
from ingest.simulated.encoders import teltonika_packet
from models.kit.clock import SystemClock
from models.kit.database import Database
from models.kit.errors import Unavailable
from models.observations import PositionFix

KILLS = 20
TRACKERS = 10
EVERY_S = 0.1  # ten a second of each tracker
_BETWEEN_S = (1.0, 4.0)
_ROOMS = ("ingest", "geo", "dashboard_api")
_AGAIN_S = 0.3
_SETTLE_S = 60.0


@dataclass(slots=True)
class House:
    """Processes that are started again whenever they die."""

    place: Ground
    ports: dict[str, int]
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str) -> None:
        """Start a room."""
        environment = {
            **os.environ,
            "AHUAL_DATABASE_URL": self.place.settings.database_url or "",
            "AHUAL_STATE_DIR": str(self.place.settings.state_dir),
            "AHUAL_LOG_LEVEL": "warning",
            **{f"AHUAL_{key.upper()}": str(port) for key, port in self.ports.items()},
        }
        with (self.place.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", sys.executable, "-m", name],
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def kill(self, name: str) -> None:
        """Kill a room with -9 and start it again."""
        process = self.running[name]
        process.send_signal(signal.SIGKILL)
        process.wait()
        self.start(name)

    def stop(self) -> None:
        """End all."""
        for process in self.running.values():
            process.kill()
            process.wait()


@dataclass(slots=True)
class Said:
    """What the trackers were told is stored."""

    sent: int = 0
    acknowledged: list[tuple[UUID, datetime]] = field(default_factory=list)
    begun: asyncio.Event = field(default_factory=asyncio.Event)


async def report(
    vehicle_id: UUID, place: PositionFix, port: int, said: Said, stop: asyncio.Event
) -> None:
    """Report ten times a second; a fix that was not acknowledged is sent again until it is."""
    clock = SystemClock()
    tracker = Tracker(port, place.device)
    connected = False
    while not stop.is_set():
        now = clock.now()
        at = now.replace(microsecond=now.microsecond // 1000 * 1000)
        packet = teltonika_packet([at_time(place, at)])
        said.sent += 1
        while True:
            try:
                if not connected:
                    await tracker.connect()
                    connected = True
                if await asyncio.wait_for(tracker.send(packet), 20) == 1:
                    said.acknowledged.append((vehicle_id, at))
                    said.begun.set()
                    break
            except (OSError, asyncio.IncompleteReadError, TimeoutError, Unavailable):
                connected = False
                with suppress(OSError):
                    await tracker.close()
                await asyncio.sleep(_AGAIN_S)
        await asyncio.sleep(EVERY_S)
    await tracker.close()


async def run() -> list[Row]:
    """Kill KILLS times while fixes come in, then count."""
    chance = random.Random(1)
    async with ground() as place:
        begins = SystemClock().now() - timedelta(hours=1)
        fleet = (await add_fleet(place, begins))[:TRACKERS]
        ports = {each.port_setting: free_port() for each in PROTOCOLS}
        ports |= {"api_port": place.settings.api_port, "media_port": place.settings.media_port}
        house = House(place, ports | {"geo_health_port": free_port()})
        said, stop = Said(), asyncio.Event()
        try:
            for name in _ROOMS:
                house.start(name)
            port = ports["teltonika_port"]
            reporting = [
                asyncio.create_task(report(van.vehicle_id, _place(van), port, said, stop))
                for van in fleet
            ]
            await said.begun.wait()
            for number in range(KILLS):
                await asyncio.sleep(chance.uniform(*_BETWEEN_S))
                house.kill(_ROOMS[number % len(_ROOMS)])
            stop.set()
            async with asyncio.timeout(_SETTLE_S):
                await asyncio.gather(*reporting)
            lost, doubled = await counted(place.database, said)
            unjudged = await _until_judged(place.database)
        finally:
            house.stop()
    about = f"{len(said.acknowledged)} acknowledged fixes, {KILLS} × kill -9 of {', '.join(_ROOMS)}"
    return [
        Row("acknowledged_lost", lost, "fixes", goal=0, note=about),
        Row("stored_twice", doubled, "fixes", goal=0, note=about),
        Row("left_unjudged", unjudged, "spans", goal=0, note="a minute after the last kill"),
    ]


def _place(van: Van) -> PositionFix:
    return replace(van.day.fixes[0], device=van.identifier)


async def counted(database: Database, said: Said) -> tuple[int, int]:
    """Return how many acknowledged fixes are not stored, and how many are stored twice."""
    async with database.read() as session:
        found = (await session.execute(text("SELECT vehicle_id, fixed_at FROM position"))).all()
    stored = [(vehicle_id, fixed_at) for vehicle_id, fixed_at in found]
    return len(set(said.acknowledged) - set(stored)), len(stored) - len(set(stored))


async def _until_judged(database: Database) -> int:
    clock = SystemClock()
    deadline = clock.monotonic() + _SETTLE_S
    left = 1
    while left and clock.monotonic() < deadline:
        await asyncio.sleep(_AGAIN_S)
        async with database.read() as session:
            left = (await session.execute(text("SELECT count(*) FROM unjudged_span"))).scalar_one()
    return left
