"""The worker's own row: it is there, since when, and where browsers reach it."""

import asyncio
from collections.abc import Callable
from typing import LiteralString

from ingest.cameras.lease import Leases
from ingest.look import Look
from ingest.outage import AWAY
from models.kit import service
from models.kit.clock import Clock
from models.kit.database import Database
from models.kit.ids import new_id
from models.kit.line import Line
from models.kit.log import get
from models.kit.settings import Settings
from models.observations import DiskFacts, DiskState
from models.workers import worker_url

log = get(__name__)
_BEAT_S = 2.0
_PATIENCE_S = 3.0  # with a disk that does not answer; the node itself is there
_KEY = ("name", "worker")
_FRESH = (
    "disk_state",
    "disk_since",
    "disk_detail",
    "free_bytes",
    "write_bytes_per_s",
    "workers",
    "port",
    "public_url",
    "started_at",
    "seen_at",
)
_SEEN: LiteralString = (
    f"INSERT INTO media_node (id, {', '.join(_KEY + _FRESH)})"
    f" VALUES (%(id)s, {', '.join(f'%({name})s' for name in _KEY + _FRESH)})"
    f" ON CONFLICT ({', '.join(_KEY)}) DO UPDATE SET"
    f" {', '.join(f'{name} = excluded.{name}' for name in _FRESH)}"
)
_TIDY = "DELETE FROM media_node WHERE name = %(name)s AND worker >= %(workers)s"


async def beat(
    settings: Settings,
    database: Database,
    leases: Leases,
    look_at_disk: Callable[[], DiskFacts],
    clock: Clock,
    stop: asyncio.Event,
) -> None:
    """Write ``seen_at`` every 2 s and renew the camera leases until ``stop``.

    Raises:
        SettingsError: the node's public address does not tell its workers apart.
    """
    started_at = clock.now()
    node, worker, workers = settings.media_node, settings.media_worker, settings.media_workers
    public_url = settings.media_public_url
    if public_url is not None:
        public_url = worker_url(public_url, worker, workers)
    tidied = False  # rows of workers that this node no longer has are gone
    look, hung_since = Look(look_at_disk, patience_s=_PATIENCE_S), None
    async with Line(database) as line:
        while not stop.is_set():
            facts = await look.take()
            if facts is None:
                hung_since = hung_since or clock.now()
                facts = DiskFacts(DiskState.SLOW, hung_since, "it does not answer", None, 0.0)
            else:
                hung_since = None
            fresh = {
                "id": new_id(),
                "name": node,
                "worker": worker,
                "disk_state": facts.state.value,
                "disk_since": facts.since,
                "disk_detail": facts.detail,
                "free_bytes": facts.free_bytes,
                "write_bytes_per_s": facts.write_bytes_per_s,
                "workers": workers,
                "port": settings.media_worker_port,
                "public_url": public_url,
                "started_at": started_at,
                "seen_at": clock.now(),
            }
            try:
                if not tidied:
                    await line.ask(_TIDY, fresh)
                await line.ask(_SEEN, fresh)
                await leases.renew(line)
                tidied = True
            except AWAY as error:
                log.warning("node.not_seen", error=str(error))
            await service.wait(stop, _BEAT_S)
