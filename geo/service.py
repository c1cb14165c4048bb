"""The geo process: judges vans, says when positions grow old, makes trips, partitions, sums."""

import asyncio
from uuid import UUID

from prometheus_client import Gauge
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncSession

from geo.freshness import Freshness
from geo.judging import service as judging
from geo.judging.upkeep import forget_snapshots, learn_dead_zones
from geo.ordering import HOURS_UTC, put_in_order
from geo.partitions import make_partitions
from geo.plans.making import make_trips
from geo.reports.van_days import VanDays
from geo.repository import vehicles
from geo.retention import forget, kept_for
from models.kit.bus import announce
from models.kit.clock import Clock
from models.kit.database import Database
from models.kit.log import get
from models.kit.service import serve_health, wait
from models.kit.settings import Settings

log = get(__name__)
JUDGE_EVERY_S = 3.0
UPKEEP_EVERY_S = 6 * 3600.0
TRIPS_EVERY_S = 600.0
_LONGEST_RETRY_S = 30.0
VANS = Gauge("ahual_geo_vehicles", "Vans by age of their position.", ["freshness"])


class FreshnessWatch:
    """Remembers what was said of each van; one in a process."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._said: dict[UUID, Freshness] | None = None

    async def judge(self, database: Database) -> list[UUID]:
        """Announce vans whose freshness changed; return them. The first look says nothing."""
        async with database.transaction() as session:
            found = await self._look(session)
            known = found if self._said is None else self._said
            changed = [one for one, fresh in found.items() if known.get(one) != fresh]
            for vehicle_id in changed:
                announce(
                    session,
                    "vehicle",
                    vehicle_id,
                    {"id": str(vehicle_id), "freshness": str(found[vehicle_id])},
                )
        self._said = found
        for fresh in Freshness:
            VANS.labels(fresh).set(sum(one is fresh for one in found.values()))
        return changed

    async def _look(self, session: AsyncSession) -> dict[UUID, Freshness]:
        now = self._clock.now()
        return {van.id: van.freshness(now) for van in await vehicles(session)}


async def run(settings: Settings, database: Database, clock: Clock, stop: asyncio.Event) -> None:
    """Work until ``stop`` is set; a database that is away is waited for."""
    async with asyncio.TaskGroup() as group:
        group.create_task(judging.run(database, clock, stop))
        await _watch(settings, database, clock, stop)


async def _watch(settings: Settings, database: Database, clock: Clock, stop: asyncio.Event) -> None:
    watch, van_days = FreshnessWatch(clock), VanDays(clock)
    reached = {"database": False}

    async def ready() -> dict[str, bool]:
        return dict(reached)

    health = await serve_health("127.0.0.1", settings.geo_health_port, ready)
    log.info("geo.started", health_port=settings.geo_health_port)
    upkeep_due = trips_due = clock.monotonic()
    pause_s = JUDGE_EVERY_S
    try:
        while not stop.is_set():
            try:
                if clock.monotonic() >= upkeep_due:
                    async with database.transaction() as session:
                        made = await make_partitions(session)
                        await learn_dead_zones(session, clock.now())
                        await forget_snapshots(session, clock.now())
                    gone = await forget(database, kept_for(settings), clock.now())
                    upkeep_due = clock.monotonic() + UPKEEP_EVERY_S
                    log.info("partitions.made", count=made, forgotten=len(gone))
                if clock.monotonic() >= trips_due:
                    async with database.transaction() as session:
                        trips = await make_trips(session, clock.now())
                    trips_due = clock.monotonic() + TRIPS_EVERY_S
                    log.info("trips.made", count=len(trips))
                await watch.judge(database)
                if await van_days.step(database) == 0 and clock.now().hour in HOURS_UTC:
                    await put_in_order(database, clock.now())
            except (DBAPIError, PoolTimeout, OSError) as error:
                reached["database"] = False
                pause_s = min(pause_s * 2, _LONGEST_RETRY_S)
                log.warning("database.away", error=str(error), retry_in_s=pause_s)
            else:
                reached["database"] = True
                pause_s = JUDGE_EVERY_S
            await wait(stop, pause_s)
    finally:
        health.close()
        await health.wait_closed()
