"""A crew's day on a phone of 360 px: paired, out of the network, back again."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
import uvicorn
from playwright.async_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select

from dashboard_api import panels
from dashboard_api.app import create_app
from dashboard_api.panel_view import ZONE
from ingest.gps.devices import Devices
from ingest.gps.intake import Intake
from ingest.gps.receivers.osmand_http import OsmandReceiver
from ingest.gps.store import PositionStore
from models.alert import Alert
from models.kit.clock import SystemClock
from models.kit.database import Database
from models.kit.settings import Settings
from models.plan import Route, Stop, StopVisit, Trip, VanReport
from models.vehicle import Position, Vehicle
from tests.builders import build_operator, build_vehicle, names
from tests.e2e.conftest import RESULTS
from tests.house import until

pytestmark = [pytest.mark.e2e, pytest.mark.postgis]
CLOCK = SystemClock()


@dataclass
class Centre:
    """An API with its receiver of positions, and the link of a phone."""

    database: Database
    origin: str
    link: str
    van: UUID

    async def reports(self) -> list[VanReport]:
        async with self.database.read() as session:
            query = select(VanReport).order_by(VanReport.received_at, VanReport.happened_at)
            return list(await session.scalars(query))


class _Server(uvicorn.Server):
    """Leaves signals to the test runner."""

    def install_signal_handlers(self) -> None:
        return


async def _plan(database: Database, origin: str) -> tuple[str, UUID]:
    """A van with a trip that began an hour ago; return its phone's link."""
    now = CLOCK.now().replace(second=0, microsecond=0)
    async with database.transaction() as session:
        van = await build_vehicle(session, plate="757 KZ 05")
        region = (await session.get_one(Vehicle, van)).region_id
        route = Route(
            name=names("Алматы — Ұзынағаш"),
            region_id=region,
            geom="SRID=4326;LINESTRING(76.9 43.2, 76.3 43.2)",
            length_m=50_000,
            source="drawn",
            made_at=now,
        )
        session.add(route)
        await session.flush()
        trip = Trip(
            vehicle_id=van,
            route_id=route.id,
            service_date=now.astimezone(ZONE).date(),
            planned_start_at=now - timedelta(hours=1),
            planned_end_at=now + timedelta(hours=5),
        )
        session.add(trip)
        await session.flush()
        for sequence, village in enumerate(("Қарғалы", "Ұзынағаш", "Үңгіртас"), 1):
            stop = Stop(
                route_id=route.id,
                sequence=sequence,
                name=names(village),
                village=f"village-{sequence}",
                geom="SRID=4326;POINT(76.5 43.2)",
                progress_m=1000 * sequence,
                arrive_after_s=3600 * sequence,
                stay_s=3000,
            )
            session.add(stop)
            await session.flush()
            arrival = now + timedelta(hours=sequence - 1)
            session.add(
                StopVisit(
                    trip_id=trip.id,
                    sequence=sequence,
                    stop_id=stop.id,
                    planned_arrival_at=arrival,
                    planned_departure_at=arrival + timedelta(minutes=50),
                )
            )
        dispatcher = await build_operator(session, login="dispatcher", role="dispatcher")
        paired = await panels.pair(session, van, by=dispatcher, origin=origin, now=now)
        return paired.link, van


@pytest.fixture
async def centre(database: Database, settings: Settings) -> AsyncIterator[Centre]:
    store, stop = PositionStore(database, CLOCK), asyncio.Event()
    receiver = OsmandReceiver(Intake(Devices(database, CLOCK), store), CLOCK)
    writing = asyncio.create_task(store.run(stop))
    osmand_port = await receiver.start("127.0.0.1", 0)
    listener = socket.create_server(("127.0.0.1", 0))
    origin = f"http://127.0.0.1:{listener.getsockname()[1]}"
    app = create_app(
        settings=settings.model_copy(update={"osmand_port": osmand_port}),
        database=database,
        clock=CLOCK,
        key=b"k" * 32,
    )
    server = _Server(uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=1))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    link, van = await _plan(database, origin)
    yield Centre(database, origin, link, van)
    server.should_exit = True
    await serving
    stop.set()
    await receiver.close()
    await writing


@pytest.fixture
def settings() -> Settings:
    return Settings()


@asynccontextmanager
async def phone(browser: Browser) -> AsyncIterator[tuple[BrowserContext, Page]]:
    context = await browser.new_context(
        viewport={"width": 360, "height": 740},
        has_touch=True,
        is_mobile=True,
        geolocation={"latitude": 43.2383, "longitude": 76.9453, "accuracy": 8},
        permissions=["geolocation"],
    )
    page = await context.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    yield context, page
    RESULTS.mkdir(exist_ok=True)
    await page.screenshot(path=RESULTS / "van-panel.png", full_page=True)
    await context.close()
    assert troubles == []


async def test_a_day_without_a_network_arrives_once_in_order(
    browser: Browser, centre: Centre
) -> None:
    async with phone(browser) as (context, page):
        await page.goto(centre.link)
        await expect(page.get_by_test_id("status")).to_have_attribute("data-state", "online")
        assert "#" not in page.url
        await expect(page.locator("h1")).to_have_text("757 KZ 05")
        await page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        await page.get_by_test_id("place").check()

        await context.set_offline(True)
        await page.get_by_test_id("arrived").tap()
        for _ in range(3):
            await page.get_by_test_id("people-more").tap()
        await expect(page.get_by_test_id("people")).to_have_text("3")
        sos = page.get_by_test_id("sos")
        await sos.focus()
        await page.keyboard.down("Enter")
        await page.keyboard.up("Enter")  # let go too early
        await expect(page.get_by_test_id("sos-progress")).to_be_empty()
        await page.keyboard.down("Enter")
        await expect(page.get_by_test_id("sos-progress")).to_have_attribute(
            "data-come", "sos_waits"
        )
        await page.keyboard.up("Enter")

        await page.reload()
        await expect(page.get_by_test_id("waiting")).to_have_attribute("data-count", "3")
        await expect(page.get_by_test_id("people")).to_have_text("3")
        assert await centre.reports() == []

        await context.set_offline(False)
        await expect(page.get_by_test_id("waiting")).to_have_attribute("data-count", "0")
        await expect(page.get_by_test_id("sos-progress")).to_have_attribute("data-come", "sos_sent")
        said = await centre.reports()
        assert [one.kind for one in said] == ["arrived", "people_served", "sos"]
        assert [one.people for one in said] == [None, 3, None]
        async with centre.database.read() as session:
            (alert,) = await session.scalars(select(Alert))
            assert (alert.rule, alert.severity) == ("van_sos", "critical")
            assert alert.since_at == said[2].happened_at
            visit = await session.get_one(StopVisit, (said[1].trip_id, 1))
            assert visit.people_served == 3

        async def tracked() -> bool:
            async with centre.database.read() as session:
                query = select(Position.vehicle_id).where(Position.protocol == "osmand")
                return centre.van in list(await session.scalars(query))

        await until(tracked, within_s=30, what="the phone's position is stored")
        wide = await page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 360
