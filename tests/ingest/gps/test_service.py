"""All receivers together: what a port that is taken does, and does not."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from ingest.gps import service
from ingest.gps.decoders.table import PROTOCOLS
from ingest.simulated import nmea_encoder
from models.kit.clock import SystemClock
from models.kit.database import Database
from models.kit.settings import Settings
from models.observations import PositionFix
from tests.builders import build_vehicle

CLOCK = SystemClock()
IMEI = "356307042441013"


def taken(kind: socket.SocketKind) -> socket.socket:
    squatter = socket.socket(type=kind)
    squatter.bind(("127.0.0.1", 0))
    return squatter


@asynccontextmanager
async def running(database: Database, **ports: int) -> AsyncIterator[asyncio.Task[None]]:
    stop = asyncio.Event()
    settings = Settings.model_validate({each.port_setting: 0 for each in PROTOCOLS} | ports)
    task = asyncio.create_task(service.run(settings, database, CLOCK, stop))
    try:
        yield task
    finally:
        stop.set()
        await asyncio.wait([task])


@pytest.mark.postgis
async def test_a_udp_port_that_is_taken_is_tried_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "PORT_RETRY_S", 0.05)
    async with database.transaction() as session:
        await build_vehicle(session, identifier=IMEI)
    fix = PositionFix(IMEI, CLOCK.now(), 43.2, 76.9, satellites=9)
    squatter = socket.socket(type=socket.SOCK_DGRAM)
    with taken(socket.SOCK_STREAM) as free:  # a number that is free for TCP
        port: int = free.getsockname()[1]
        squatter.bind(("127.0.0.1", port))
    async with running(database, nmea_port=port) as task, asyncio.timeout(20):
        while True:  # over TCP it listens all the same
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                break
            except ConnectionRefusedError:
                await asyncio.sleep(0.02)
        writer.write(nmea_encoder.nmea_lines(fix))
        writer.close()
        assert not task.done()
        squatter.close()
        later = replace(fix, fixed_at=fix.fixed_at - timedelta(seconds=10))
        with socket.socket(type=socket.SOCK_DGRAM) as device:
            while await stored(database) < 2:
                device.sendto(nmea_encoder.nmea_lines(later), ("127.0.0.1", port))
                await asyncio.sleep(0.05)


@pytest.mark.postgis
async def test_a_tcp_port_that_is_taken_is_told(database: Database) -> None:
    with taken(socket.SOCK_STREAM) as squatter:
        squatter.listen()
        async with running(database, egts_port=squatter.getsockname()[1]) as task:
            await asyncio.wait([task])
            assert isinstance(task.exception(), OSError)


async def stored(database: Database) -> int:
    async with database.read() as session:
        return int((await session.execute(text("SELECT count(*) FROM position"))).scalar_one())
