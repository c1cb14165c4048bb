"""Runs the API: settings, database, uvicorn; stops gracefully on SIGTERM."""

import uvicorn

from dashboard_api.app import create_app
from models.kit import log
from models.kit.clock import SystemClock
from models.kit.database import Database
from models.kit.errors import SettingsError
from models.kit.secret import load_key
from models.kit.settings import Settings


def main() -> None:
    settings = Settings()
    log.configure(level=settings.log_level, log_format=settings.log_format, process="dashboard_api")
    if settings.database_url is None:
        raise SettingsError("Set AHUAL_DATABASE_URL; ./ahual demo and ./ahual up set it themselves")
    database = Database(settings.database_url)
    app = create_app(
        settings=settings, database=database, clock=SystemClock(), key=load_key(settings)
    )
    app.router.on_shutdown.append(database.close)
    uvicorn.run(
        app,
        host=settings.api_host,
        port=settings.api_port,
        loop="uvloop",
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


if __name__ == "__main__":
    main()
