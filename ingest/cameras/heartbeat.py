"""The node's own row: it is there, since when, and where browsers reach it."""

import asyncio

from sqlalchemy.dialects.postgresql import insert

from ingest.cameras.lease import Leases
from ingest.outage import AWAY
from models.camera import MediaNode
from models.kit import service
from models.kit.clock import Clock
from models.kit.database import Database
from models.kit.ids import new_id
from models.kit.log import get
from models.kit.settings import Settings

log = get(__name__)
_BEAT_S = 2.0


async def beat(
    settings: Settings, database: Database, leases: Leases, clock: Clock, stop: asyncio.Event
) -> None:
    """Write ``seen_at`` every 2 s and renew the camera leases until ``stop``."""
    started_at = clock.now()
    while not stop.is_set():
        now = clock.now()
        fresh = {
            "port": settings.media_port,
            "public_url": settings.media_public_url,
            "started_at": started_at,
            "seen_at": now,
        }
        try:
            async with database.transaction() as session:
                await session.execute(
                    insert(MediaNode)
                    .values(id=new_id(), name=settings.media_node, **fresh)
                    .on_conflict_do_update(
                        index_elements=[MediaNode.name, MediaNode.worker], set_=fresh
                    )
                )
            await leases.renew()
        except AWAY as error:
            log.warning("node.not_seen", error=str(error))
        await service.wait(stop, _BEAT_S)
