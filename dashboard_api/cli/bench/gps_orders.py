"""Does it matter in which order a day's fixes arrive? The same day, shuffled and repeated."""

import random
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from dashboard_api.cli.bench.gps_fleet import Van
from geo.judging.judge import Judge
from ingest.gps.rows import Row, insert_positions
from ingest.gps.store import judged
from models.kit.clock import ManualClock
from models.kit.database import Database

ORDERS = {True: 2, False: 20}  # by quick
_PARTS = 8  # batches that a day arrives in
_REPEATED = 0.1
_SAID = text("""
    SELECT id, kind, started_at, ended_at, details FROM movement
    WHERE vehicle_id = :van AND withdrawn_at IS NULL ORDER BY id
""")
_VISITS = text("""
    SELECT v.sequence, v.state, v.arrived_at, v.departed_at, v.inferred, t.state, t.started_at,
           t.ended_at, t.progress_m
    FROM stop_visit v JOIN trip t ON t.id = v.trip_id WHERE t.vehicle_id = :van
    ORDER BY v.sequence
""")
_FORGET = (
    "TRUNCATE position, unjudged_span, judgement_snapshot, movement, movement_revision, dead_zone",
    "UPDATE stop_visit SET state = 'planned', arrived_at = NULL, departed_at = NULL,"
    " expected_at = NULL, inferred = false",
    "UPDATE trip SET state = 'planned', started_at = NULL, ended_at = NULL, progress_m = NULL,"
    " judged_until = NULL",
)


async def identical_orders(database: Database, van: Van, orders: int) -> tuple[int, int]:
    """Return in how many orders a van-day ends as in order of time, and how much was said."""
    in_order = await _outcome(database, van, None)
    same = 0
    for seed in range(orders):
        same += await _outcome(database, van, seed) == in_order
    await _forget(database)
    return same, len(in_order[0])


async def _outcome(database: Database, van: Van, seed: int | None) -> tuple[Any, Any]:
    """Return what is said of a van-day in the end, when its fixes arrive in a random order."""
    await _forget(database)
    fixes = list(van.day.fixes)
    if seed is not None:
        chance = random.Random(seed)
        fixes += chance.sample(fixes, int(len(fixes) * _REPEATED))
        chance.shuffle(fixes)
    clock = ManualClock(max(fix.fixed_at for fix in fixes) + timedelta(hours=3))
    judge = Judge(database, clock, late_patience_s=0.0)
    size = len(fixes) // _PARTS + 1
    for first in range(0, len(fixes), size):
        arrived = [
            Row(van.vehicle_id, fix, clock.now(), "teltonika")
            for fix in fixes[first : first + size]
        ]
        async with database.transaction() as session:
            await insert_positions(session, judged(arrived, {}))
        while (await judge.look()).more:
            clock.advance(timedelta(seconds=1))
    while (await judge.look()).more:
        clock.advance(timedelta(seconds=1))
    async with database.read() as session:
        said = (await session.execute(_SAID, {"van": van.vehicle_id})).all()
        visits = (await session.execute(_VISITS, {"van": van.vehicle_id})).all()
    return said, visits


async def _forget(database: Database) -> None:
    async with database.transaction() as session:
        for statement in _FORGET:
            await session.execute(text(statement))
