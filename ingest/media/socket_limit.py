"""A cap on open WebSockets in front of all doors: the next one is told when to come again."""

import json

from starlette.types import ASGIApp, Receive, Scope, Send

from models.kit.errors import Unavailable, problem

_RETRY_S = 10


class SocketLimit:
    """ASGI middleware; a refused socket gets 503 with Retry-After and a problem."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self._app = app
        self._limit = limit
        self._open = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            await self._app(scope, receive, send)
        elif self._open >= self._limit:
            await self._refuse(scope, receive, send)
        else:
            self._open += 1
            try:
                await self._app(scope, receive, send)
            finally:
                self._open -= 1

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()  # websocket.connect
        msg = (
            f"This media worker already serves its {self._limit} sockets. Close a window, or raise "
            "AHUAL_MEDIA_SOCKETS_MAX."
        )
        error = Unavailable(msg, retry_after_s=_RETRY_S)
        if "websocket.http.response" not in scope.get("extensions", {}):
            await send({"type": "websocket.close", "code": 1013, "reason": "the worker is full"})
            return
        headers = [
            (b"content-type", b"application/problem+json"),
            (b"retry-after", str(_RETRY_S).encode()),
        ]
        await send(
            {"type": "websocket.http.response.start", "status": error.status, "headers": headers}
        )
        body = json.dumps(problem(error), ensure_ascii=False).encode()
        await send({"type": "websocket.http.response.body", "body": body})
