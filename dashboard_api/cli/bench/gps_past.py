"""Days that are over, for the bench: fixes and trips of every van, stored as they would lie.

A day's fixes come by binary COPY in the order of vans, which geo puts a day in once it is over; its
indexes are built afterwards.
"""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import psycopg
from numpy.typing import NDArray
from psycopg import sql

from dashboard_api.cli.bench.gps_fleet import Van, copy_trips
from models.kit.clock import SystemClock
from models.kit.database import Database

_CREWS_DAY_S = 12 * 3600
DAY_BEGINS = timedelta(hours=3)  # 08:00 in Almaty
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_NOISE_DEG = 4e-5
_VANS_AT_ONCE = 20
_LENGTHS = {
    "vehicle_id": 16, "fixed_at": 8, "received_at": 8, "geom": 25, "speed_km_h": 8,
    "course_deg": 8, "altitude_m": 8, "satellites": 2, "flags": 12, "protocol": 9, "ignition": 1,
    "external_power_v": 8,
}  # fmt: skip
_TYPES = {"fixed_at": ">i8", "received_at": ">i8", "satellites": ">i2"} | dict.fromkeys(
    ("speed_km_h", "course_deg", "altitude_m", "external_power_v"), ">f8"
)
_PROTOCOL = b"teltonika"
_NO_FLAGS = b"".join(number.to_bytes(4, "big") for number in (0, 0, 25))  # an empty array of texts
_POINT = np.dtype([("head", "V9"), ("longitude", "<f8"), ("latitude", "<f8")])
_POINT_HEAD = b"\x01" + (0x20000001).to_bytes(4, "little") + (4326).to_bytes(4, "little")
# A row of PostgreSQL's binary COPY: the number of fields, then the length and bytes of each.
_ROW = np.dtype(
    [("fields", ">i2")]
    + [
        part
        for name, length in _LENGTHS.items()
        for part in (
            (f"{name}_length", ">i4"),
            (name, _POINT if name == "geom" else _TYPES.get(name, f"V{length}")),
        )
    ]
)
_HEAD = b"PGCOPY\n\xff\r\n\x00" + bytes(8)


async def fill(
    database: Database, fleet: Sequence[Van], before: datetime, days: int, a_day: int
) -> float:
    """Fill the days before midnight of ``before`` with ``a_day`` fixes of each van.

    Return the seconds that it took.
    """
    clock = SystemClock()
    begun = clock.monotonic()
    midnight = before.replace(hour=0, minute=0, second=0, microsecond=0)
    begins = [midnight - timedelta(days=days - number) for number in range(days)]
    await asyncio.to_thread(_fill, database.url, fleet, begins, a_day)
    async with database.transaction() as session:
        for day in begins:
            pairs = [(van, van) for van in fleet]
            await copy_trips(session, pairs, day + DAY_BEGINS, over=True)
    await asyncio.to_thread(_tidy, database.url)
    return clock.monotonic() - begun


def _fill(url: str, fleet: Sequence[Van], days: Sequence[datetime], a_day: int) -> None:
    rows = _rows(fleet, a_day)
    with psycopg.connect(url, autocommit=True) as connection:
        for day in days:
            _store(connection, rows, day)


def _tidy(url: str) -> None:
    """Do what a quiet hour does in life."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE) position, trip, stop_visit")


def _store(connection: psycopg.Connection, rows: NDArray[np.void], day: datetime) -> None:
    """Store a day as a partition of its own, attached once it has its indexes."""
    partition = sql.Identifier(f"position_{day:%Y%m%d}")
    begins = int((day + DAY_BEGINS - _EPOCH).total_seconds() * 1e6)
    with connection.transaction():
        connection.execute(
            sql.SQL("CREATE TABLE {} (LIKE position INCLUDING DEFAULTS)").format(partition)
        )
        copy_into = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT binary, FREEZE)").format(
            partition, sql.SQL(", ").join(map(sql.Identifier, _LENGTHS))
        )
        with connection.cursor().copy(copy_into) as copy:
            copy.write(_HEAD)
            for first in range(0, len(rows), _VANS_AT_ONCE):
                part = rows[first : first + _VANS_AT_ONCE].copy()
                part["fixed_at"] += begins
                part["received_at"] += begins
                copy.write(part.tobytes())
            copy.write(b"\xff\xff")
        for statement in (
            "ALTER TABLE {} ADD PRIMARY KEY (vehicle_id, fixed_at)",
            "CREATE INDEX ON {} USING gist (geom)",
        ):
            connection.execute(sql.SQL(statement).format(partition))
        connection.execute(
            sql.SQL("ALTER TABLE position ATTACH PARTITION {} FOR VALUES FROM ({}) TO ({})").format(
                partition, sql.Literal(day), sql.Literal(day + timedelta(days=1))
            )
        )


def _rows(fleet: Sequence[Van], a_day: int) -> NDArray[np.void]:
    """Return a day's rows, vans in the order of their ids × fixes.

    Times are microseconds from the day's beginning. Every van drives the journey that it is on
    today; afterwards it is parked.
    """
    chance = np.random.default_rng(1)
    fleet = sorted(fleet, key=lambda van: van.vehicle_id.bytes)
    every_s = _CREWS_DAY_S / a_day
    rows = np.zeros((a_day, len(fleet)), dtype=_ROW)
    rows["fields"] = len(_LENGTHS)
    for name, length in _LENGTHS.items():
        rows[f"{name}_length"] = length
    rows["vehicle_id"] = [np.void(van.vehicle_id.bytes) for van in fleet]
    seconds = np.arange(a_day)[:, None] * every_s + np.arange(len(fleet)) * every_s / len(fleet)
    rows["fixed_at"] = (seconds * 1e6).astype(np.int64)
    rows["received_at"] = rows["fixed_at"] + 1_000_000
    rows["geom"]["head"] = np.void(_POINT_HEAD)
    motions = {
        id(van.day): [van.day.journey.at(step * every_s) for step in range(a_day)] for van in fleet
    }
    for column, van in enumerate(fleet):
        driven = motions[id(van.day)]
        noise = chance.normal(0, _NOISE_DEG, (2, a_day))
        rows["geom"]["latitude"][:, column] = [m.latitude for m in driven] + noise[0]
        rows["geom"]["longitude"][:, column] = [m.longitude for m in driven] + noise[1]
        rows["speed_km_h"][:, column] = [m.speed_km_h for m in driven]
        rows["course_deg"][:, column] = [m.course_deg for m in driven]
    rows["ignition"] = np.where(rows["speed_km_h"] > 0, np.void(b"\1"), np.void(b"\0"))
    rows["altitude_m"], rows["external_power_v"], rows["satellites"] = 500.0, 12.6, 11
    rows["flags"], rows["protocol"] = np.void(_NO_FLAGS), np.void(_PROTOCOL)
    return np.ascontiguousarray(rows.T)
