"""What is learned of silences, and which snapshots stay."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import text

from geo.judging.upkeep import forget_snapshots, learn_dead_zones
from models.kit.database import Database
from models.kit.ids import new_id
from tests.builders import NOON, build_vehicle

pytestmark = pytest.mark.postgis


async def test_cells_where_vans_fell_silent_before_today(database: Database) -> None:
    yesterday = NOON - timedelta(days=1)
    silences = [
        ("1:1", yesterday, 1200, True, False),
        ("1:1", yesterday - timedelta(days=3), 1800, True, True),
        ("1:1", yesterday - timedelta(days=9), 90_000, True, False),
        ("1:1", NOON, 1000, True, False),  # today
        ("1:1", yesterday, 1000, False, False),  # parked
        ("2:2", yesterday - timedelta(days=100), 1000, True, False),
    ]
    async with database.transaction() as session:
        vehicle_id = await build_vehicle(session)
        await session.execute(
            text(
                "INSERT INTO dead_zone VALUES ('2:2', 3, 900, :at, NULL), "
                "('3:3', 0, 900, :at, 'known')"
            ),
            {"at": yesterday},
        )
        for cell, at, seconds, moving, withdrawn in silences:
            over = at + timedelta(seconds=seconds)
            await session.execute(
                text(
                    "INSERT INTO movement (id, vehicle_id, kind, started_at, ended_at, details, "
                    "late, made_at, revised_at, revision, withdrawn_at) VALUES (:id, :van, 'lost', "
                    ":at, :ended, CAST(:details AS jsonb), false, :at, :at, 1, :withdrawn)"
                ),
                {
                    "id": new_id(),
                    "van": vehicle_id,
                    "at": at,
                    "ended": None if withdrawn else over,
                    "withdrawn": over if withdrawn else None,
                    "details": json.dumps({"cell": cell, "moving": moving}),
                },
            )
        await learn_dead_zones(session, NOON)
        await learn_dead_zones(session, NOON)
    async with database.read() as session:
        known = await session.execute(
            text("SELECT cell, silences, longest_s FROM dead_zone ORDER BY cell")
        )
        assert [tuple(row) for row in known] == [("1:1", 3, 21600.0), ("3:3", 0, 900.0)]


async def test_snapshots_thin_out(database: Database) -> None:
    hours = [1, 24 * 7 - 1, 24 * 7 + 1, 24 * 8 + 7, 24 * 89 + 7, 24 * 91 + 7]
    async with database.transaction() as session:
        vehicle_id = await build_vehicle(session)
        for hour in hours:
            await session.execute(
                text("INSERT INTO judgement_snapshot VALUES (:id, :at, 1, '{}')"),
                {"id": vehicle_id, "at": NOON - timedelta(hours=hour)},
            )
        await forget_snapshots(session, NOON)
    async with database.read() as session:
        kept = await session.scalars(text("SELECT at FROM judgement_snapshot ORDER BY at DESC"))
        ages = [(NOON - at) / timedelta(hours=1) for at in kept]
    assert ages == [1, 24 * 7 - 1, 24 * 8 + 7, 24 * 89 + 7]
