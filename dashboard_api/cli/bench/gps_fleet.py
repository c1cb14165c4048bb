"""The bench's vans: five hundred, with routes and trips of today, so that judging has work."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

import httpx
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from dashboard_api.accounts import add_user
from dashboard_api.cli.bench.gps_truth import real_places
from dashboard_api.cli.bench.ground import Ground, free_port
from dashboard_api.cli.bench.live_node import process
from geo.plans.days import planned_trip
from geo.plans.making import planned_stops, store_trips
from geo.plans.routes import RouteDraft, StopDraft, store_route
from ingest.gps.decoders.table import PROTOCOLS
from ingest.simulated.campaigns import VanDay, van_days
from models.kit.clock import SystemClock
from models.kit.errors import Unavailable
from models.kit.ids import new_id
from models.observations import RouteSource
from models.office import Region
from models.vehicle import Device, Vehicle

VANS = 500
ROUTES = 8
INTERVAL_S = 10.0
LOGIN, PASSWORD = "bench", "a-long-password"
_SEED = 5
_READY_S = 60.0
_NAMES = {"kk": "Сынақ", "ru": "Проба", "en": "Bench"}
# Trips of vans as other vans have them, at another time: planned, or over and as planned.
_COPY_TRIPS = text("""
    WITH asked AS (
        SELECT * FROM unnest(CAST(:like_vans AS uuid[]), CAST(:vans AS uuid[])) AS a(like_van, van)
    ), copied AS (
        INSERT INTO trip (id, vehicle_id, route_id, service_date, planned_start_at, planned_end_at,
                          state, started_at, ended_at, progress_m, judged_until)
        SELECT gen_random_uuid(), a.van, t.route_id, CAST(:begins AS date), :begins, span.ends,
               CASE WHEN span.over THEN 'done' ELSE 'planned' END,
               CASE WHEN span.over THEN CAST(:begins AS timestamptz) END,
               CASE WHEN span.over THEN span.ends END, CASE WHEN span.over THEN r.length_m END,
               CASE WHEN span.over THEN span.ends END
        FROM asked a JOIN trip t ON t.vehicle_id = a.like_van AND t.state <> 'done'
        JOIN route r ON r.id = t.route_id
        CROSS JOIN LATERAL (
            SELECT CAST(:over AS boolean) AS over,
                   CAST(:begins AS timestamptz) + (t.planned_end_at - t.planned_start_at) AS ends
        ) span
        RETURNING id, vehicle_id, planned_start_at
    )
    INSERT INTO stop_visit (trip_id, sequence, stop_id, planned_arrival_at, planned_departure_at,
                            state, arrived_at, departed_at, inferred)
    SELECT c.id, v.sequence, v.stop_id, v.planned_arrival_at + apart.apart,
           v.planned_departure_at + apart.apart,
           CASE WHEN CAST(:over AS boolean) THEN 'served' ELSE 'planned' END,
           CASE WHEN CAST(:over AS boolean) THEN v.planned_arrival_at + apart.apart END,
           CASE WHEN CAST(:over AS boolean) THEN v.planned_departure_at + apart.apart END, false
    FROM copied c JOIN asked a ON a.van = c.vehicle_id
    JOIN trip t ON t.vehicle_id = a.like_van AND t.state <> 'done'
    JOIN stop_visit v ON v.trip_id = t.id
    CROSS JOIN LATERAL (SELECT c.planned_start_at - t.planned_start_at AS apart) apart
""")


@dataclass(frozen=True, slots=True)
class Van:
    """A van of the bench, its tracker and the trip it is on."""

    vehicle_id: UUID
    identifier: str
    day: VanDay


@dataclass(frozen=True, slots=True)
class Rooms:
    """The processes that are measured: where devices connect and where a dispatcher looks."""

    teltonika: int
    api: str
    pids: dict[str, int]


async def add_fleet(place: Ground, starts_at: datetime, routes: int = ROUTES) -> list[Van]:
    """Put in the vans; each is on one of ``routes`` trips that began at ``starts_at``."""
    days = list(
        van_days(
            real_places(),
            routes,
            _SEED,
            starts_at,
            report_interval_s=INTERVAL_S,
            parked_interval_s=INTERVAL_S,
            apart=timedelta(0),
        )
    )
    async with place.database.transaction() as session:
        region = Region(id=new_id(), code="KZ-75", name=_NAMES, valid_from=date(2022, 6, 8))
        session.add(region)
        await session.flush()
        fleet = [
            Van(new_id(), f"8670600300{number:05d}", days[number % routes])
            for number in range(VANS)
        ]
        for number, van in enumerate(fleet):
            session.add(
                Vehicle(
                    id=van.vehicle_id,
                    plate=f"{number:03d} BNC 02",
                    name=_NAMES,
                    region_id=region.id,
                    report_interval_s=int(INTERVAL_S),
                )
            )
        await session.flush()
        for van in fleet:
            session.add(
                Device(vehicle_id=van.vehicle_id, identifier=van.identifier, protocol="teltonika")
            )
        first = fleet[:routes]
        for van in first:
            await _trip(session, await _route(session, region.id, van.day), van, starts_at)
        others = [(first[number % routes], van) for number, van in enumerate(fleet)][routes:]
        await copy_trips(session, others, starts_at)
    await add_user(place.database, LOGIN, PASSWORD, "dispatcher", "Bench", "kk")
    return fleet


async def copy_trips(
    session: AsyncSession,
    pairs: Sequence[tuple[Van, Van]],
    begins: datetime,
    *,
    over: bool = False,
) -> None:
    """Give the second van of each pair the first one's trip; ``over``: it was as planned."""
    vans = {
        "like_vans": [like.vehicle_id for like, _ in pairs],
        "vans": [van.vehicle_id for _, van in pairs],
    }
    await session.execute(_COPY_TRIPS, {**vans, "begins": begins, "over": over})


async def _route(session: AsyncSession, region_id: UUID, day: VanDay) -> UUID:
    stops = [
        StopDraft(
            name=dict.fromkeys(_NAMES, stop.name),
            latitude=stop.latitude,
            longitude=stop.longitude,
            arrive_after_s=stop.arrive_after_s,
            stay_s=stop.stay_s,
        )
        for stop in day.route.stops
    ]
    draft = RouteDraft(_NAMES, region_id, day.route.line, stops, RouteSource.DRIVEN)
    return (await store_route(session, draft, day.starts_at)).id


async def _trip(session: AsyncSession, route_id: UUID, van: Van, starts_at: datetime) -> None:
    stops = await planned_stops(session, route_id)
    trip = planned_trip(starts_at.date(), starts_at, stops, van.day.route.road_m[-1])
    await store_trips(
        session, [trip], vehicle_id=van.vehicle_id, route_id=route_id, timetable_id=None
    )


@asynccontextmanager
async def rooms(place: Ground) -> AsyncIterator[Rooms]:
    """Run the receivers, the judge and the API for as long as the block.

    Raises:
        Unavailable: one of them did not become ready.
    """
    settings = place.settings
    ports = {each.port_setting: free_port() for each in PROTOCOLS}
    geo_port = free_port()
    environment = {
        "AHUAL_DATABASE_URL": settings.database_url or "",
        "AHUAL_STATE_DIR": str(settings.state_dir),
        "AHUAL_API_PORT": str(settings.api_port),
        "AHUAL_MEDIA_PORT": str(settings.media_port),
        "AHUAL_GEO_HEALTH_PORT": str(geo_port),
        "AHUAL_LOG_LEVEL": "warning",
        **{f"AHUAL_{name.upper()}": str(port) for name, port in ports.items()},
    }
    api = f"http://127.0.0.1:{settings.api_port}"
    async with AsyncExitStack() as stack:
        pids = {
            name: (
                await stack.enter_async_context(
                    process(place.folder / f"{name}.log", name, **environment)
                )
            ).pid
            for name in ("ingest", "geo", "dashboard_api")
        }
        media = f"http://127.0.0.1:{settings.media_port}"
        await _ready([f"{media}/healthz", f"http://127.0.0.1:{geo_port}/readyz", f"{api}/readyz"])
        yield Rooms(ports["teltonika_port"], api, pids)


async def _ready(urls: list[str]) -> None:
    clock = SystemClock()
    deadline = clock.monotonic() + _READY_S
    async with httpx.AsyncClient(trust_env=False) as client:
        for url in urls:
            while True:
                try:
                    if (await client.get(url)).is_success:
                        break
                except httpx.HTTPError:
                    pass  # it does not listen yet
                if clock.monotonic() > deadline:
                    raise Unavailable(f"{url} did not become ready within {_READY_S:.0f} s")
                await asyncio.sleep(0.1)
