"""Rounds of judging against PostGIS: rows, revisions, notices, and any order of arrival."""

import random
from datetime import timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from geo.judgement.fixes import Fix
from geo.judging.judge import Judge
from models.kit.bus import changes_after
from models.kit.clock import ManualClock
from models.kit.database import Database
from tests.geo.judgement.drives import STARTS, follow, report, trip_plan, way
from tests.geo.judging.planned import at, build_planned_van, store

pytestmark = pytest.mark.postgis
WAY = way(1)
PLAN = trip_plan(WAY, stay_s=1800)
ARRIVALS = 5


async def rows_of(database: Database, query: str, **asked: Any) -> list[tuple[Any, ...]]:
    async with database.read() as session:
        return [tuple(row) for row in await session.execute(text(query), asked)]


async def judged(judge: Judge) -> None:
    while (await judge.look()).more:
        pass


async def outcome(database: Database, vehicle_id: UUID) -> tuple[list[Any], ...]:
    """What was made of a van's fixes; when it was made is no part of it."""
    asked = {"id": vehicle_id}
    movements = await rows_of(
        database,
        "SELECT kind, trip_id, started_at, ended_at, ST_AsText(geom), details FROM movement "
        "WHERE vehicle_id = :id AND withdrawn_at IS NULL ORDER BY kind, started_at, id",
        **asked,
    )
    trips = await rows_of(
        database,
        "SELECT state, started_at, ended_at, progress_m, judged_until FROM trip "
        "WHERE vehicle_id = :id ORDER BY planned_start_at",
        **asked,
    )
    visits = await rows_of(
        database,
        "SELECT v.sequence, v.state, v.arrived_at, v.departed_at, v.expected_at, v.inferred "
        "FROM stop_visit v JOIN trip t ON t.id = v.trip_id WHERE t.vehicle_id = :id "
        "ORDER BY t.planned_start_at, v.sequence",
        **asked,
    )
    return movements, trips, visits


async def test_a_trip_that_goes_as_planned(database: Database) -> None:
    vehicle_id = await build_planned_van(database, PLAN)
    fixes = report(follow(WAY, PLAN))
    clock = ManualClock(at(fixes[0].t))
    judge = Judge(database, clock)
    for start in range(0, len(fixes), 20):
        batch = fixes[start : start + 20]
        clock.advance(at(batch[-1].t) - clock.now())
        await store(database, vehicle_id, batch, batch[-1].t)
        await judged(judge)
    movements, trips, visits = await outcome(database, vehicle_id)
    kinds = [row[0] for row in movements]
    assert sorted(set(kinds)) == ["arrived", "departed", "served"]
    assert len(kinds) == 9
    assert trips[0][0] == "done"
    assert [row[1] for row in visits] == ["served"] * 3
    assert await rows_of(database, "SELECT count(*) FROM unjudged_span") == [(0,)]
    assert (await rows_of(database, "SELECT count(*) FROM judgement_snapshot"))[0][0] >= 4
    async with database.read() as session:
        notices = await changes_after(session, 0, ["movement", "trip"])
    assert {n.data["kind"] for n in notices if n.topic == "movement"} == set(kinds)
    told = [n.data for n in notices if n.topic == "trip"]
    assert told[-1]["state"] == "done"
    assert told[-1]["visits"][0]["arrived_at"] is not None
    assert any(visit["expected_at"] for one in told for visit in one["visits"])


async def test_any_order_of_arrival_gives_the_same_rows(database: Database) -> None:
    course = follow(WAY, PLAN)
    fixes = report(course, every_s=60.0)
    fixes = [fix for fix in fixes if not STARTS + 6000 < fix.t < STARTS + 8400]  # 40 min silent
    now = course.at + 6 * 3600
    arrivals: dict[UUID, list[list[Fix]]] = {}
    for order in range(20):
        plan = trip_plan(WAY, stay_s=1800, trip_id=str(UUID(int=order + 1)))
        vehicle_id = await build_planned_van(database, plan, plate=f"{order:03} AA 02")
        arrivals[vehicle_id] = arrival(fixes, order)
    clock = ManualClock(at(STARTS))
    judge = Judge(database, clock, late_patience_s=0.0)
    for batch in range(ARRIVALS):
        if batch == ARRIVALS - 1:
            clock.advance(at(now) - clock.now())
        for vehicle_id, batches in arrivals.items():
            await store(database, vehicle_id, batches[batch], now)
        await judged(judge)
        clock.advance(timedelta(hours=1))
    seen = [await outcome(database, vehicle_id) for vehicle_id in arrivals]
    first, *others = [([(row[0], *row[2:]) for row in one[0]], *one[1:]) for one in seen]
    assert {row[0] for row in first[0]} >= {"arrived", "departed", "served", "lost"}
    for other in others:
        assert other == first


def arrival(fixes: list[Fix], order: int) -> list[list[Fix]]:
    """Return the fixes in batches: in order, newest first, or shuffled with repetitions."""
    chance = random.Random(order)
    sent = list(fixes)
    if order == 1:
        sent.reverse()
    elif order > 1:
        sent += chance.sample(fixes, len(fixes) // 3)
        chance.shuffle(sent)
    cuts = sorted(chance.randrange(len(sent)) for _ in range(ARRIVALS - 1))
    return [sent[a:b] for a, b in pairwise([0, *cuts, len(sent)])]
