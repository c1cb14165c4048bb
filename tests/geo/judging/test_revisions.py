"""What was said is amended, withdrawn and said again; plans change; processes die and double."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from geo.judgement.fixes import Fix
from geo.judging.judge import LEADER_LOCK, Judge, LostLead
from geo.judging.service import run
from models.kit.clock import ManualClock, SystemClock
from models.kit.database import Database
from models.kit.leadership import lead
from tests.geo.judgement.drives import Course, follow, report, trip_plan, way
from tests.geo.judging.planned import at, build_planned_van, store
from tests.geo.judging.test_judge import judged, outcome, rows_of

pytestmark = pytest.mark.postgis
WAY = way(1)
PLAN = trip_plan(WAY, stay_s=1800)
DETOUR = Course(PLAN.starts - 3600, WAY.points[0]).halt(3600)
HALF = WAY.stop_at[0] // 2
ASIDE = (WAY.points[HALF][0] + 0.06, WAY.points[HALF][1])
DETOUR.drive(WAY.part(0, HALF)).drive([WAY.points[HALF], ASIDE]).drive([ASIDE, WAY.points[HALF]])
DETOUR.drive(WAY.part(HALF, WAY.stop_at[0])).halt(1800)
FIXES = report(DETOUR, every_s=30.0, outliers=0.0)
CHANGES = (
    "SELECT m.kind, r.change FROM movement_revision r JOIN movement m ON m.id = r.movement_id "
    "ORDER BY r.id"
)


def between(since: float, until: float) -> list[Fix]:
    return [fix for fix in FIXES if since < fix.t <= until]


async def test_a_loss_is_withdrawn_when_the_missing_fixes_come(database: Database) -> None:
    vehicle_id = await build_planned_van(database, PLAN)
    clock = ManualClock(at(PLAN.starts))
    judge = Judge(database, clock, late_patience_s=0.0)
    silent_at = PLAN.starts + 200
    await store(database, vehicle_id, between(0, silent_at), silent_at)
    clock.advance(timedelta(seconds=1300))
    await judged(judge)
    lost = "SELECT kind, late, withdrawn_at IS NULL FROM movement WHERE kind = 'lost'"
    assert await rows_of(database, lost) == [("lost", False, True)]
    await store(database, vehicle_id, between(silent_at, PLAN.starts + 1300), 0)
    await judged(judge)
    assert await rows_of(database, lost) == [("lost", False, False)]
    changes = await rows_of(database, CHANGES)
    assert ("lost", "said") in changes
    assert changes.index(("lost", "said")) < changes.index(("lost", "withdrawn"))
    late = "SELECT late FROM movement WHERE kind = 'off_route'"
    assert await rows_of(database, late) == [(False,)]


async def test_a_detour_that_is_told_hours_later_is_late(database: Database) -> None:
    vehicle_id = await build_planned_van(database, PLAN)
    clock = ManualClock(at(DETOUR.at + 4 * 3600))
    judge = Judge(database, clock, late_patience_s=0.0)
    ends = DETOUR.legs[4].begins
    await store(database, vehicle_id, between(0, DETOUR.legs[1].ends), 0)
    await store(database, vehicle_id, between(ends, DETOUR.at), 0)
    await judged(judge)
    before = await outcome(database, vehicle_id)
    assert "off_route" not in {row[0] for row in before[0]}
    await store(database, vehicle_id, between(DETOUR.legs[1].ends, ends), 0)
    await judged(judge)
    found = await rows_of(database, "SELECT late FROM movement WHERE kind = 'off_route'")
    assert found == [(True,)]


async def test_a_cancelled_trip_takes_its_movements_back(database: Database) -> None:
    vehicle_id = await build_planned_van(database, PLAN)
    clock = ManualClock(at(DETOUR.at))
    judge = Judge(database, clock, late_patience_s=0.0)
    await store(database, vehicle_id, FIXES, DETOUR.at)
    await judged(judge)
    assert {row[0] for row in (await outcome(database, vehicle_id))[0]} >= {"off_route", "arrived"}
    async with database.transaction() as session:
        await session.execute(text("UPDATE trip SET state = 'cancelled', version = version + 1"))
    clock.advance(timedelta(seconds=11))
    await judged(judge)
    movements, trips, _ = await outcome(database, vehicle_id)
    assert movements == []
    assert trips[0][0] == "cancelled"
    async with database.transaction() as session:
        await session.execute(text("UPDATE trip SET state = 'planned', version = version + 1"))
    clock.advance(timedelta(seconds=11))
    await judged(judge)
    movements, trips, visits = await outcome(database, vehicle_id)
    assert {row[0] for row in movements} >= {"off_route", "arrived"}
    assert visits[0][1] == "served"


async def test_a_new_process_goes_on_where_the_old_one_died(database: Database) -> None:
    whole = await build_planned_van(database, PLAN)
    plan = trip_plan(WAY, stay_s=1800, trip_id=str(UUID(int=7)))
    broken = await build_planned_van(database, plan, plate="002 AA 02")
    clock = ManualClock(at(PLAN.starts))
    judge = Judge(database, clock, late_patience_s=0.0)
    await store(database, whole, FIXES, 0)
    for part in range(0, len(FIXES), 45):
        batch = FIXES[part : part + 45]
        await store(database, broken, batch, 0)
        clock.advance(max(at(batch[-1].t) - clock.now(), timedelta(0)))
        judge = Judge(database, clock, late_patience_s=0.0)  # knows nothing of what was
        await judged(judge)
    clock.advance(timedelta(hours=6))
    await judged(judge)
    first, second = await outcome(database, whole), await outcome(database, broken)
    assert [(r[0], *r[2:]) for r in first[0]] == [(r[0], *r[2:]) for r in second[0]]
    assert first[1:] == second[1:]


async def test_a_route_without_a_way_stops_nobody_else(database: Database) -> None:
    bad = await build_planned_van(database, PLAN)
    async with database.transaction() as session:
        await session.execute(
            text("UPDATE route SET geom = ST_MakeLine(ST_StartPoint(geom), ST_StartPoint(geom))")
        )
    plan = trip_plan(WAY, stay_s=1800, trip_id=str(UUID(int=7)))
    good = await build_planned_van(database, plan, plate="002 AA 02")
    judge = Judge(database, ManualClock(at(DETOUR.at)), late_patience_s=0.0)
    for vehicle_id in (bad, good):
        await store(database, vehicle_id, FIXES, DETOUR.at)
    await judged(judge)
    assert (await outcome(database, bad))[1][0][0] == "planned"
    assert (await outcome(database, good))[2][0][1] == "served"


async def test_only_the_leader_judges(database: Database) -> None:
    vehicle_id = await build_planned_van(database, PLAN)
    fixes = report(follow(WAY, PLAN))[:50]
    await store(database, vehicle_id, fixes, 0)
    clock, stop = ManualClock(at(fixes[-1].t)), asyncio.Event()
    async with lead(database.url, LEADER_LOCK, stop) as leadership:
        assert leadership is not None
        leader = leadership.backend_pid
        await Judge(database, clock, leader).look()
        pretender = Judge(database, clock, leader + 1)
        with pytest.raises(LostLead):
            await pretender.look()
    with pytest.raises(LostLead):
        await Judge(database, clock, leader).look()
    assert await rows_of(database, "SELECT count(*) FROM unjudged_span") == [(0,)]


async def test_the_service_judges_what_comes(database: Database) -> None:
    vehicle_id = await build_planned_van(database)
    stop = asyncio.Event()
    task = asyncio.create_task(run(database, SystemClock(), stop))
    now = SystemClock().now().timestamp()
    start = FIXES[0].t
    fixes = [Fix(fix.t - start + now - 600, fix.latitude, fix.longitude) for fix in FIXES[:20]]
    await store(database, vehicle_id, fixes, now)
    async with asyncio.timeout(30):
        while await rows_of(database, "SELECT 1 FROM unjudged_span"):
            await asyncio.sleep(0.05)
    stop.set()
    await task
