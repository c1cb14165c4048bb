"""What is watched, from the database."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from models.camera import Camera, MediaNode, Stream, Zone
from models.kit.database import Database
from models.kit.errors import Unavailable
from models.looking import CameraLooking
from models.observation import ZoneMinute, ZoneObservationRow
from models.observations import StreamKind, ZoneKind, ZoneObservation, ZoneState
from tests.builders import NOON, build_office
from vision.flow import OfficeMinuteDone
from vision.plan import concluded_before, load, node_address, node_workers, waited_before
from vision.record import Backlog
from vision.waiting import Figure
from vision.watch import Outcome

pytestmark = pytest.mark.postgis


async def test_every_camera_with_a_zone_is_watched(database: Database) -> None:
    async with database.transaction() as session:
        built = await build_office(session, windows=2)
    async with database.read() as session:
        plan = await load(session)
    camera = plan[built.cameras[0]]
    assert (camera.office_id, camera.node_name) == (built.office_id, "node-1")
    kinds = {zone.zone_id: zone.kind for zone in camera.zones}
    assert kinds == {
        built.operator_zones[1]: ZoneKind.OPERATOR,
        built.operator_zones[2]: ZoneKind.OPERATOR,
        built.queue_zone: ZoneKind.QUEUE,
    }
    assert camera.windows == {built.operator_zones[n]: built.windows[n] for n in (1, 2)}


async def test_a_zone_that_cannot_be_judged_is_left_out_alone(database: Database) -> None:
    async with database.transaction() as session:
        built = await build_office(session, windows=1)
        line = [[0.1, 0.1], [0.2, 0.2], [0.3, 0.3]]
        await session.execute(
            update(Zone).where(Zone.id == built.operator_zones[1]).values(polygon=line)
        )
    async with database.read() as session:
        plan = await load(session)
    assert [zone.zone_id for zone in plan[built.cameras[0]].zones] == [built.queue_zone]


@pytest.mark.parametrize(
    ("codec", "key_interval_s", "stream"),
    [
        ("avc1.4d401f", 2.0, StreamKind.MAIN),
        ("avc1.4d401f", 4.0, StreamKind.SUB),  # then all its pictures would have to be decoded
        ("hvc1.1.6.L93.B0", 2.0, StreamKind.SUB),
        (None, None, StreamKind.SUB),
    ],
    ids=["good", "long GOP", "H.265", "not known"],
)
async def test_a_far_zone_is_looked_at_larger(
    database: Database, codec: str | None, key_interval_s: float | None, stream: StreamKind
) -> None:
    async with database.transaction() as session:
        built = await build_office(session, windows=1)
        await session.execute(
            update(Stream)
            .where(Stream.camera_id == built.cameras[0], Stream.kind == "main")
            .values(codec=codec, key_interval_s=key_interval_s)
        )
        await session.execute(update(Zone).where(Zone.id == built.queue_zone).values(zoom=True))
    async with database.read() as session:
        camera = (await load(session))[built.cameras[0]]
    queue = next(zone for zone in camera.zones if zone.zone_id == built.queue_zone)
    assert camera.stream is stream
    assert [far.tolist() for far in camera.far] == [queue.polygon.tolist()]


async def test_visitors_are_looked_at_twice_a_second_unless_somebody_says_otherwise(
    database: Database,
) -> None:
    async with database.transaction() as session:
        built = await build_office(session, windows=1)
    rates = []
    for wish in (None, ZoneKind.VISITOR, 0.5):
        async with database.transaction() as session:
            if isinstance(wish, ZoneKind):
                queue = update(Zone).where(Zone.id == built.queue_zone)
                await session.execute(queue.values(kind=wish.value))
            elif wish is not None:
                session.add(CameraLooking(camera_id=built.cameras[0], looks_per_s=wish))
        async with database.read() as session:
            rates.append((await load(session))[built.cameras[0]].every_s)
    assert rates == [1.0, 0.5, 2.0]


async def test_a_disabled_camera_is_not_watched(database: Database) -> None:
    async with database.transaction() as session:
        built = await build_office(session)
        await session.execute(
            update(Camera).where(Camera.id == built.cameras[0]).values(enabled=False)
        )
    async with database.read() as session:
        assert await load(session) == {}


@pytest.mark.parametrize(
    ("public_url", "secure", "address"),
    [
        (None, False, "ws://127.0.0.1:8090"),
        (None, True, "wss://127.0.0.1:8090"),
        ("http://media.example:80/", False, "ws://media.example:80"),
        ("https://media.example", False, "wss://media.example"),
    ],
)
async def test_the_nodes_address(
    database: Database, public_url: str | None, secure: bool, address: str
) -> None:
    async with database.transaction() as session:
        node = MediaNode(name="n", port=8090, public_url=public_url, started_at=NOON, seen_at=NOON)
        session.add(node)
    async with database.read() as session:
        assert await node_address(session, "n", secure=secure) == address


async def test_the_workers_of_a_node_are_told_apart(database: Database) -> None:
    async with database.transaction() as session:
        for worker in (0, 1):
            session.add(
                MediaNode(
                    name="n",
                    worker=worker,
                    workers=2,
                    port=8090 + worker,
                    started_at=NOON,
                    seen_at=NOON,
                )
            )
    async with database.read() as session:
        assert await node_workers(session) == {"n": 2}
        assert await node_address(session, "n", 1) == "ws://127.0.0.1:8091"
        with pytest.raises(Unavailable, match="AHUAL_MEDIA_WORKER=2"):
            await node_address(session, "n", 2)


async def test_a_node_that_never_started_is_named(database: Database) -> None:
    async with database.read() as session:
        with pytest.raises(Unavailable, match="node-9"):
            await node_address(session, "node-9")


@pytest.mark.parametrize(
    ("state", "people", "told_ago_s", "looked_ago_s", "known"),
    [
        ("empty", 0, 30, None, True),
        ("empty", 0, 3600, 60, True),
        ("occupied", 3, 3600, 60, True),
        ("empty", 0, 3600, 600, False),  # nobody looked for ten minutes
        ("empty", 0, 3600, None, False),
        ("unknown", None, 30, 60, False),
    ],
)
async def test_what_was_concluded_a_moment_ago(
    database: Database,
    state: str,
    people: int | None,
    told_ago_s: int,
    looked_ago_s: int | None,
    known: bool,
) -> None:
    told_at = NOON - timedelta(seconds=told_ago_s)
    async with database.transaction() as session:
        built = await build_office(session, windows=1)
        zone_id = built.operator_zones[1]
        for at, value, count in (
            (told_at - timedelta(hours=1), "occupied", 1),
            (told_at, state, people),
        ):
            session.add(
                ZoneObservationRow(at=at, zone_id=zone_id, state=value, people=count, since=at)
            )
        if looked_ago_s is not None:
            minute_at = NOON - timedelta(seconds=looked_ago_s)
            session.add(ZoneMinute(zone_id=zone_id, minute_at=minute_at, looks=9, known_looks=9))
    async with database.read() as session:
        found = await concluded_before(session, NOON)
    expected = ZoneObservation(
        zone_id, ZoneKind.OPERATOR, ZoneState(state), people, told_at, told_at
    )
    assert found == ({zone_id: expected} if known else {})


async def test_the_waiting_written_lately_is_read_in_its_order(database: Database) -> None:
    service = Figure(120.0, 110.0, 130.0, 9)
    async with database.transaction() as session:
        office_id = (await build_office(session)).office_id
    for minutes_ago in (2, 1, 100):
        at = NOON - timedelta(minutes=minutes_ago)
        done = OfficeMinuteDone(office_id, at, 60.0, 3, 4.5, 6, 2.0, service, "flow", None, service)
        backlog = Backlog(database)
        backlog.add(Outcome(offices=[done]))
        await backlog.flush()
    async with database.read() as session:
        found = await waited_before(session, NOON)
    (minutes,) = found.values()
    assert [NOON - minute.minute_at for minute in minutes] == [
        timedelta(minutes=2),
        timedelta(minutes=1),
    ]
    assert (minutes[0].people_mean, minutes[0].served, minutes[0].known_s) == (4.5, 3, 60.0)
    assert minutes[0].service == Figure(120.0, 110.0, 130.0, 3)
