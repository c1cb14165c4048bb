"""The writer against PostGIS: exactly once, never backwards, acknowledged after the commit."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from ingest.gps.contact import Contact
from ingest.gps.decoders.message import Rejection, RejectionReason
from ingest.gps.rows import Row
from ingest.gps.store import PositionStore, Submission, judged
from models.kit.bus import changes_after
from models.kit.clock import SystemClock
from models.kit.database import Database
from models.kit.errors import Unavailable
from models.kit.ids import new_id
from models.observations import PositionFix
from tests.builders import build_vehicle

NOW = datetime(2026, 3, 19, 7, 0, tzinfo=UTC)
CONTACT = Contact("http")


def fix_at(seconds: float, latitude: float = 43.2383, **other: Any) -> PositionFix:
    return PositionFix(
        "van-1", NOW + timedelta(seconds=seconds), latitude, 76.9453, speed_km_h=50, **other
    )


def submission(vehicle_id: UUID | None, *fixes: PositionFix, **other: Any) -> Submission:
    return Submission("osmand", NOW + timedelta(minutes=9), b"raw", "van-1", vehicle_id, fixes,
                      heard=CONTACT.next(), **other)  # fmt: skip


@asynccontextmanager
async def running(database: Database) -> AsyncIterator[PositionStore]:
    store, stop = PositionStore(database, SystemClock()), asyncio.Event()
    task = asyncio.create_task(store.run(stop))
    try:
        yield store
    finally:
        stop.set()
        await task


async def van(database: Database, identifier: str = "van-1", plate: str = "001 AA 02") -> UUID:
    async with database.transaction() as session:
        return await build_vehicle(session, plate=plate, identifier=identifier)


async def rows_of(database: Database, query: str) -> list[tuple[Any, ...]]:
    async with database.read() as session:
        return [tuple(row) for row in await session.execute(text(query))]


POSITIONS = (
    "SELECT vehicle_id, fixed_at, ST_Y(geom), flags, received_at FROM position "
    "ORDER BY vehicle_id, fixed_at"
)


@pytest.mark.postgis
async def test_repeated_and_shuffled_fixes_are_stored_once(database: Database) -> None:
    vehicle_id = await van(database)
    fixes = [fix_at(seconds) for seconds in range(300)]
    sent = fixes * 3
    random.Random(7).shuffle(sent)
    async with running(database) as store:
        futures = [await store.submit(submission(vehicle_id, fix)) for fix in sent]
        await asyncio.gather(*futures)
        stored = await rows_of(database, POSITIONS)
        assert [row[1] for row in stored] == [fix.fixed_at for fix in fixes]
        assert all(row[3] == [] for row in stored)
        assert await rows_of(database, "SELECT fixed_at FROM last_position") == [
            (fixes[-1].fixed_at,)
        ]


@pytest.mark.postgis
async def test_last_position_moves_only_forward_and_only_for_good_fixes(
    database: Database,
) -> None:
    vehicle_id = await van(database)
    async with running(database) as store:
        for fix in (
            fix_at(100),
            fix_at(50),
            fix_at(200, latitude=51.0),  # a jump
            fix_at(210, valid=False),
            fix_at(99_999),  # from the future
            fix_at(110, latitude=43.24),
        ):
            await (await store.submit(submission(vehicle_id, fix)))
        last = await rows_of(database, "SELECT fixed_at, ST_Y(geom) FROM last_position")
        assert last == [(fix_at(110).fixed_at, 43.24)]
        flags = [row[3] for row in await rows_of(database, POSITIONS)]
        assert flags == [[], [], [], ["jump"], ["invalid"], ["future"]]
    async with database.read() as session:
        notices = await changes_after(session, 0, ["position"])
    moved = [notice.data["positions"][0]["fixed_at"] for notice in notices]
    assert moved == [fix_at(100).fixed_at.isoformat(), fix_at(110).fixed_at.isoformat()]
    assert notices[-1].subject_id == "batch"
    assert notices[-1].data["positions"][0].keys() == {
        "vehicle_id", "latitude", "longitude", "speed_km_h", "course_deg", "accuracy_m",
        "fixed_at", "received_at",
    }  # fmt: skip


@pytest.mark.postgis
async def test_only_new_fixes_are_left_to_be_judged(database: Database) -> None:
    vehicle_id = await van(database)
    spans = "SELECT vehicle_id, from_at, until_at FROM unjudged_span ORDER BY id"
    one, two, three = fix_at(0, ignition=True, external_power_v=12.4), fix_at(9), fix_at(5)
    async with running(database) as store:
        await (await store.submit(submission(vehicle_id, two, one, fix_at(99_999))))
        await (await store.submit(submission(vehicle_id, one, three, two)))
        await (await store.submit(submission(vehicle_id, one, two, three)))
    assert await rows_of(database, spans) == [
        (vehicle_id, one.fixed_at, two.fixed_at),
        (vehicle_id, three.fixed_at, three.fixed_at),
    ]
    told = await rows_of(
        database, "SELECT ignition, external_power_v FROM position ORDER BY fixed_at LIMIT 2"
    )
    assert told == [(True, 12.4), (None, None)]


@pytest.mark.postgis
async def test_a_batch_of_two_vans_is_one_notice(database: Database) -> None:
    first = await van(database)
    second = await van(database, "van-2", "002 AA 02")
    store, stop = PositionStore(database, SystemClock()), asyncio.Event()
    futures = [await store.submit(submission(v, fix_at(0), fix_at(1))) for v in (first, second)]
    task = asyncio.create_task(store.run(stop))
    await asyncio.gather(*futures)
    stop.set()
    await task
    async with database.read() as session:
        (notice,) = await changes_after(session, 0, ["position"])
    assert {p["vehicle_id"] for p in notice.data["positions"]} == {str(first), str(second)}


@pytest.mark.postgis
async def test_belief_survives_a_restart(database: Database) -> None:
    vehicle_id = await van(database)
    async with running(database) as store:
        await (await store.submit(submission(vehicle_id, fix_at(0))))
    async with running(database) as store:
        await (await store.submit(submission(vehicle_id, fix_at(10, latitude=51.0))))
    assert [row[3] for row in await rows_of(database, POSITIONS)] == [[], ["jump"]]


@pytest.mark.postgis
async def test_rejections_are_kept_as_they_came(database: Database) -> None:
    rejection = Rejection(RejectionReason.MALFORMED, "A message looks like #TYPE#text.")
    async with running(database) as store:
        sent = replace(
            submission(None, rejections=(rejection,)), raw=b"\x00\xff noise", checksum_failed=True
        )
        await (await store.submit(sent))
    kept = "SELECT payload, device, rejection, checksum_failed FROM raw_message"
    assert await rows_of(database, kept) == [
        (b"\x00\xff noise", "van-1", "malformed: A message looks like #TYPE#text.", True)
    ]


@pytest.mark.postgis
async def test_fixes_of_a_removed_van_do_not_stop_the_others(database: Database) -> None:
    vehicle_id = await van(database)
    async with running(database) as store:
        gone = await store.submit(submission(new_id(), fix_at(0)))
        kept = await store.submit(submission(vehicle_id, fix_at(0)))
        await asyncio.gather(gone, kept)
    assert len(await rows_of(database, POSITIONS)) == 1
    (row,) = await rows_of(
        database, "SELECT rejection FROM raw_message WHERE rejection IS NOT NULL"
    )
    assert row[0].startswith("unknown_device")


class AwayDatabase(Database):
    """A database that refuses a number of transactions, as one that restarts does."""

    refusals = 0
    before_commit: asyncio.Event | None = None

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        if self.refusals:
            self.refusals -= 1
            raise OperationalError("connect", None, OSError("refused"))
        async with super().transaction() as session:
            yield session
            if self.before_commit is not None:
                await self.before_commit.wait()


@pytest.mark.postgis
async def test_acknowledged_only_after_the_commit(database_url: str) -> None:
    database = AwayDatabase(database_url)
    vehicle_id = await van(database)
    database.before_commit = asyncio.Event()
    database.refusals = 2
    async with running(database) as store:
        committed = await store.submit(submission(vehicle_id, fix_at(0)))
        done, _ = await asyncio.wait([committed], timeout=1.0)
        assert not done
        assert await rows_of(database, POSITIONS) == []
        database.before_commit.set()
        await committed
        assert len(await rows_of(database, POSITIONS)) == 1
    await database.close()


@pytest.mark.postgis
async def test_what_is_not_stored_at_the_end_is_not_acknowledged(database_url: str) -> None:
    database = AwayDatabase(database_url)
    database.refusals = 1_000_000
    store, stop = PositionStore(database, SystemClock()), asyncio.Event()
    task = asyncio.create_task(store.run(stop))
    waiting = [await store.submit(submission(new_id(), fix_at(i))) for i in range(5)]
    stop.set()
    await task
    for future in [*waiting, await store.submit(submission(new_id(), fix_at(9)))]:
        with pytest.raises(Unavailable):
            await future
    await database.close()


@pytest.mark.postgis
async def test_the_queue_is_bounded_by_bytes_too(database: Database) -> None:
    room_bytes = 200 * 1024
    store, stop = PositionStore(database, SystemClock(), room_bytes=room_bytes), asyncio.Event()
    long = replace(submission(None), raw=bytes(64 * 1024))
    longest = replace(submission(None), raw=bytes(300 * 1024))  # more than all room: it comes alone
    asked = [long] * 10 + [submission(None), longest, submission(None)]
    coming_in = [
        asyncio.create_task(store.submit(replace(one, heard=CONTACT.next()))) for one in asked
    ]
    await asyncio.wait(coming_in[:3])
    assert [task.done() for task in coming_in] == [True] * 3 + [False] * 10  # none passes another
    assert room_bytes - 64 * 1024 < store.held_bytes <= room_bytes
    writing = asyncio.create_task(store.run(stop))
    committed = await asyncio.gather(*coming_in)
    await asyncio.gather(*committed)
    assert await rows_of(database, "SELECT count(*) FROM raw_message") == [(len(asked),)]
    stop.set()
    await writing
    assert store.held_bytes == 0


async def test_who_waits_for_room_at_the_end_is_not_acknowledged() -> None:
    store = PositionStore(Database("postgresql:///none"), SystemClock(), room_bytes=1)
    stop = asyncio.Event()
    coming_in = [asyncio.create_task(store.submit(submission(None))) for _ in range(3)]
    first = await coming_in[0]
    stop.set()
    await store.run(stop)
    for committed in [first, *await asyncio.gather(*coming_in[1:])]:
        with pytest.raises(Unavailable):
            await committed


def test_any_order_of_a_batch_gives_the_same_rows() -> None:
    van_ids = [new_id(), new_id()]
    rows = [
        Row(van_ids[i % 2], fix_at(i, latitude=51.0 if i % 7 == 3 else 43.2), NOW, "osmand")
        for i in range(60)
    ]
    rows += [*rows[:20], replace(rows[5], fix=replace(rows[5].fix, latitude=44.0))]
    trust: dict[UUID, Any] = {}
    expected = judged(rows, trust)
    for seed in range(20):
        shuffled = rows[:]
        random.Random(seed).shuffle(shuffled)
        again: dict[UUID, Any] = {}
        assert judged(shuffled, again) == expected
        assert again == trust


@pytest.mark.postgis
async def test_a_message_the_database_refuses_does_not_stop_the_others(
    database: Database,
) -> None:
    vehicle_id = await van(database)
    async with running(database) as store:
        fixes = [fix_at(i, satellites=70_000 if i == 3 else 9) for i in range(8)]
        futures = [await store.submit(submission(vehicle_id, fix)) for fix in fixes]
        await asyncio.gather(*futures)
    assert len(await rows_of(database, POSITIONS)) == 7
    (row,) = await rows_of(
        database, "SELECT rejection, payload FROM raw_message WHERE rejection IS NOT NULL"
    )
    assert row == ("malformed: The database refused the values of this message.", b"raw")
