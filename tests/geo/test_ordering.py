"""A day that is over lies in the order of vans; a day that somebody reads is left alone."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from geo.ordering import put_in_order
from ingest.gps.rows import Row, insert_positions
from models.kit.clock import SystemClock
from models.kit.database import Database
from models.observations import PositionFix
from tests.builders import build_vehicle

pytestmark = pytest.mark.postgis
TODAY = datetime.combine(SystemClock().now().date(), datetime.min.time(), UTC)
YESTERDAY = TODAY - timedelta(days=1)


async def test_a_day_is_put_in_order_once_it_is_over(database: Database) -> None:
    async with database.transaction() as session:
        vans = [
            await build_vehicle(session, plate=str(number), identifier=str(number))
            for number in range(3)
        ]
        fixes = [
            Row(van, PositionFix("", YESTERDAY + timedelta(minutes=minute), 43, 77), TODAY, "nmea")
            for minute in range(5)
            for van in vans
        ]
        for one in fixes:
            await insert_positions(session, [one])
    lying = text("SELECT vehicle_id, fixed_at FROM position ORDER BY tableoid, ctid")
    ordered = [(one.vehicle_id, one.fix.fixed_at) for one in sorted(fixes, key=Row.order)]

    async def stored() -> list[tuple[object, ...]]:
        async with database.read() as session:
            return [tuple(row) for row in await session.execute(lying)]

    assert await stored() != ordered
    assert await put_in_order(database, TODAY) is None  # it has just ended
    now = TODAY + timedelta(hours=1)
    async with database.read() as reader:
        await reader.execute(lying)
        assert await put_in_order(database, now, patience_ms=20) is None
    assert await put_in_order(database, now) == f"position_{YESTERDAY:%Y%m%d}"
    assert await stored() == ordered
    assert await put_in_order(database, now) is None
