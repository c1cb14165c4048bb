"""From a movement's row to an alert that points at the van, and back."""

import json
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from models.kit.bus import announce
from models.kit.clock import ManualClock
from models.kit.database import Database
from models.kit.ids import new_id
from tests.alerts.terms import a_term, alerts, lines
from tests.builders import build_vehicle

pytestmark = pytest.mark.postgis


async def moved(
    database: Database,
    vehicle_id: UUID,
    kind: str,
    started: datetime,
    *,
    late: bool = False,
    **details: object,
) -> UUID:
    """Write a movement that lasts, as geo does: row and notice in one transaction."""
    movement_id = new_id()
    async with database.transaction() as session:
        await session.execute(
            text(
                "INSERT INTO movement (id, vehicle_id, kind, started_at, details, late, made_at, "
                "revised_at, revision) VALUES (:id, :van, :kind, :at, CAST(:details AS jsonb), "
                ":late, :at, :at, 1)"
            ),
            {
                "id": movement_id,
                "van": vehicle_id,
                "kind": kind,
                "at": started,
                "late": late,
                "details": json.dumps(details),
            },
        )
        told = {"vehicle_id": str(vehicle_id), "kind": kind}
        announce(session, "movement", movement_id, told)
    return movement_id


async def change(database: Database, vehicle_id: UUID, movement_id: UUID, change: str) -> None:
    async with database.transaction() as session:
        await session.execute(
            text(f"UPDATE movement SET {change} WHERE id = :id"), {"id": movement_id}
        )
        told = {"vehicle_id": str(vehicle_id), "kind": "off_route"}
        announce(session, "movement", movement_id, told)


async def heard(database: Database, vehicle_id: UUID, at: datetime) -> None:
    async with database.transaction() as session:
        await session.execute(
            text(
                "INSERT INTO last_position (vehicle_id, fixed_at, received_at, geom) "
                "VALUES (:id, :at, :at, 'SRID=4326;POINT(76.9 43.2)')"
            ),
            {"id": vehicle_id, "at": at},
        )


async def test_off_route_raises_grows_and_ends(database: Database, clock: ManualClock) -> None:
    async with database.transaction() as session:
        vehicle_id = await build_vehicle(session)
    async with a_term(database, clock) as (_, follower):
        started = clock.now() - timedelta(seconds=90)
        movement_id = await moved(database, vehicle_id, "off_route", started, off_m=420)
        await follower.catch_up()
        (alert,) = await alerts(database, "van_off_route")
        assert (alert.vehicle_id, alert.severity, alert.since_at) == (
            vehicle_id,
            "warning",
            started,
        )
        assert alert.details["plate"] == "001 AA 02"
        assert alert.details["off_m"] == 420
        critical = "details = jsonb_set(details, '{critical}', 'true')"
        await change(database, vehicle_id, movement_id, critical)
        await follower.catch_up()
        (worse,) = await alerts(database, "van_far_off_route")
        assert worse.active
        await change(database, vehicle_id, movement_id, "ended_at = started_at")
        await follower.catch_up()
    for rule in ("van_off_route", "van_far_off_route"):
        (alert,) = await alerts(database, rule)
        assert (alert.state, alert.active) == ("resolved", False)
        assert await lines(database, alert.id) == ["raised", "cleared", "resolved"]


async def test_what_was_found_late_is_silent_unless_it_lasts(
    database: Database, clock: ManualClock
) -> None:
    async with database.transaction() as session:
        silent = await build_vehicle(session)
        present = await build_vehicle(session, plate="002 AA 02", identifier="van-2")
        noting = await build_vehicle(session, plate="003 AA 02", identifier="van-3")
    await heard(database, present, clock.now())
    started = clock.now() - timedelta(hours=2)
    async with a_term(database, clock) as (_, follower):
        await moved(database, silent, "off_route", started, late=True)
        await moved(database, present, "off_route", started, late=True)
        await moved(database, noting, "fence_entered", started, rule="note")
        await follower.catch_up()
    assert [alert.vehicle_id for alert in await alerts(database, "van_off_route")] == [present]
    assert await alerts(database, "van_fence") == []


async def test_a_withdrawn_movement_withdraws_its_alert(
    database: Database, clock: ManualClock
) -> None:
    async with database.transaction() as session:
        vehicle_id = await build_vehicle(session)
    movement_id = await moved(database, vehicle_id, "lost", clock.now())
    async with a_term(database, clock) as (_, follower):
        (alert,) = await alerts(database, "van_lost")
        assert alert.active
        async with database.transaction() as session:
            await session.execute(text("UPDATE movement SET withdrawn_at = now()"))
            told = {"vehicle_id": str(vehicle_id), "kind": "lost"}
            announce(session, "movement", movement_id, told)
        await follower.catch_up()
    (alert,) = await alerts(database, "van_lost")
    assert not alert.active
