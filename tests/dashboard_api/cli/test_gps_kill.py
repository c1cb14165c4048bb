"""What a tracker was told is stored is stored once, though its receiver was killed meanwhile."""

import asyncio
from pathlib import Path

import pytest

from dashboard_api.cli.bench.gps_kill import House, Said, counted, report
from dashboard_api.cli.bench.ground import Ground, free_port
from ingest.gps.decoders.table import PROTOCOLS
from models.kit.database import Database
from models.kit.settings import Settings
from models.observations import PositionFix
from tests.builders import NOON, build_vehicle


@pytest.mark.postgis
async def test_what_was_acknowledged_before_and_after_a_kill_is_stored_once(
    database: Database, tmp_path: Path
) -> None:
    place = PositionFix("867060030000001", NOON, 43.2, 76.9, satellites=9)
    async with database.transaction() as session:
        van = await build_vehicle(session, identifier=place.device, protocol="teltonika")
    settings = Settings(state_dir=tmp_path, database_url=database.url)
    ports = {name: free_port() for name in ("media_port", *(p.port_setting for p in PROTOCOLS))}
    house = House(Ground(tmp_path, settings, database), ports)
    said, stop = Said(), asyncio.Event()
    house.start("ingest")
    try:
        port = ports["teltonika_port"]
        reporting = asyncio.create_task(report(van, place, port, said, stop))
        async with asyncio.timeout(60):
            await said.begun.wait()
            house.kill("ingest")
            before = len(said.acknowledged)
            said.begun.clear()
            await said.begun.wait()
            stop.set()
            await reporting
    finally:
        house.stop()
    assert len(said.acknowledged) > before
    assert await counted(database, said) == (0, 0)
