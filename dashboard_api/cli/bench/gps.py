"""``./ahual bench gps``: from a tracker's socket to a dispatcher's screen, and back in time.

Receivers, judge and API are real processes over a private PostGIS; the trackers speak Teltonika.
"""

from datetime import timedelta

from dashboard_api.cli.bench import gps_history, gps_truth
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
from dashboard_api.cli.bench.ground import ground
from dashboard_api.cli.bench.report import Goal, Row, percentile
from models.kit.clock import SystemClock

FIXES_EACH = {True: 80, False: 400}
_SCREEN_S = {True: 15.0, False: 60.0}
_BARE_POSITIONS = {True: 40_000, False: 200_000}


async def run(quick: bool) -> list[Row]:
    """Load, screens, history and judgement, one after the other."""
    clock = SystemClock()
    each = FIXES_EACH[quick]
    days = gps_history.DAYS[quick]
    async with ground() as place:
        begins = clock.now() - timedelta(seconds=each * INTERVAL_S + 300)
        fleet = await add_fleet(place, begins)
        same, said = await identical_orders(place.database, fleet[1], ORDERS[quick])
        bare = await bare_insert(place.database, fleet, _BARE_POSITIONS[quick])
        async with rooms(place) as running, screen(running) as seen:
            load = await sustained(running, place.database, seen, fleet, each)
            waits, unseen = await screen_ms(running, seen, fleet, _SCREEN_S[quick])
        before = clock.now() - timedelta(days=1)
        vans = [van.vehicle_id for van in fleet]
        load_s = await gps_history.load(place.database, vans, before, days)
        times = await gps_history.ask(place.database, vans, before, days, load_s)
    score = gps_truth.measure(gps_truth.HOURS[quick])
    return [
        *_load_rows(load, bare),
        *_screen_rows(waits, unseen, fleet),
        *_history_rows(times, quick),
        *gps_truth.rows(score),
        Row(
            "identical_orders",
            same,
            "orders",
            goal=ORDERS[quick],
            direction=Goal.AT_LEAST,
            note=f"of {ORDERS[quick]} random orders of a van-day with a tenth of it twice: the same"
            f" {said} movements, visits and trip as in order of time",
        ),
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


def _history_rows(times: gps_history.Timings, quick: bool) -> list[Row]:
    stored = f"{times.positions / 1e6:.2f} million positions stored"
    about = f"{stored}; --quick loads fewer than the 10 million of the goal" if quick else stored
    return [
        Row("last_500_ms_p95", times.last_500_ms, "ms", goal=10, note=about),
        Row("van_day_ms_p95", times.van_day_ms, "ms", goal=30, note=about),
        Row("fleet_moment_ms_p95", times.fleet_moment_ms, "ms", goal=50, note=about),
        Row(
            "fleet_day_report_s_p95",
            times.fleet_day_report_s,
            "s",
            goal=3,
            note=f"stays, mileage, trips, plan against fact of {VANS} vans and a day; {about}",
        ),
        Row(
            "replay_hour_ms_p95",
            times.replay_hour_ms,
            "ms",
            note=f"an hour of all {VANS} vans, as the replay asks for it ahead; {about}",
        ),
        Row(
            "load_per_s",
            times.positions / times.load_s,
            "positions/s",
            note="binary COPY with every index, vacuumed and analysed",
        ),
    ]
