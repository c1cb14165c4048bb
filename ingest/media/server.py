"""The HTTP server of the media node, set up for media: no deflate, no access log, no signals."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from ingest.media.sockets import MediaSockets
from models.kit import service
from models.kit.settings import Settings

_LONGEST_WISH_BYTES = 64 * 1024  # a wall sends short JSON only
_LONGEST_HEAD_BYTES = 64 * 1024  # of a request; a ticket has 4 KiB at most
_PING_S = 10  # a wall that answers no ping for as long again is gone
_STOP_S = 3
_DATE_S = 1.0


class MediaServer(uvicorn.Server):
    """A server whose process handles its own signals: set ``should_exit`` to stop it.

    It sleeps until then. uvicorn's own loop looks ten times a second whether it should exit, which
    was a tenth of what an idle node cost.
    """

    def __init__(self, config: uvicorn.Config) -> None:
        self._exit = asyncio.Event()
        super().__init__(config)

    @property
    def should_exit(self) -> bool:
        return self._exit.is_set()

    @should_exit.setter
    def should_exit(self, wanted: bool) -> None:
        if wanted:
            self._exit.set()
        else:
            self._exit.clear()

    async def main_loop(self) -> None:
        while not await self.on_tick(0):  # refreshes the Date header
            await service.wait(self._exit, _DATE_S)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def server(app: FastAPI, settings: Settings) -> MediaServer:
    """Return the server; ``await server.serve()`` on a uvloop loop runs it."""
    config = uvicorn.Config(
        app,
        host=settings.media_host,
        port=settings.media_worker_port,
        loop="uvloop",
        http="h11",  # httptools takes a head of any length into memory
        h11_max_incomplete_event_size=_LONGEST_HEAD_BYTES,
        ws=MediaSockets,
        ws_per_message_deflate=False,  # pictures do not shrink, and it costs ten times the CPU
        ws_max_size=_LONGEST_WISH_BYTES,
        ws_ping_interval=_PING_S,
        ws_ping_timeout=_PING_S,
        ssl_certfile=settings.tls_certificate,
        ssl_keyfile=settings.tls_key,
        access_log=False,  # addresses hold tickets
        log_config=None,
        timeout_graceful_shutdown=_STOP_S,
        server_header=False,
    )
    return MediaServer(config)
