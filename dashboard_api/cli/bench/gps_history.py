"""Millions of stored positions, loaded by binary COPY, and how long the map's questions take."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import numpy as np
import psycopg
from numpy.typing import NDArray
from psycopg import sql
from sqlalchemy.ext.asyncio import AsyncSession

from dashboard_api.cli.bench.report import percentile
from geo import repository
from geo.fleet import ReplayPart, fleet_at, replay_json
from geo.reports.driving import mileage_lines, stay_lines
from geo.reports.lines import Scope
from geo.reports.plans import trip_lines, visit_lines
from models.kit.clock import SystemClock
from models.kit.database import Database

DAYS = {True: 2, False: 14}
A_DAY = 1440  # one fix a minute
_REPORTS = 5
_WARM_UP = 2
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_COLUMNS = ("vehicle_id", "fixed_at", "received_at", "geom", "speed_km_h", "flags", "protocol")
_PROTOCOL = b"teltonika"
_EMPTY_TEXTS = (0).to_bytes(4, "big") + (0).to_bytes(4, "big") + (25).to_bytes(4, "big")
# A row of PostgreSQL's binary COPY: the number of fields, then the length and bytes of each.
_ROW = np.dtype(
    [
        ("fields", ">i2"),
        ("vehicle_length", ">i4"),
        ("vehicle_id", "V16"),
        ("fixed_length", ">i4"),
        ("fixed_at", ">i8"),
        ("received_length", ">i4"),
        ("received_at", ">i8"),
        ("geom_length", ">i4"),
        ("geom_head", "V9"),
        ("longitude", "<f8"),
        ("latitude", "<f8"),
        ("speed_length", ">i4"),
        ("speed_km_h", ">f8"),
        ("flags_length", ">i4"),
        ("flags", "V12"),
        ("protocol_length", ">i4"),
        ("protocol", f"V{len(_PROTOCOL)}"),
    ]
)
_HEAD = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
_POINT_HEAD = b"\x01" + (0x20000001).to_bytes(4, "little") + (4326).to_bytes(4, "little")


@dataclass(frozen=True, slots=True)
class Timings:
    """Milliseconds at the 95th percentile of each question, at so many stored positions."""

    positions: int
    load_s: float
    last_500_ms: float
    van_day_ms: float
    fleet_moment_ms: float
    replay_hour_ms: float
    fleet_day_report_s: float


async def load(database: Database, vans: Sequence[UUID], before: datetime, days: int) -> float:
    """Fill the days before ``before`` with every van's fixes; return the seconds it took."""
    return await asyncio.to_thread(_load, database.url, vans, before, days)


def _load(url: str, vans: Sequence[UUID], before: datetime, days: int) -> float:
    clock = SystemClock()
    midnight = before.replace(hour=0, minute=0, second=0, microsecond=0)
    begun = clock.monotonic()
    with psycopg.connect(url) as connection:
        for number in range(days):
            day = midnight - timedelta(days=days - number)
            _make_partition(connection, day)
            copy_into = sql.SQL("COPY position ({}) FROM STDIN (FORMAT binary)").format(
                sql.SQL(", ").join(map(sql.Identifier, _COLUMNS))
            )
            with connection.cursor().copy(copy_into) as copy:
                copy.write(_HEAD)
                for block in _blocks(vans, day, seed=number):
                    copy.write(block.tobytes())
                copy.write(b"\xff\xff")
            connection.commit()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE) position")
    return clock.monotonic() - begun


def _make_partition(connection: psycopg.Connection, day: datetime) -> None:
    name = sql.Identifier(f"position_{day:%Y%m%d}")
    connection.execute(
        sql.SQL(
            "CREATE TABLE IF NOT EXISTS {} PARTITION OF position FOR VALUES FROM ({}) TO ({})"
        ).format(name, sql.Literal(day), sql.Literal(day + timedelta(days=1)))
    )


def _blocks(vans: Sequence[UUID], day: datetime, seed: int) -> Iterator[NDArray[np.void]]:
    """Yield each van's day: it drives to and fro around a place of its own."""
    chance = np.random.default_rng(seed)
    seconds = np.arange(A_DAY) * (86_400 / A_DAY)
    first = int((day - _EPOCH).total_seconds())
    for number, vehicle_id in enumerate(vans):
        rows = np.zeros(A_DAY, dtype=_ROW)
        rows["fields"] = len(_COLUMNS)
        for name, length in (
            ("vehicle", 16), ("fixed", 8), ("received", 8), ("geom", 25), ("speed", 8),
            ("flags", 12), ("protocol", len(_PROTOCOL)),
        ):  # fmt: skip
            rows[f"{name}_length"] = length
        rows["vehicle_id"] = np.void(vehicle_id.bytes)
        rows["fixed_at"] = ((first + seconds) * 1e6).astype(np.int64)
        rows["received_at"] = rows["fixed_at"] + 1_000_000
        rows["geom_head"] = np.void(_POINT_HEAD)
        turn = seconds / 86_400 * 4 * np.pi + number
        rows["longitude"] = 52 + number % 25 * 1.3 + np.sin(turn) + chance.normal(0, 1e-4, A_DAY)
        rows["latitude"] = 42 + number // 25 * 0.6 + np.cos(turn) + chance.normal(0, 1e-4, A_DAY)
        rows["speed_km_h"] = np.where(np.sin(turn * 3) > 0, 60.0, 0.0)
        rows["flags"] = np.void(_EMPTY_TEXTS)
        rows["protocol"] = np.void(_PROTOCOL)
        yield rows


async def ask(
    database: Database, vans: Sequence[UUID], before: datetime, days: int, load_s: float
) -> Timings:
    """Ask the map's questions many times, each about another day, van or moment."""
    midnight = before.replace(hour=0, minute=0, second=0, microsecond=0)

    def day(number: int) -> datetime:
        return midnight - timedelta(days=1 + number % days)

    async def last(session: AsyncSession, _number: int) -> object:
        return await repository.vehicles(session)

    async def track(session: AsyncSession, number: int) -> object:
        begins = day(number)
        van = vans[number * 37 % len(vans)]
        found = await repository.track(session, van, begins, begins + timedelta(days=1))
        assert len(found) == A_DAY
        return found

    async def moment(session: AsyncSession, number: int) -> object:
        found = await fleet_at(session, day(number) + timedelta(minutes=number * 11 % 1440))
        assert len(found) >= len(vans)
        return found

    async def replay(session: AsyncSession, number: int) -> object:
        begins = day(number) + timedelta(hours=number % 22)
        part = ReplayPart(begins, begins + timedelta(hours=1), 30)
        return await replay_json(session, part)

    async def report(session: AsyncSession, number: int) -> object:
        local, everyone = day(number).date(), Scope()
        driven = await mileage_lines(session, local, everyone)
        assert len(driven) == len(vans)
        stayed = await stay_lines(session, local, everyone)
        trips = await trip_lines(session, local, everyone)
        return driven, stayed, trips, await visit_lines(session, local, everyone)

    return Timings(
        len(vans) * A_DAY * days,
        load_s,
        await _p95_ms(database, last, 100),
        await _p95_ms(database, track, 100),
        await _p95_ms(database, moment, 100),
        await _p95_ms(database, replay, 20),
        await _p95_ms(database, report, _REPORTS) / 1000,
    )


async def _p95_ms(
    database: Database, question: Callable[[AsyncSession, int], Awaitable[object]], times: int
) -> float:
    clock = SystemClock()
    took: list[float] = []
    for number in range(times + _WARM_UP):
        async with database.read() as session:
            begun = clock.monotonic()
            await question(session, number)
            took.append((clock.monotonic() - begun) * 1000)
    return percentile(took[_WARM_UP:], 0.95)
