"""What a device was told is stored is stored once, though its receiver was killed meanwhile."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from dashboard_api.cli.bench.gps_kill import Counted, add_senders, counted
from dashboard_api.cli.bench.ground import free_port
from dashboard_api.cli.bench.live_node import process
from ingest.gps.decoders.table import PROTOCOLS
from models.kit.clock import SystemClock
from models.kit.database import Database
from models.kit.errors import Unavailable


@pytest.mark.postgis
async def test_what_was_acknowledged_before_and_after_a_kill_is_stored_once(
    database: Database, tmp_path: Path
) -> None:
    ports = {name: free_port() for name in ("media_port", *(p.port_setting for p in PROTOCOLS))}
    environment = {
        "AHUAL_DATABASE_URL": database.url,
        "AHUAL_STATE_DIR": str(tmp_path),
        **{f"AHUAL_{name.upper()}": str(port) for name, port in ports.items()},
    }
    begins_at = SystemClock().now().replace(microsecond=0) - timedelta(minutes=30)
    senders, stop = await add_senders(database, ports, 1, begins_at), asyncio.Event()
    tasks = [asyncio.create_task(one.send_until(stop)) for one in senders]
    tasks += [asyncio.create_task(one.make_every(0.25, stop)) for one in senders]

    async def all_have(more: int) -> None:
        wanted = [len(one.acknowledged) + more for one in senders]
        while any(len(s.acknowledged) < least for s, least in zip(senders, wanted, strict=True)):
            await asyncio.sleep(0.02)

    async with asyncio.timeout(100):
        with suppress(Unavailable):  # it ends early, because it is killed
            async with process(tmp_path / "first.log", "ingest", **environment) as ingest:
                await all_have(3)
                ingest.kill()
                ingest.wait()
        async with process(tmp_path / "second.log", "ingest", **environment):
            await all_have(3)
            stop.set()
            await asyncio.gather(*tasks)
    assert not any(one.outbox for one in senders)
    assert all(len(one.acknowledged) == one.made for one in senders)
    assert await counted(database, senders) == Counted(lost=0, twice=0, foreign=0)
