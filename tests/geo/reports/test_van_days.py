"""Sums of van-days: made newest first, struck out by late fixes, never older than what is told."""

import asyncio
import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from geo.judging import fixes
from geo.judging.judge import ROUND_LOCK
from geo.reports.driving import mileage_lines, stay_lines
from geo.reports.lines import Line, Scope
from geo.reports.van_days import AGAIN_EVERY_S, VanDays, sum_up
from ingest.gps.rows import Row, insert_positions
from models.kit.clock import ManualClock, SystemClock
from models.kit.database import Database
from models.observations import PositionFix
from tests.builders import NOON, build_vehicle

pytestmark = pytest.mark.postgis
DAY = date(2026, 3, 19)
FIRST = UUID(int=0)
EVENING, TOMORROW = NOON + timedelta(hours=5), NOON + timedelta(days=1)


async def arrive(
    database: Database, van: UUID, places: Sequence[tuple[float, float, float]]
) -> None:
    """Store fixes (minute, longitude, km/h) as the receivers do."""
    async with database.transaction() as session:
        arrived = [
            PositionFix("van-1", NOON + timedelta(minutes=minute), 43, x, speed_km_h=speed)
            for minute, x, speed in places
        ]
        rows = [Row(van, fix, NOON, "osmand") for fix in arrived]
        await insert_positions(session, sorted(rows, key=Row.order))


async def judged(database: Database) -> None:
    """Do what the judge does at the end of a round."""
    async with database.transaction() as session:
        await fixes.forget(session, await fixes.waiting(session, []))


async def told(database: Database) -> tuple[list[Line], list[Line]]:
    async with database.read() as session:
        mileage = await mileage_lines(session, DAY, Scope())
        return [*mileage], [*await stay_lines(session, DAY, Scope())]


async def summed(database: Database, now: datetime) -> list[UUID]:
    async with database.transaction() as session:
        return await sum_up(session, DAY, FIRST, now)


async def sums(database: Database) -> int:
    async with database.read() as session:
        return int((await session.execute(text("SELECT count(*) FROM van_day"))).scalar_one())


def driven(minutes: Sequence[int], seed: int = 1) -> list[tuple[float, float, float]]:
    """Ten minutes of driving, ten of standing, and so on."""
    chance = random.Random(seed)
    return [
        (minute, 77 + minute // 20 * 0.1 + (minute % 20) * 0.01, chance.uniform(30, 60))
        if minute % 20 < 10
        else (minute, 77.1 + minute // 20 * 0.1, 0.0)
        for minute in minutes
    ]


@pytest.mark.parametrize("now", [EVENING, TOMORROW], ids=["begun", "over"])
async def test_late_fixes_are_told_at_once_and_strike_the_sum_out(
    database: Database, now: datetime
) -> None:
    async with database.transaction() as session:
        van = await build_vehicle(session)
    minutes = list(range(120))
    random.Random(3).shuffle(minutes)
    first, late = minutes[:90], minutes[90:]
    await arrive(database, van, driven(first))
    await judged(database)
    assert await summed(database, now) == [van]
    await arrive(database, van, driven(late))
    with_late = await told(database)
    assert await sums(database) == 1
    await judged(database)
    assert await sums(database) == 0
    from_fixes = await told(database)
    assert with_late == from_fixes
    assert from_fixes[0][0].fixes == 120  # type: ignore[union-attr]
    assert len(from_fixes[1]) == 6
    assert await summed(database, TOMORROW) == [van]
    assert await told(database) == from_fixes


async def test_a_day_goes_on_without_its_sum_being_made_again(database: Database) -> None:
    async with database.transaction() as session:
        van = await build_vehicle(session)
    await arrive(database, van, driven(range(76)))  # it stands since minute 70
    await judged(database)
    await summed(database, EVENING)
    await arrive(database, van, driven(range(76, 100)))
    assert (await told(database))[0][0].fixes == 100  # type: ignore[union-attr]
    await judged(database)
    assert await sums(database) == 1
    mileage, stays = await told(database)
    async with database.transaction() as session:
        await session.execute(text("TRUNCATE van_day"))
    assert (await told(database))[1] == stays
    assert [stay.lasted_s for stay in stays] == [540] * 5  # type: ignore[union-attr]
    again = (await told(database))[0][0]
    assert again.distance_m == pytest.approx(mileage[0].distance_m)  # type: ignore[union-attr]


async def test_a_sum_is_of_what_is_stored_once_no_round_of_judging_runs(
    database: Database,
) -> None:
    async with database.transaction() as session:
        van = await build_vehicle(session)
    await arrive(database, van, driven(range(10)))
    waits = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
    async with database.transaction() as round_of_judging:
        lock = text("SELECT pg_advisory_xact_lock(:round)")
        await round_of_judging.execute(lock, {"round": ROUND_LOCK})
        making = asyncio.create_task(summed(database, TOMORROW))
        async with asyncio.timeout(20), database.read() as session:
            while not (await session.execute(waits)).scalar_one():
                await asyncio.sleep(0.01)
        await arrive(database, van, driven(range(10, 20)))
        await fixes.forget(round_of_judging, await fixes.waiting(round_of_judging, []))
    assert await making == [van]
    assert (await told(database))[0][0].fixes == 20  # type: ignore[union-attr]


async def test_days_are_gone_through_newest_first_and_again_after_a_while(
    database: Database,
) -> None:
    async with database.transaction() as session:
        van = await build_vehicle(session)
    now = SystemClock().now().replace(hour=12, minute=0)  # its partitions are made already
    clock = ManualClock(now)
    async with database.transaction() as session:
        fix = PositionFix("van-1", now - timedelta(hours=1), 43, 76.9, speed_km_h=50)
        await insert_positions(session, [Row(van, fix, now, "osmand")])
    days = VanDays(clock)
    done = 0
    while await days.step(database):
        done += 1
    days_said = text("SELECT day, fixes FROM van_day ORDER BY day DESC")
    async with database.read() as session:
        rows = (await session.execute(days_said)).all()
    assert rows[0] == ((now + timedelta(hours=5)).date(), 1)
    assert len(rows) == done > 1
    assert await days.step(database) == 0
    clock.advance(timedelta(seconds=AGAIN_EVERY_S))
    assert await days.step(database) == 1  # today, which goes on
    assert await days.step(database) == 0
