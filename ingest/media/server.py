"""The HTTP server of the media node, set up for media: no deflate, no access log, no signals."""

import uvicorn
from fastapi import FastAPI

from ingest.media.sockets import MediaSockets
from ingest.quiet_server import QuietServer
from models.kit.settings import Settings

_LONGEST_WISH_BYTES = 64 * 1024  # a wall sends short JSON only
_LONGEST_HEAD_BYTES = 64 * 1024  # of a request; a ticket has 4 KiB at most
_PING_S = 10  # a wall that answers no ping for as long again is gone
_STOP_S = 3


def server(app: FastAPI, settings: Settings) -> QuietServer:
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
    return QuietServer(config)
