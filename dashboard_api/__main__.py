"""Runs the API until SIGTERM: open requests finish, live sockets are told to come back."""

import uvicorn
import uvloop

from dashboard_api.app import create_app
from models.kit import log
from models.kit.clock import SystemClock
from models.kit.database import Database
from models.kit.errors import SettingsError
from models.kit.secret import load_key
from models.kit.service import stop_event
from models.kit.settings import Settings


async def serve(settings: Settings) -> None:
    if settings.database_url is None:
        raise SettingsError("Set AHUAL_DATABASE_URL; ./ahual demo and ./ahual up set it themselves")
    # uvicorn raises its signal once more when it is done; this keeps that from killing us.
    stop_event()
    database = Database(settings.database_url)
    app = create_app(
        settings=settings, database=database, clock=SystemClock(), key=load_key(settings)
    )
    config = uvicorn.Config(
        app,
        host=settings.api_host,
        port=settings.api_port,
        ws="websockets-sansio",
        ws_max_size=64 * 1024,
        ws_per_message_deflate=False,
        ssl_certfile=settings.tls_certificate,
        ssl_keyfile=settings.tls_key,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=5,
        server_header=False,
    )
    try:
        await uvicorn.Server(config).serve()
    finally:
        await database.close()


def main() -> None:
    settings = Settings()
    log.configure(level=settings.log_level, log_format=settings.log_format, process="dashboard_api")
    uvloop.run(serve(settings))


if __name__ == "__main__":
    main()
