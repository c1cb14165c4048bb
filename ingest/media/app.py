"""The media node's HTTP door: every route by file, problems as RFC 9457, health and metrics."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import JSONResponse, PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.registry import Collector
from starlette.exceptions import HTTPException

from ingest.media import (
    clips,
    live,
    live_mp4,
    replay,
    revocation,
    seek,
    segments,
    snapshot,
    talk_door,
    thumbnails,
    whep,
)
from ingest.media.node import FeedDirectory, MediaNode
from ingest.media.own_metrics import OwnMetrics
from ingest.media.peers import Peers
from ingest.media.readiness import Readiness
from ingest.media.revocation import Revocations
from ingest.media.segment_places import SegmentPlaces
from ingest.media.socket_limit import SocketLimit
from ingest.media.talk import Talks
from ingest.outage import AWAY
from models.kit.clock import Clock
from models.kit.database import Database
from models.kit.errors import CentreError, InvalidInput, TooMany, Unavailable, problem
from models.kit.settings import Settings

_PROBLEM = "application/problem+json"


def create_app(
    *,
    feeds: FeedDirectory,
    database: Database,
    settings: Settings,
    key: bytes,
    clock: Clock,
    metrics: Sequence[Collector] = (),
    cameras_loaded: Callable[[], bool] = lambda: True,
) -> FastAPI:
    """Return the app; its lifespan follows revocations and reaps silent WebRTC peers.

    ``metrics`` are further collectors for /metrics; ``cameras_loaded`` counts for /readyz.
    """
    revocations = Revocations(clock)
    node = MediaNode(feeds, database, settings, key, clock, revocations)
    peers, talks = Peers(node), Talks(node)
    segment_places = SegmentPlaces(database, settings.media_node, clock)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        tasks = [
            asyncio.create_task(revocation.follow(database, revocations, clock)),
            asyncio.create_task(revocation.sweep(revocations)),
            asyncio.create_task(peers.sweep()),
            asyncio.create_task(talks.sweep()),
        ]
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await peers.close()
        await talks.close()

    app = FastAPI(title="Ahual media node", lifespan=lifespan, docs_url=None, redoc_url=None)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=["*"],  # the ticket is the authority, not where the page came from
        allow_methods=["*"],
        allow_headers=["*"],
        expose_headers=["Location", "Retry-After", "Content-Range", "Accept-Ranges", "X-Cell"],
    )
    app.add_middleware(SocketLimit, limit=settings.media_sockets_max)
    for router in (
        live.routes(node),
        live_mp4.routes(node),
        snapshot.routes(node),
        whep.routes(node, peers),
        talk_door.routes(node, talks),
        replay.routes(node, segment_places),
        seek.routes(node),
        segments.routes(node, segment_places),
        thumbnails.routes(node),
        clips.routes(node),
    ):
        app.include_router(router)
    _add_problems(app)
    readiness = Readiness(database, settings, revocations, cameras_loaded)
    _add_operations(app, readiness, [OwnMetrics(revocations, clock), *metrics])
    return app


def _add_problems(app: FastAPI) -> None:
    @app.exception_handler(CentreError)
    async def named(_request: Request, error: CentreError) -> JSONResponse:
        headers = {}
        if isinstance(error, TooMany | Unavailable):
            headers["Retry-After"] = str(error.retry_after_s)
        if error.status == 401:
            headers["WWW-Authenticate"] = "Bearer"
        return JSONResponse(problem(error), error.status, headers, _PROBLEM)

    @app.exception_handler(RequestValidationError)
    async def invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"][1:])
        found = InvalidInput(f"«{field}»: {first['msg']}.", field=field)
        return JSONResponse(problem(found), found.status, media_type=_PROBLEM)

    @app.exception_handler(HTTPException)
    async def http(_request: Request, error: HTTPException) -> JSONResponse:
        title = str(error.detail)
        body = {"type": "about:blank", "title": title, "status": error.status_code, "detail": title}
        return JSONResponse(body, error.status_code, error.headers, _PROBLEM)

    @app.exception_handler(Exception)
    async def fault(_request: Request, _error: Exception) -> JSONResponse:
        found = CentreError("The node made a mistake; its log has the details.")
        return JSONResponse(problem(found), found.status, media_type=_PROBLEM)

    async def away(_request: Request, _error: Exception) -> JSONResponse:
        found = Unavailable("The node cannot reach its database now; live pictures go on.")
        headers = {"Retry-After": str(found.retry_after_s)}
        return JSONResponse(problem(found), found.status, headers, _PROBLEM)

    for kind in AWAY:
        if kind is not OSError:  # that can be a file of ours too, and is then our fault
            app.add_exception_handler(kind, away)


def _add_operations(app: FastAPI, readiness: Readiness, collectors: Sequence[Collector]) -> None:
    own = CollectorRegistry()
    for collector in collectors:
        own.register(collector)

    @app.get("/healthz")
    async def healthz() -> PlainTextResponse:
        return PlainTextResponse("ok\n")

    @app.get("/readyz")
    async def readyz() -> PlainTextResponse:
        checks = await readiness.look()
        text = "".join(f"{check}\n" for check in checks)
        return PlainTextResponse(text, 200 if all(check.good for check in checks) else 503)

    @app.get("/metrics")
    async def metrics() -> Response:
        # On the event loop: the collectors look at what lives there.
        return Response(generate_latest() + generate_latest(own), media_type=CONTENT_TYPE_LATEST)
