"""Seals user and password that addresses of an older release hold in the clear; once, at start."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import selectinload

from dashboard_api.camera_edit import take_apart_stored
from ingest.cameras.address import readable_secret, take_apart
from models.camera import Camera
from models.kit.database import Database
from models.kit.log import get

log = get(__name__)
_RETRY_S = 1.0


async def seal_addresses(database: Database, key: bytes) -> int:
    """Return how many cameras were changed; zero the second time."""
    changed = 0
    async with database.transaction() as session:
        query = (
            select(Camera)
            .options(selectinload(Camera.streams))
            .order_by(Camera.id)
            .with_for_update()
        )
        for camera in (await session.execute(query)).scalars():
            if any(take_apart(stream.url)[1] for stream in camera.streams):
                if take_apart_stored(key, camera, camera.streams):
                    changed += 1
                else:
                    log.warning("camera.several_passwords", code=camera.code)
            for stream in camera.streams:
                if secret := readable_secret(stream.url):
                    log.warning("camera.readable_secret", code=camera.code, parameter=secret)
    return changed


@asynccontextmanager
async def sealing(database: Database, key: bytes) -> AsyncIterator[None]:
    """Seal as soon as the database answers, while the block runs."""
    task = asyncio.create_task(_keep_trying(database, key), name="sealing")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})


async def _keep_trying(database: Database, key: bytes) -> None:
    while True:
        try:
            changed = await seal_addresses(database, key)
        except (SQLAlchemyError, OSError) as error:
            log.warning("addresses.not_sealed", error=str(error).splitlines()[0])
            await asyncio.sleep(_RETRY_S)
        else:
            if changed:
                log.info("addresses.sealed", cameras=changed)
            return
