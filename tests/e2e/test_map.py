"""The map with tiles of another origin, opened by a link at a past moment of one van."""

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import pytest
import uvicorn
from playwright.async_api import Browser, expect
from sqlalchemy import text
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dashboard_api.app import create_app
from dashboard_api.sessions import open_session
from models.kit.clock import SystemClock
from models.kit.database import Database
from models.kit.settings import Settings
from models.operator import Operator
from tests.builders import build_operator, build_vehicle
from tests.e2e.conftest import guarded_page

pytestmark = [pytest.mark.e2e, pytest.mark.postgis]
expect.set_options(timeout=30_000)
CLOCK = SystemClock()
NOW = CLOCK.now()
DROVE_FROM, DROVE_FOR = NOW - timedelta(hours=3), timedelta(hours=1)
_DROVE = text("""
    INSERT INTO position
        (vehicle_id, fixed_at, received_at, geom, speed_km_h, flags, protocol)
    SELECT :van, at, at, ST_SetSRID(ST_MakePoint(
               76 + extract(epoch FROM at - :begun) / 3600, 43), 4326), 80, '{}', 'osmand'
    FROM generate_series(CAST(:begun AS timestamptz), CAST(:ended AS timestamptz),
                         interval '30 seconds') at
""")
_TILE = text("""
    SELECT ST_AsMVT(shape, 'land', 4096, 'geom')
    FROM (SELECT ST_AsMVTGeom(ST_TileEnvelope(0, 0, 0), ST_TileEnvelope(0, 0, 0)) AS geom) shape
""")


@dataclass
class Tiles:
    """Somebody's style and its one tile, on an origin of its own."""

    tile: bytes
    broken: bool = True
    asked: list[str] = field(default_factory=list)

    async def style(self, request: Request) -> Response:
        self.asked.append(request.url.path)
        if self.broken:
            return Response(status_code=503)
        source = {"type": "vector", "tiles": ["tiles/{z}/{x}/{y}.pbf"], "maxzoom": 0}
        land = {"type": "fill", "source": "land", "source-layer": "land"}
        paint = {"paint": {"fill-color": "#205020"}}
        layers = [{"id": "land", **land, **paint}]
        return JSONResponse({"version": 8, "sources": {"land": source}, "layers": layers})

    async def square(self, request: Request) -> Response:
        self.asked.append(request.url.path)
        return Response(self.tile, media_type="application/vnd.mapbox-vector-tile")

    def app(self) -> Starlette:
        routes = [Route("/style.json", self.style), Route("/tiles/{rest:path}", self.square)]
        return Starlette(
            routes=routes, middleware=[Middleware(CORSMiddleware, allow_origins=["*"])]
        )


@dataclass
class Place:
    """An API whose map asks the tiles of another origin, and one van that drove."""

    origin: str
    tiles_origin: str
    tiles: Tiles
    van: UUID
    session: str


class _Server(uvicorn.Server):
    """Leaves signals to the test runner."""

    def install_signal_handlers(self) -> None:
        return


def _listener() -> tuple[socket.socket, str]:
    listener = socket.create_server(("127.0.0.1", 0))
    return listener, f"http://127.0.0.1:{listener.getsockname()[1]}"


async def _drove(database: Database) -> tuple[UUID, bytes, str]:
    async with database.transaction() as session:
        van = await build_vehicle(session, plate="757 KZ 05")
        span = {"van": van, "begun": DROVE_FROM, "ended": DROVE_FROM + DROVE_FOR}
        await session.execute(_DROVE, span)
        tile = bytes((await session.execute(_TILE)).scalar_one())
        person = await session.get_one(
            Operator, await build_operator(session, login="dispatcher", role="dispatcher")
        )
        token, _ = await open_session(
            session, person, now=CLOCK.now(), hours=14, address="test", user_agent="test"
        )
    return van, tile, token


@pytest.fixture
async def place(database: Database) -> AsyncIterator[Place]:
    van, tile, token = await _drove(database)
    tiles = Tiles(tile)
    (api_at, origin), (tiles_at, tiles_origin) = _listener(), _listener()
    app = create_app(
        settings=Settings(map_tiles_url=f"style:{tiles_origin}/style.json"),
        database=database,
        clock=CLOCK,
        key=b"k" * 32,
    )
    servers = [
        (_Server(uvicorn.Config(one, log_config=None, timeout_graceful_shutdown=1)), listener)
        for one, listener in ((app, api_at), (tiles.app(), tiles_at))
    ]
    serving = [
        asyncio.create_task(server.serve(sockets=[listener])) for server, listener in servers
    ]
    yield Place(origin, tiles_origin, tiles, van, token)
    for server, _ in servers:
        server.should_exit = True
    await asyncio.gather(*serving)


async def test_a_link_opens_a_vans_past_over_own_tiles_and_asks_nobody_else(
    browser: Browser, place: Place
) -> None:
    at = (DROVE_FROM + DROVE_FOR / 2).strftime("%Y-%m-%dT%H:%M:%SZ")
    async with guarded_page(browser, "map") as page:
        await page.add_init_script("localStorage.setItem('ahual.language', 'en')")
        await page.set_viewport_size({"width": 360, "height": 740})
        asked: set[str] = set()
        page.on("request", lambda r: asked.add("/".join(r.url.split("/")[:3])))
        await page.context.add_cookies(
            [{"name": "ahual", "value": place.session, "url": place.origin}]
        )
        await page.goto(f"{place.origin}/map?vehicle={place.van}&at={at}")
        problem = page.get_by_test_id("ground-problem")
        await expect(problem).to_contain_text(place.tiles_origin)
        await expect(page.get_by_test_id("van-card")).to_be_visible()
        await expect(page.get_by_test_id("replay-moment")).to_have_attribute(
            "data-waiting", "false"
        )
        await expect(page.get_by_test_id("van-age-then")).to_contain_text("ago")
        await expect(page.get_by_test_id("follow")).to_have_attribute("aria-pressed", "true")
        pressed = page.get_by_test_id("replay-toggle")
        await expect(pressed).to_have_accessible_name("Play")
        await page.keyboard.press("k")  # the line has the focus, and its keys go on to the map
        await expect(pressed).to_have_accessible_name("Pause")

        place.tiles.broken = False
        await page.reload()
        canvas = page.get_by_test_id("map-canvas")
        await expect(canvas).to_have_attribute("data-own-ground", "true")
        await expect(problem).to_have_count(0)
        async with page.expect_response("**/api/v1/map/fixes/**") as fixes:
            await page.get_by_test_id("layer-fixes").check()
        assert (await fixes.value).status == 200
        await page.keyboard.press("Escape")
        await expect(page.get_by_test_id("van-card")).to_have_count(0)
        assert f"vehicle={place.van}" not in page.url
        # Leaving takes the map away, and what its parts leave behind must not take the page along.
        await page.set_viewport_size({"width": 1280, "height": 800})
        await page.get_by_role("link", name="Plan", exact=True).click()
        await expect(page.get_by_role("link", name="Timetables")).to_be_visible()
    strangers = {one for one in asked if one.startswith("http")}
    assert strangers == {place.origin, place.tiles_origin}
    assert "/tiles/0/0/0.pbf" in place.tiles.asked
