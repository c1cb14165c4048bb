"""The judging part of the geo process: leads or waits to lead, and judges round after round."""

import asyncio

import psycopg
from prometheus_client import Counter, Histogram
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from geo.judging.judge import LEADER_LOCK, Judge, LostLead
from models.kit.clock import Clock
from models.kit.database import Database
from models.kit.leadership import lead
from models.kit.log import get
from models.kit.service import wait

log = get(__name__)
LOOK_EVERY_S = 0.4
_RETRY_S = 1.0
FIXES = Counter("ahual_geo_judged_fixes_total", "Fixes judged.", ["how"])
MOVEMENTS = Counter("ahual_geo_movements_total", "Movements said, amended or withdrawn.")
ROUND_S = Histogram("ahual_geo_round_seconds", "How long a round of judging takes.")


async def run(database: Database, clock: Clock, stop: asyncio.Event) -> None:
    """Judge until told to stop; a database that is away is waited for."""
    away = False
    while not stop.is_set():
        try:
            async with lead(database.url, LEADER_LOCK, stop) as leadership:
                away = False
                if leadership is not None:
                    log.info("judging.began")
                    await _judge(Judge(database, clock, leadership.backend_pid), stop)
        except LostLead:
            log.warning("judging.lost_lead")
        except (psycopg.Error, DBAPIError, PoolTimeout, OSError) as error:
            if not away:
                log.warning("judging.database_away", error=str(error).strip())
            away = True
            await wait(stop, _RETRY_S)


async def _judge(judge: Judge, stop: asyncio.Event) -> None:
    while not stop.is_set():
        with ROUND_S.time():
            done = await judge.look()
        FIXES.labels("in_order").inc(done.fixes)
        FIXES.labels("again").inc(done.replayed)
        MOVEMENTS.inc(done.movements)
        await wait(stop, 0.0 if done.more else LOOK_EVERY_S)
