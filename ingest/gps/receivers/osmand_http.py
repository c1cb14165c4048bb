"""OsmAnd and Traccar Client over HTTP: 200 only after the commit, a problem with reason else.

A phone sends a request that was refused again until it is taken, and nothing newer before it. So
what a known phone sends and nobody can read is kept raw with its reason, counted, and taken: 200,
with the reason in the answer. Refused is what would be understood once somebody mends the phone or
the list of devices: no identifier, an unknown one, a wrong password.
"""

import asyncio
import socket
from datetime import datetime

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from ingest.gps import metrics
from ingest.gps.contact import Contact
from ingest.gps.decoders.message import DeviceMessage, Rejection, RejectionReason
from ingest.gps.decoders.osmand import PROTOCOL, decode
from ingest.gps.intake import Intake
from ingest.quiet_server import QuietServer
from models.kit.clock import Clock
from models.kit.errors import (
    CentreError,
    Forbidden,
    InvalidInput,
    NotFound,
    Unavailable,
    problem,
)

BODY_LIMIT_BYTES = 256 * 1024
COMMIT_WITHIN_S = 15.0  # phones give up later than this, and then they send again
_PROBLEM = "application/problem+json"


class OsmandReceiver:
    """Serves phones until closed. Event loop only."""

    def __init__(self, intake: Intake, clock: Clock) -> None:
        self._server: QuietServer | None = None
        self._serving: asyncio.Task[None] | None = None
        self._app = app(intake, clock)

    async def start(self, host: str, port: int) -> int:
        """Listen; return the port, which matters where 0 was asked for."""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listener = socket.create_server((host, port), family=family, backlog=512)
        config = uvicorn.Config(
            self._app,
            access_log=False,
            log_config=None,
            lifespan="off",
            ws="none",
            timeout_graceful_shutdown=2,
            h11_max_incomplete_event_size=64 * 1024,
        )
        self._server = QuietServer(config)
        self._serving = asyncio.create_task(self._server.serve(sockets=[listener]))
        bound: int = listener.getsockname()[1]
        return bound

    async def close(self) -> None:
        """Stop listening, after answering what is being answered (2 s)."""
        if self._server is not None and self._serving is not None:
            self._server.should_exit = True
            await self._serving


def app(intake: Intake, clock: Clock) -> FastAPI:
    """Return the application: one path, GET and POST."""
    contact = Contact("http")
    application = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)

    async def receive(request: Request) -> Response:
        received_at = clock.now()
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > BODY_LIMIT_BYTES:
                metrics.REJECTIONS.labels(PROTOCOL, RejectionReason.TOO_LONG).inc()
                return _refuse(InvalidInput(f"Send at most {BODY_LIMIT_BYTES} bytes."), 413)
        query = request.url.query
        message = decode(query, bytes(body), request.headers.get("content-type", ""), received_at)
        try:
            return await asyncio.wait_for(
                _stored(intake, message, contact, received_at=received_at), COMMIT_WITHIN_S
            )
        except TimeoutError:
            return _refuse(Unavailable("Not stored yet; send again."))
        except Unavailable as error:
            return _refuse(error)

    application.add_api_route("/", receive, methods=["GET", "POST"], response_model=None)
    return application


async def _stored(
    intake: Intake, message: DeviceMessage, contact: Contact, *, received_at: datetime
) -> Response:
    receipt = await intake.take(message, PROTOCOL, received_at, contact)
    await receipt.wait_committed()
    if receipt.refused is not None:
        return _rejected(receipt.refused)
    if receipt.rejections and message.device is None:
        return _rejected(receipt.rejections[0])
    if receipt.rejections:
        return JSONResponse(
            {"rejected": [{"reason": r.reason, "detail": r.detail} for r in receipt.rejections]}
        )
    return Response(status_code=200)


def _rejected(rejection: Rejection) -> Response:
    if rejection.reason is RejectionReason.UNKNOWN_DEVICE:
        return _refuse(NotFound(rejection.detail))
    if rejection.reason is RejectionReason.WRONG_PASSWORD:
        return _refuse(Forbidden(rejection.detail))
    return _refuse(InvalidInput(rejection.detail), 400)


def _refuse(error: CentreError, status: int | None = None) -> Response:
    body = problem(error)
    body["status"] = status or error.status
    headers = {"Retry-After": str(error.retry_after_s)} if isinstance(error, Unavailable) else None
    return JSONResponse(
        body, status_code=status or error.status, media_type=_PROBLEM, headers=headers
    )
