"""``./ahual bench gps-kill``: whatever dies while fixes come in, what was acknowledged is stored.

A house of its own runs under the supervisor, as ``./ahual up`` does, with its own PostgreSQL. More
than a hundred fixes a second come from trackers and phones of three protocols. Rooms, PostgreSQL's
postmaster, one of its backends and the supervisor itself are killed with -9, again and again.
"""

import asyncio
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from shutil import rmtree
from uuid import UUID

import httpx
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from dashboard_api.cli.bench.gps_senders import LINES, Sender
from dashboard_api.cli.bench.ground import free_port, own_folder
from dashboard_api.cli.bench.report import Goal, Row
from ingest.gps.decoders.table import PROTOCOLS
from models.kit import postgres
from models.kit.clock import SystemClock
from models.kit.database import Database
from models.kit.errors import Unavailable
from models.kit.ids import new_id
from models.office import Region
from models.vehicle import Device, Vehicle

# Twenty: what stores fixes most often, everything at least once.
VICTIMS = (
    *("ingest",) * 5, *("postgres",) * 4, *("a backend",) * 4, *("geo",) * 3,
    "dashboard_api", "alerts", "vision", "supervisor",
)  # fmt: skip
_VICTIMS_QUICK = ("ingest", "postgres", "a backend", "geo")
_DEVICES = 10  # of each protocol
_EVERY_S = 0.24  # 125 fixes/s of thirty devices
_BETWEEN_S = (0.3, 1.5)
_AGAIN_S = 0.2
_WITHIN_S = 120.0
_STOP_S = 40.0
_ROOM_PORTS = ("api_port", "media_port", "vision_health_port", "geo_health_port",
               "alerts_health_port")  # fmt: skip
_BACKEND = text("""
    SELECT pid FROM pg_stat_activity
    WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
    ORDER BY query LIKE '%INTO position%' DESC, state = 'active' DESC, random() LIMIT 1
""")


@dataclass(slots=True)
class House:
    """A supervised installation in a folder of its own."""

    folder: Path
    ports: dict[str, int]
    process: subprocess.Popen[bytes] | None = None

    @property
    def database_url(self) -> str:
        return postgres.locate(self.folder).url

    def start(self) -> None:
        """Start the supervisor, which starts the rest."""
        environment = {
            **os.environ,
            "AHUAL_STATE_DIR": str(self.folder),
            "AHUAL_MEDIA_WORKERS": "1",
            "AHUAL_LOG_LEVEL": "warning",
            **{f"AHUAL_{name.upper()}": str(port) for name, port in self.ports.items()},
        }
        environment.pop("AHUAL_DATABASE_URL", None)
        with (self.folder / "up.log").open("ab") as log:
            self.process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "TERM", sys.executable, "-m", "dashboard_api.cli", "up"],
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def pid(self, name: str) -> int | None:
        """Return the process id of a child, None while it is away."""
        try:
            return int((self.folder / "run" / f"{name}.pid").read_text())
        except (FileNotFoundError, ValueError):
            return None

    async def ready(self) -> None:
        """Return once the API and the receivers answer.

        Raises:
            Unavailable: they did not in time; the end of the log says why.
        """
        urls = [
            f"http://127.0.0.1:{self.ports['api_port']}/readyz",
            f"http://127.0.0.1:{self.ports['media_port']}/healthz",
        ]
        clock = SystemClock()
        deadline = clock.monotonic() + _WITHIN_S
        async with httpx.AsyncClient(trust_env=False) as client:
            while urls:
                if self.process is None or self.process.poll() is not None:
                    self.start()  # a supervisor that was killed leaves its ports taken for a while
                try:
                    if (await client.get(urls[0])).is_success:
                        del urls[0]
                        continue
                except httpx.HTTPError:
                    pass  # not yet
                if clock.monotonic() > deadline:
                    raise Unavailable((self.folder / "up.log").read_text("utf-8")[-1500:])
                await asyncio.sleep(_AGAIN_S)

    async def kill(self, victim: str, database: Database) -> bool:
        """Kill with -9; return whether there was somebody to kill."""
        if victim == "supervisor":
            assert self.process is not None
            self.process.kill()
            self.process.wait()
            await self.ready()
            return True
        pid = await _backend(database) if victim == "a backend" else self.pid(victim)
        if pid is None:
            return False
        os.kill(pid, signal.SIGKILL)
        return True

    async def stop(self) -> None:
        """End everything."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                await asyncio.to_thread(self.process.wait, _STOP_S)
            except subprocess.TimeoutExpired:
                self.process.kill()  # its children die with it
                self.process.wait()


async def _backend(database: Database) -> int | None:
    try:
        async with database.read() as session:
            return (await session.execute(_BACKEND)).scalar_one_or_none()
    except (SQLAlchemyError, OSError):
        return None


@asynccontextmanager
async def house() -> AsyncIterator[House]:
    """Run a house for as long as the block; nothing of it stays."""
    folder = own_folder()
    names = (*_ROOM_PORTS, *(each.port_setting for each in PROTOCOLS))
    one = House(folder, {name: free_port() for name in names})
    try:
        one.start()
        await one.ready()
        yield one
    finally:
        await one.stop()
        rmtree(folder, ignore_errors=True)


async def add_senders(
    database: Database, ports: dict[str, int], devices: int, begins_at: datetime
) -> list[Sender]:
    """Put in vans, one a device, ``devices`` of each protocol."""
    names = {"kk": "Сынақ", "ru": "Проба", "en": "Bench"}
    region = Region(id=new_id(), code="BENCH", name=names, valid_from=date(2022, 6, 8))
    senders = [
        Sender(
            new_id(),
            f"86706003{kind}{number:05d}0",
            LINES[protocol](ports[f"{protocol}_port"]),
            begins_at,
        )
        for kind, protocol in enumerate(LINES)
        for number in range(devices)
    ]
    async with database.transaction() as session:
        session.add(region)
        await session.flush()
        for one in senders:
            plate = one.identifier[-8:]
            van = Vehicle(id=one.vehicle_id, plate=plate, name=names, region_id=region.id)
            session.add(van)
        await session.flush()
        for one in senders:
            session.add(
                Device(vehicle_id=one.vehicle_id, identifier=one.identifier, protocol="osmand")
            )
    return senders


@dataclass(slots=True)
class Tally:
    """How it went."""

    killed: Counter[str] = field(default_factory=Counter)
    pauses_s: list[float] = field(default_factory=list)
    lasted_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Counted:
    """What is stored of what the senders made."""

    lost: int  # acknowledged and not stored
    twice: int
    foreign: int  # stored and never made


async def run(quick: bool) -> list[Row]:
    """Kill while fixes come in, then count."""
    clock, tally, stop = SystemClock(), Tally(), asyncio.Event()
    victims = list(_VICTIMS_QUICK if quick else VICTIMS)
    random.Random(1).shuffle(victims)
    async with house() as one:
        database = Database(one.database_url, pool_size=2)
        try:
            begins_at = clock.now().replace(microsecond=0) - timedelta(hours=2)
            senders = await add_senders(database, one.ports, _DEVICES, begins_at)
            tasks = [asyncio.create_task(each.send_until(stop)) for each in senders]
            tasks += [asyncio.create_task(each.make_every(_EVERY_S, stop)) for each in senders]
            await _all_heard(senders)
            begun, made_before = clock.monotonic(), sum(each.made for each in senders)
            for victim in victims:
                await _kill(one, victim, senders, database, tally)
            tally.lasted_s = clock.monotonic() - begun
            made = sum(each.made for each in senders) - made_before
            stop.set()
            async with asyncio.timeout(_WITHIN_S):
                await asyncio.gather(*tasks)
            found = await counted(database, senders)
            unjudged = await _until_judged(database)
        finally:
            await database.close()
    return _rows(senders, tally, found, made, unjudged)


async def _kill(
    one: House, victim: str, senders: Sequence[Sender], database: Database, tally: Tally
) -> None:
    """Kill somebody, and wait until every device was acknowledged again."""
    chance, clock = random.Random(len(tally.pauses_s)), SystemClock()
    while not await one.kill(victim, database):  # noqa: ASYNC110 - another process comes back
        await asyncio.sleep(_AGAIN_S)
    begun = clock.monotonic()
    tally.killed[victim] += 1
    await _all_heard(senders)
    tally.pauses_s.append(clock.monotonic() - begun)
    await asyncio.sleep(chance.uniform(*_BETWEEN_S))


async def _all_heard(senders: Sequence[Sender]) -> None:
    """Return once every device was acknowledged anew.

    Raises:
        TimeoutError: one was not.
    """
    before = [len(each.acknowledged) for each in senders]
    async with asyncio.timeout(_WITHIN_S):
        while any(  # noqa: ASYNC110 - thirty of them, and no haste
            len(each.acknowledged) == known for each, known in zip(senders, before, strict=True)
        ):
            await asyncio.sleep(_AGAIN_S / 4)


async def counted(database: Database, senders: Sequence[Sender]) -> Counted:
    """Compare what was acknowledged and what was made with what is stored."""
    async with database.read() as session:
        found = (await session.execute(text("SELECT vehicle_id, fixed_at FROM position"))).all()
    stored: Counter[tuple[UUID, datetime]] = Counter((van, at) for van, at in found)
    acknowledged = {(each.vehicle_id, at) for each in senders for at in each.acknowledged}
    made = {
        (each.vehicle_id, each.begins_at + timedelta(seconds=number))
        for each in senders
        for number in range(each.made)
    }
    return Counted(
        len(acknowledged - stored.keys()),
        sum(times - 1 for times in stored.values()),
        len(stored.keys() - made),
    )


async def _until_judged(database: Database) -> int:
    clock = SystemClock()
    deadline = clock.monotonic() + _WITHIN_S / 2
    left = 1
    while left and clock.monotonic() < deadline:
        await asyncio.sleep(_AGAIN_S)
        async with database.read() as session:
            left = (await session.execute(text("SELECT count(*) FROM unjudged_span"))).scalar_one()
    return left


def _rows(
    senders: Sequence[Sender], tally: Tally, found: Counted, made: int, unjudged: int
) -> list[Row]:
    acknowledged = sum(len(each.acknowledged) for each in senders)
    again = sum(each.failures for each in senders)
    victims = ", ".join(f"{name} {times}" for name, times in tally.killed.most_common())
    about = (
        f"{acknowledged} acknowledged fixes of {len(senders)} devices ({', '.join(LINES)}), "
        f"{again} times sent again"
    )
    return [
        Row("kills", tally.killed.total(), "times", goal=len(VICTIMS), direction=Goal.AT_LEAST,
            note=f"kill -9: {victims}; --quick kills fewer"),
        Row("fixes_per_s", made / tally.lasted_s, "fixes/s", goal=100, direction=Goal.AT_LEAST,
            note=f"made while {tally.lasted_s:.0f} s of killing lasted"),
        Row("acknowledged_lost", found.lost, "fixes", goal=0, note=about),
        Row("stored_twice", found.twice, "fixes", goal=0, note=about),
        Row("stored_never_made", found.foreign, "fixes", goal=0, note=about),
        Row("left_unacknowledged", sum(len(each.outbox) for each in senders), "fixes", goal=0,
            note="after the last kill"),
        Row("left_unjudged", unjudged, "spans", goal=0, note="within a minute after that"),
        Row("pause_s_max", max(tally.pauses_s), "s",
            note="from a kill until each device was acknowledged again"),
    ]  # fmt: skip
