"""``./ahual bench gps``: from a tracker's socket to a dispatcher's screen, and back in time.

Receivers, judge and API are real processes over a private PostGIS; the trackers speak Teltonika.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from enum import StrEnum

from dashboard_api.cli.bench import gps_history, gps_past, gps_truth
from dashboard_api.cli.bench.gps_fleet import INTERVAL_S, VANS, Van, add_fleet, rooms
from dashboard_api.cli.bench.gps_load import (
    PACKET_FIXES,
    Sustained,
    bare_insert,
    screen,
    screen_ms,
    sustained,
)
from dashboard_api.cli.bench.gps_orders import ORDERS, identical_orders
from dashboard_api.cli.bench.ground import Ground, ground
from dashboard_api.cli.bench.report import Goal, Row, percentile
from models.kit.clock import SystemClock

FIXES_EACH = {True: 40, False: 400}
_ROUTES = {True: 2, False: 8}
_SCREEN_S = {True: 6.0, False: 60.0}
_BARE_POSITIONS = {True: 10_000, False: 200_000}


class Part(StrEnum):
    """What may be measured alone, where all together would take too long at a time."""

    LOAD = "load"
    HISTORY = "history"
    JUDGEMENT = "judgement"


async def run(quick: bool, only: Part | None = None) -> list[Row]:
    """Load and screens, history, judgement, one after the other, or one of them."""
    found: list[Row] = []
    async with _fleet(quick) as (place, fleet):
        if only in (None, Part.JUDGEMENT):
            found += await _orders(place, fleet, quick=quick)
        if only in (None, Part.LOAD):
            found += await _load(place, fleet, quick=quick)
        if only in (None, Part.HISTORY):
            found += await _history(place, fleet, quick=quick)
    if only in (None, Part.JUDGEMENT):
        found += gps_truth.rows(gps_truth.measure(gps_truth.HOURS[quick]))
    return found


@asynccontextmanager
async def _fleet(quick: bool) -> AsyncIterator[tuple[Ground, list[Van]]]:
    async with ground() as place:
        begins = SystemClock().now() - timedelta(seconds=FIXES_EACH[quick] * INTERVAL_S + 300)
        yield place, await add_fleet(place, begins, _ROUTES[quick])


async def _load(place: Ground, fleet: list[Van], *, quick: bool) -> list[Row]:
    bare = await bare_insert(place.database, fleet, _BARE_POSITIONS[quick])
    async with rooms(place) as running, screen(running) as seen:
        load = await sustained(running, place.database, seen, fleet, FIXES_EACH[quick])
        waits, unseen = await screen_ms(running, seen, fleet, _SCREEN_S[quick])
    return [*_load_rows(load, bare), *_screen_rows(waits, unseen, fleet)]


async def _history(place: Ground, fleet: list[Van], *, quick: bool) -> list[Row]:
    before = SystemClock().now() - timedelta(days=1)
    days, a_day = gps_history.DAYS[quick], gps_history.A_DAY[quick]
    load_s = await gps_past.fill(place.database, fleet, before, days, a_day)
    times = await gps_history.ask(place.database, fleet, before, load_s, quick=quick)
    return gps_history.rows(times, len(fleet), quick=quick)


async def _orders(place: Ground, fleet: list[Van], *, quick: bool) -> list[Row]:
    same, said = await identical_orders(place.database, fleet[1], ORDERS[quick])
    return [
        Row(
            "identical_orders",
            same,
            "orders",
            goal=ORDERS[quick],
            direction=Goal.AT_LEAST,
            note=f"of {ORDERS[quick]} random orders of a van-day with a tenth of it twice: the same"
            f" {said} movements, visits and trip as in order of time",
        )
    ]


def _load_rows(load: Sustained, bare: float) -> list[Row]:
    total_s = sum(load.cpu_s.values())
    shares = ", ".join(
        f"{name} {used / load.positions * 1e6:.0f}" for name, used in load.cpu_s.items()
    )
    return [
        Row(
            "positions_per_s",
            load.per_s,
            "positions/s",
            goal=5000,
            direction=Goal.AT_LEAST,
            peer="the sorted insert alone, same run",
            peer_value=bare,
            note=f"{load.positions} positions of {VANS} trackers, {PACKET_FIXES} a packet: socket,"
            f" decoded, committed {load.acknowledged_s:.1f} s, judged {load.judged_s:.1f} s,"
            f" pushed {load.shown_s:.1f} s",
        ),
        Row(
            "cpu_ms_per_1000_positions",
            total_s / load.positions * 1e6,
            "ms",
            goal=400,
            note=f"5000/s on two cores leave 400; {shares}",
        ),
    ]


def _screen_rows(waits: list[float], unseen: int, fleet: list[Van]) -> list[Row]:
    return [
        Row(
            "screen_ms_p95",
            percentile(waits, 0.95) if waits else None,
            "ms",
            goal=1000,
            note=f"packet sent → position on the live socket; {len(fleet)} vans every"
            f" {INTERVAL_S:.0f} s, {len(waits)} fixes, {unseen} not shown",
        )
    ]
