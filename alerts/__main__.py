"""Runs the alerts process until SIGTERM."""

import asyncio

from alerts.service import AlertService
from models.kit import log
from models.kit.clock import SystemClock
from models.kit.database import Database
from models.kit.errors import SettingsError
from models.kit.service import serve_health, stop_event
from models.kit.settings import Settings


async def main(settings: Settings) -> None:
    """Serve health and alerts."""
    if settings.database_url is None:
        msg = "Set AHUAL_DATABASE_URL, or start the product with ./ahual up or ./ahual demo."
        raise SettingsError(msg)
    stop = stop_event()
    database = Database(settings.database_url, pool_size=4)
    service = AlertService(database, SystemClock())
    health = await serve_health("127.0.0.1", settings.alerts_health_port, service.ready)
    async with health:
        await service.run(stop)
    await database.close()


if __name__ == "__main__":
    _settings = Settings()
    log.configure(level=_settings.log_level, log_format=_settings.log_format, process="alerts")
    asyncio.run(main(_settings))
