"""Puts the application together: routes, errors, live changes and the web application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

from fastapi import APIRouter, FastAPI

from dashboard_api import errors, live, openapi, web
from dashboard_api.hub import Hub
from dashboard_api.middleware import Surroundings
from dashboard_api.passwords import Passwords
from dashboard_api.routes import (
    alerts,
    audit,
    camera_look,
    camera_picture,
    camera_setup,
    cameras,
    complaint_steps,
    complaints,
    crew,
    evidence,
    fleet,
    geofences,
    health,
    holds,
    looking,
    map,  # noqa: A004 - the route's own name
    movements,
    offices,
    panels,
    recordings,
    regions,
    reports,
    retention,
    route_drafts,
    service_codes,
    session,
    tiles,
    timetables,
    trips,
    users,
    van_panel,
    van_routes,
    van_rules,
    van_setup,
    vehicles,
    villages,
    waiting,
    wall_tickets,
)
from dashboard_api.sealing import sealing
from dashboard_api.services import Services
from dashboard_api.throttle import Throttle
from dashboard_api.version import VERSION
from models.kit.clock import Clock, SystemClock
from models.kit.database import Database
from models.kit.settings import Settings

ROUTES = (
    session,
    regions,
    offices,
    waiting,
    cameras,
    camera_setup,
    camera_look,
    camera_picture,
    looking,
    wall_tickets,
    recordings,
    retention,
    holds,
    vehicles,
    van_setup,
    fleet,
    movements,
    route_drafts,
    reports,
    van_routes,
    van_rules,
    timetables,
    trips,
    crew,
    geofences,
    villages,
    panels,
    van_panel,
    map,
    tiles,
    alerts,
    complaints,
    complaint_steps,
    evidence,
    service_codes,
    users,
    audit,
)


def create_app(*, settings: Settings, database: Database, clock: Clock, key: bytes) -> FastAPI:
    """Return the ASGI application; the caller owns the database and closes it."""
    hub = Hub(database, clock)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with hub.running(), sealing(database, key):
            yield

    app = FastAPI(
        title="Ahual",
        version=VERSION,
        lifespan=lifespan,
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.services = Services(
        settings=settings,
        database=database,
        clock=clock,
        key=key,
        passwords=Passwords(),
        throttle=Throttle(),
    )
    app.state.hub = hub
    errors.install(app)
    app.add_middleware(Surroundings, clock=clock)
    app.include_router(_v1())
    app.include_router(health.router)
    app.include_router(villages.page)
    app.include_router(web.router)

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = openapi.document(app)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]
    return app


@cache
def _v1() -> APIRouter:
    """Return all routes under /api/v1: they know no application, so that they are read once."""
    v1 = APIRouter(prefix="/api/v1", responses=openapi.PROBLEM_RESPONSE)
    for module in ROUTES:
        v1.include_router(module.router)
    v1.include_router(live.router)
    return v1


def openapi_schema() -> dict[str, Any]:
    """Return the OpenAPI document without a database or settings of this machine."""
    app = create_app(
        settings=Settings.model_construct(),
        database=Database("postgresql:///schema-only"),
        clock=SystemClock(),
        key=b"",
    )
    return app.openapi()
