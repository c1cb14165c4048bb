"""Days are let go whole; what somebody reads stays until next time."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from geo.retention import forget, kept_for
from models.kit.database import Database
from models.kit.ids import new_id
from models.kit.settings import Settings
from tests.builders import build_vehicle

pytestmark = pytest.mark.postgis
NOW = datetime(2026, 3, 19, 7, 0, tzinfo=UTC)
KEPT = {"raw_message": timedelta(days=7), "position": timedelta(days=30)}


async def day_of(database: Database, table: str, day: datetime) -> str:
    name = f"{table}_{day:%Y%m%d}"
    async with database.transaction() as session:
        await session.execute(
            text(
                f"CREATE TABLE {name} PARTITION OF {table} FOR VALUES FROM "
                f"('{day:%Y-%m-%d} 00:00+00') TO ('{day + timedelta(days=1):%Y-%m-%d} 00:00+00')"
            )
        )
    return name


async def put(database: Database, *days: int) -> None:
    async with database.transaction() as session:
        vehicle_id = await build_vehicle(session)
        for ago in days:
            at = NOW - timedelta(days=ago)
            await session.execute(
                text(
                    "INSERT INTO raw_message (received_at, session_id, number, protocol, transport,"
                    " payload) VALUES (:at, :id, 0, 'wialon', 'tcp', 'x')"
                ),
                {"at": at, "id": new_id()},
            )
            await session.execute(
                text(
                    "INSERT INTO position "
                    "(vehicle_id, fixed_at, received_at, geom, flags, protocol) VALUES "
                    "(:v, :at, :at, ST_SetSRID(ST_MakePoint(76, 43), 4326), '{}', 'wialon')"
                ),
                {"v": vehicle_id, "at": at},
            )


async def ages(database: Database, table: str, column: str) -> list[int]:
    async with database.read() as session:
        found = await session.execute(text(f"SELECT {column} FROM {table} ORDER BY 1 DESC"))
        return [(NOW - row[0]).days for row in found]


async def test_days_are_let_go_when_every_row_of_them_is_too_old(database: Database) -> None:
    first = NOW.replace(hour=0)
    for ago in (6, 7, 8, 40):
        for table in KEPT:
            await day_of(database, table, first - timedelta(days=ago))
    await put(database, 6, 7, 8, 40, 41)  # the last one's day has no partition of its own
    gone = await forget(database, KEPT, NOW)
    assert gone == ["raw_message_20260207", "raw_message_20260311", "position_20260207"]
    assert await ages(database, "raw_message", "received_at") == [6, 7]
    assert await ages(database, "position", "fixed_at") == [6, 7, 8]
    assert await forget(database, KEPT, NOW) == []


async def test_a_fix_of_a_wrong_clock_stays_as_long_as_what_came_with_it(
    database: Database,
) -> None:
    await put(database, 1)
    async with database.transaction() as session:
        await session.execute(text("UPDATE position SET fixed_at = '1999-01-01 00:00+00'"))
    assert await forget(database, KEPT, NOW) == []
    assert len(await ages(database, "position", "fixed_at")) == 1
    await forget(database, KEPT, NOW + timedelta(days=30))
    assert await ages(database, "position", "fixed_at") == []


async def test_a_day_that_is_read_just_now_waits(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("geo.retention._LOCK_WITHIN", "50ms")
    await day_of(database, "raw_message", NOW.replace(hour=0) - timedelta(days=9))
    async with database.read() as reader:
        await reader.execute(text("SELECT count(*) FROM raw_message"))
        assert await forget(database, KEPT, NOW) == []
    assert await forget(database, KEPT, NOW) == ["raw_message_20260310"]


def test_the_days_are_settings() -> None:
    kept = kept_for(Settings(raw_messages_keep_days=3))
    assert kept == {"raw_message": timedelta(days=3), "position": timedelta(days=1096)}
