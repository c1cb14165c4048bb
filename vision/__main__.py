"""python -m vision: looks at every camera with zones and reports what changed."""

import gc
import ssl

import uvloop

from models.kit import log
from models.kit.clock import SystemClock
from models.kit.database import Database
from models.kit.errors import SettingsError
from models.kit.secret import load_key
from models.kit.service import stop_event
from models.kit.settings import Settings
from vision.detectors.choose import choose
from vision.service import VisionService


async def serve(settings: Settings) -> None:
    if settings.database_url is None:
        msg = "AHUAL_DATABASE_URL is not set; start with ./ahual up, or give the database's address"
        raise SettingsError(msg)
    detectors = [
        choose(settings.vision_detector, settings.vision_weights, state_dir=settings.state_dir)
        for _ in range(settings.vision_threads)
    ]
    database = Database(settings.database_url)
    tls = ssl.create_default_context() if settings.tls_certificate else None
    if tls is not None and settings.tls_ca is not None:
        tls.load_verify_locations(settings.tls_ca)
    gc.freeze()  # what was loaded stays: the collector need not look at it again
    service = VisionService(
        database, detectors, load_key(settings), SystemClock(), name=settings.vision_node, tls=tls
    )
    try:
        await service.run(
            stop_event(), health_host="127.0.0.1", health_port=settings.vision_health_port
        )
    finally:
        await database.close()


if __name__ == "__main__":
    chosen = Settings()
    log.configure(level=chosen.log_level, log_format=chosen.log_format, process="vision")
    uvloop.run(serve(chosen))
