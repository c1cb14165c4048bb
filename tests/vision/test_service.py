"""The room as a whole: a real database, a real detector, a node that speaks the wire format."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import UUID

import pytest
from prometheus_client import generate_latest
from sqlalchemy import delete, select

from models.camera import Camera, MediaNode, Zone
from models.kit import bus
from models.kit.clock import SystemClock
from models.kit.database import Database
from models.kit.ids import new_id
from models.observation import ZoneMinute, ZoneObservationRow
from models.observations import ZoneKind
from tests.builders import BuiltOffice, build_office
from tests.vision import pictures
from tests.vision.node import KEY, FakeNode, running
from vision.detectors.choose import choose
from vision.service import VisionService, by_socket
from vision.watch import WatchedCamera

pytestmark = pytest.mark.postgis

CONFIG, (STAFFED, EMPTY) = pictures.coded(pictures.hall(), pictures.hall("empty-hall"))
TOP = [[0, 0], [1, 0], [1, 0.4], [0, 0.4]]


@asynccontextmanager
async def serving(database: Database) -> AsyncIterator[VisionService]:
    detector = choose("auto", "nanodet_g_person")
    service = VisionService(database, [detector], KEY, SystemClock())
    stop = asyncio.Event()
    task = asyncio.create_task(service.run(stop, health_host="127.0.0.1", health_port=0))
    try:
        yield service
    finally:
        stop.set()
        await asyncio.wait_for(task, 20)


async def hall(database: Database, port: int) -> BuiltOffice:
    """An office whose window 1 is watched on one camera of node-1."""
    async with database.transaction() as session:
        built = await build_office(session, windows=1)
        await session.execute(delete(Zone))
        zone = Zone(
            id=new_id(),
            camera_id=built.cameras[0],
            window_id=built.windows[1],
            kind=ZoneKind.OPERATOR,
            name="window 1",
            polygon=TOP,
        )
        session.add(zone)
        built.operator_zones[1] = zone.id
        now = datetime.now(UTC)
        session.add(MediaNode(name="node-1", port=port, started_at=now, seen_at=now))
    return built


async def states(database: Database) -> list[str]:
    async with database.read() as session:
        rows = await session.scalars(
            select(ZoneObservationRow.state).order_by(ZoneObservationRow.id)
        )
        return list(rows)


async def until(condition: Callable[[list[str]], bool], database: Database) -> list[str]:
    async with asyncio.timeout(30):
        while True:
            found = await states(database)
            if condition(found):
                return found
            await asyncio.sleep(0.1)


async def test_a_staffed_window_is_seen_and_a_silent_camera_is_unknown(database: Database) -> None:
    async with running(FakeNode()) as node:
        built = await hall(database, node.port)
        async with serving(database) as service:
            await node.until_asked(1)
            assert node.tickets[0].camera == built.cameras[0]
            await node.send_config(0, CONFIG)
            await node.send_picture(0, b"broken")
            await asyncio.sleep(1)
            await node.send_picture(0, STAFFED)
            assert await until(lambda found: len(found) >= 1, database) == ["occupied"]
            assert all((await service.ready()).values())
            looks = 'vision_camera_looks_total{camera="' + str(built.cameras[0]) + '"} '
            assert looks in generate_latest().decode()
            # No more pictures: blind is unknown, never empty.
            assert await until(lambda found: len(found) >= 2, database) == ["occupied", "unknown"]
            for _ in range(3):  # an absence rests on three looks
                await node.send_picture(0, EMPTY)
                await asyncio.sleep(0.8)
            found = await until(lambda found: len(found) >= 3, database)
            assert found == ["occupied", "unknown", "empty"]
        async with database.read() as session:
            minutes = (await session.scalars(select(ZoneMinute))).all()
        assert sum(minute.known_looks for minute in minutes) == 4
        assert max(minute.people_max or 0 for minute in minutes) >= 1


async def test_a_new_camera_is_watched_when_it_is_announced(database: Database) -> None:
    async with running(FakeNode()) as node:
        built = await hall(database, node.port)
        async with serving(database):
            await node.until_asked(1)
            async with database.transaction() as session:
                camera = Camera(
                    id=new_id(),
                    office_id=built.office_id,
                    code="second",
                    name={"kk": "2", "ru": "2", "en": "2"},
                    node_name="node-1",
                )
                session.add(camera)
                await session.flush()
                session.add(
                    Zone(camera_id=camera.id, kind=ZoneKind.QUEUE, name="queue", polygon=TOP)
                )
                bus.announce(session, "config", camera.id, {"camera_id": str(camera.id)})
            await node.until_asked(2)
            assert camera.id in {ticket.camera for ticket in node.tickets.values()}


async def test_it_runs_without_a_database_and_without_a_node() -> None:
    away = Database("postgresql://nobody@127.0.0.1:1/nothing")
    async with serving(away) as service:
        await asyncio.sleep(0.2)
        assert await service.ready() == {"database": False, "plan": False, "media": True}
    await away.close()


@pytest.mark.parametrize("workers", [{}, {"node-0": 1, "node-1": 1}])
def test_a_socket_carries_at_most_sixty_four_cameras(workers: dict[str, int]) -> None:
    plan = _plan_of(260)
    sockets = by_socket(plan, workers)
    assert {name: len(cameras) for name, cameras in sockets.items()} == {
        (f"node-{node}", 0, number): size
        for node in (0, 1)
        for number, size in enumerate((64, 64, 2))
    }
    assert {camera for cameras in sockets.values() for camera in cameras} == set(plan)
    assert by_socket({}, workers) == {}


def test_each_worker_of_a_node_has_sockets_of_its_own() -> None:
    plan = _plan_of(260)
    sockets = by_socket(plan, {"node-0": 3, "node-1": 1})
    for socket, cameras in sockets.items():
        owners = {camera.int % 3 if socket.node == "node-0" else 0 for camera in cameras}
        assert owners == {socket.worker}
    assert {socket.worker for socket in sockets} == {0, 1, 2}
    assert {camera for cameras in sockets.values() for camera in cameras} == set(plan)


def _plan_of(cameras: int) -> dict[UUID, WatchedCamera]:
    return {
        UUID(int=n): WatchedCamera(UUID(int=n), UUID(int=0), f"node-{n % 2}", (), {})
        for n in range(cameras)
    }
