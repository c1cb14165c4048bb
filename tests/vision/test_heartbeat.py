"""Vision's own row, and what it writes of its cameras."""

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from models.kit.database import Database
from models.looking import CameraHealth as CameraHealthRow
from models.looking import VisionNode
from tests.builders import NOON, build_office
from vision.health import CameraHealth
from vision.heartbeat import Itself, beat

pytestmark = pytest.mark.postgis
HEALTH = CameraHealth(NOON, 0.98, 0.05, 1, 0, 1.0, whole=False)


class Jumping:
    """A clock that is ten seconds further at each look."""

    def __init__(self) -> None:
        self.looks = 0

    def now(self) -> datetime:
        self.looks += 1
        return NOON + timedelta(seconds=10 * self.looks)

    def monotonic(self) -> float:
        return 0.0


async def test_it_says_that_it_is_there_and_how_well_it_sees(database: Database) -> None:
    async with database.transaction() as session:
        built = await build_office(session)
    gone, stop = UUID(int=1), asyncio.Event()
    reports = 0

    def report() -> dict[UUID, CameraHealth]:
        nonlocal reports
        reports += 1
        if reports > 1:
            stop.set()
        return {built.cameras[0]: HEALTH, gone: HEALTH}

    await beat(Itself("vision-1", "openvino x"), database, Jumping(), report, stop)
    async with database.read() as session:
        node = (await session.scalars(select(VisionNode))).one()
        camera = (await session.scalars(select(CameraHealthRow))).one()
    assert (node.name, node.detector, node.cameras) == ("vision-1", "openvino x", 2)
    assert (node.started_at, node.seen_at) == (
        NOON + timedelta(seconds=10),
        NOON + timedelta(seconds=20),
    )
    assert (camera.camera_id, camera.node) == (built.cameras[0], "vision-1")
    assert (camera.looks_per_s, camera.dropped, camera.whole) == (0.98, 1, False)


async def test_a_database_that_is_away_stops_nothing() -> None:
    away, stop = Database("postgresql://nobody@127.0.0.1:1/nothing"), asyncio.Event()
    beating = asyncio.create_task(beat(Itself("v", "d"), away, Jumping(), dict, stop))
    await asyncio.sleep(0.1)
    assert not beating.done()
    stop.set()
    await asyncio.wait_for(beating, 10)
    await away.close()
