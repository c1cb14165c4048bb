"""Around every request: an id, the last catch, security headers, a body limit and metrics."""

import re

import structlog
from prometheus_client import Counter, Histogram
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard_api.errors import unexpected
from models.kit.clock import Clock
from models.kit.ids import new_id
from models.kit.log import get

log = get(__name__)
BODY_LIMIT_BYTES = 1024 * 1024
_REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(self)",
}
_API_POLICY = "default-src 'none'; frame-ancestors 'none'"
REQUESTS = Counter(
    "ahual_api_requests_total", "Answered HTTP requests.", ["method", "route", "status"]
)
SECONDS = Histogram("ahual_api_request_seconds", "Time to answer an HTTP request.", ["route"])


class Surroundings:
    """Pure ASGI, so that streaming answers and cancellation pass through untouched."""

    def __init__(self, app: ASGIApp, clock: Clock) -> None:
        self._app = app
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        asked = dict(scope["headers"]).get(b"x-request-id", b"").decode("latin-1")
        request_id = asked if _REQUEST_ID.fullmatch(asked) else str(new_id(self._clock))
        scope.setdefault("state", {})["request_id"] = request_id
        status: int | None = None  # None until the answer began
        received_bytes = 0
        started_s = self._clock.monotonic()

        async def limited() -> Message:
            nonlocal received_bytes
            message = await receive()
            received_bytes += len(message.get("body", b""))
            if received_bytes > BODY_LIMIT_BYTES:
                raise HTTPException(413, f"Send at most {BODY_LIMIT_BYTES} bytes")
            return message

        async def decorated(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _decorate(
                    MutableHeaders(scope=message), request_id, secure=scope["scheme"] == "https"
                )
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, limited, decorated)
            except Exception:
                log.exception("request.crashed", method=scope["method"], path=scope["path"])
                if status is None:
                    await unexpected(request_id)(scope, receive, decorated)
        route = getattr(scope.get("route"), "path", "none")
        REQUESTS.labels(scope["method"], route, status).inc()
        SECONDS.labels(route).observe(self._clock.monotonic() - started_s)


def _decorate(headers: MutableHeaders, request_id: str, *, secure: bool) -> None:
    headers["X-Request-Id"] = request_id
    for name, value in _SECURITY.items():
        headers.setdefault(name, value)
    headers.setdefault("Content-Security-Policy", _API_POLICY)
    headers.setdefault("Cache-Control", "no-store")
    if secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
