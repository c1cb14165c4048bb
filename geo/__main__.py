"""The geo process: ``python -m geo``."""

import asyncio

from geo.service import run
from models.kit import log, service
from models.kit.clock import SystemClock
from models.kit.database import Database
from models.kit.errors import SettingsError
from models.kit.settings import Settings


async def main(settings: Settings) -> None:
    """Run until SIGTERM."""
    if settings.database_url is None:
        raise SettingsError("Set AHUAL_DATABASE_URL, or start with ./ahual up, which sets it.")
    database = Database(settings.database_url, pool_size=2)
    try:
        await run(settings, database, SystemClock(), service.stop_event())
    finally:
        await database.close()


if __name__ == "__main__":
    read = Settings()
    log.configure(level=read.log_level, log_format=read.log_format, process="geo")
    asyncio.run(main(read))
