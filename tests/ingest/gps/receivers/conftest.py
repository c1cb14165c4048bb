"""Receivers against PostGIS, and a phone."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from sqlalchemy import text

from ingest.gps.decoders.reading import Reading
from ingest.gps.decoders.wialon import WialonSession, feed
from ingest.gps.devices import Devices
from ingest.gps.intake import Intake
from ingest.gps.receivers.osmand_http import OsmandReceiver
from ingest.gps.receivers.tcp import TcpReceiver
from ingest.gps.store import PositionStore
from tests.builders import build_vehicle
from tests.ingest.gps.receivers.served import (
    CLOCK,
    Receivers,
    SwitchedDatabase,
)


@pytest.fixture
async def receivers(database_url: str) -> AsyncIterator[Receivers]:
    database = SwitchedDatabase(database_url)
    async with database.transaction() as session:
        vehicle_id = await build_vehicle(session)
        await build_vehicle(session, plate="2", identifier="locked")
        await session.execute(
            text("UPDATE device SET password = 'secret' WHERE identifier = 'locked'")
        )
    store, stop = PositionStore(database, CLOCK), asyncio.Event()
    intake = Intake(Devices(database, CLOCK), store)
    osmand = OsmandReceiver(intake, CLOCK)
    wialon = TcpReceiver("wialon", Reading(WialonSession, feed), intake, CLOCK, idle_s=5)
    writing = asyncio.create_task(store.run(stop))
    http_port = await osmand.start("127.0.0.1", 0)
    tcp_port = await wialon.start("127.0.0.1", 0)
    yield Receivers(database, f"http://127.0.0.1:{http_port}/", tcp_port, vehicle_id)
    stop.set()
    await asyncio.gather(osmand.close(), wialon.close())
    await writing
    await database.close()


@pytest.fixture
async def phone() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(trust_env=False, timeout=20) as client:
        yield client
