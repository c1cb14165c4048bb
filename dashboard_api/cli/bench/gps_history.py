"""Millions of stored positions, and how long the database takes for the map's questions.

A question's time is what the server itself says (EXPLAIN ANALYZE: planning and execution) of all
its statements together, once all the other questions of its kind were asked, so that it does not
find in memory what it has just read. How long it took until the API had its rows is told beside it.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from dashboard_api.cli.bench.cpu import cpu_s
from dashboard_api.cli.bench.explained import Heard, explained, heard
from dashboard_api.cli.bench.gps_fleet import Van
from dashboard_api.cli.bench.gps_past import DAY_BEGINS
from dashboard_api.cli.bench.report import Row, percentile
from geo import repository
from geo.fleet import ReplayPart, fleet_at, replay_json
from geo.reports.driving import mileage_lines, stay_lines
from geo.reports.lines import Scope
from geo.reports.plans import trip_lines, visit_lines
from geo.reports.van_days import sum_up
from models.kit.clock import SystemClock
from models.kit.database import Database

DAYS = {True: 1, False: 14}
A_DAY = {True: 360, False: 1440}  # fixes of a van
_TIMES = {True: 15, False: 100}
_REPORTS = {True: 3, False: 20}
_REPORT_DAYS = 3
Question = Callable[[AsyncSession, int], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Took:
    """Milliseconds at the 95th percentile: in the server, of its CPU, until the API had rows."""

    server_ms: float
    cpu_ms: float
    api_ms: float

    def note(self) -> str:
        return f"the API had its rows after {self.api_ms:.1f} ms (database CPU {self.cpu_ms:.1f})"


@dataclass(frozen=True, slots=True)
class Timings:
    """Of each question, at so many stored positions."""

    positions: int
    load_s: float
    last_500: Took
    van_day: Took
    fleet_moment: Took
    replay_hour: Took
    report: Took
    unsummed_report: Took | None


async def ask(
    database: Database, fleet: Sequence[Van], before: datetime, load_s: float, *, quick: bool
) -> Timings:
    """Ask the map's questions many times, each about another day, van or moment."""
    days, times = DAYS[quick], _TIMES[quick]
    midnight = before.replace(hour=0, minute=0, second=0, microsecond=0)

    def day(number: int) -> datetime:
        return midnight - timedelta(days=1 + number % days)

    async def last(session: AsyncSession, _number: int) -> object:
        return await repository.vehicles(session)

    async def track(session: AsyncSession, number: int) -> object:
        begins, van = day(number), fleet[number * 37 % len(fleet)].vehicle_id
        found = await repository.track(session, van, begins, begins + timedelta(days=1))
        assert len(found) == A_DAY[quick]
        return found

    async def moment(session: AsyncSession, number: int) -> object:
        at = day(number) + DAY_BEGINS + timedelta(minutes=3 + number * 11 % 700)
        found = await fleet_at(session, at)
        assert len(found) == len(fleet)
        return found

    async def replay(session: AsyncSession, number: int) -> object:
        begins = day(number) + DAY_BEGINS + timedelta(hours=number % 11)
        return await replay_json(session, ReplayPart(begins, begins + timedelta(hours=1), 30))

    async def report(session: AsyncSession, number: int) -> object:
        local, everyone = day(number % _REPORT_DAYS).date(), Scope()
        driven = await mileage_lines(session, local, everyone)
        stayed = await stay_lines(session, local, everyone)
        trips = await trip_lines(session, local, everyone)
        visits = await visit_lines(session, local, everyone)
        assert len(driven) == len(trips) == len(fleet)
        return driven, stayed, trips, visits

    unsummed = None if quick else await _took(database, report, 1)
    for number in range(min(_REPORT_DAYS, days)):
        await _sum_up(database, day(number))
    return Timings(
        len(fleet) * A_DAY[quick] * days,
        load_s,
        await _took(database, last, times),
        await _took(database, track, times),
        await _took(database, moment, times),
        await _took(database, replay, times // 5),
        await _took(database, report, _REPORTS[quick]),
        unsummed,
    )


async def _sum_up(database: Database, day: datetime) -> None:
    """Do what geo does of itself for every day that is over."""
    after = UUID(int=0)
    while True:
        async with database.transaction() as session:
            vans = await sum_up(session, day.date(), after, SystemClock().now())
        if not vans:
            break
        after = vans[-1]
    async with database.transaction() as session:
        await session.execute(text("ANALYZE van_day"))


async def _took(database: Database, question: Question, times: int) -> Took:
    clock = SystemClock()
    asked: list[Heard] = []
    server: list[float] = []
    cpu: list[float] = []
    api: list[float] = []
    for number in range(times):
        async with heard(database, "SELECT") as said, database.read() as session:
            backend = (await session.execute(text("SELECT pg_backend_pid()"))).scalar_one()
            said.clear()
            begun, used = clock.monotonic(), cpu_s(backend)
            await question(session, number)
            api.append((clock.monotonic() - begun) * 1000)
            cpu.append((cpu_s(backend) - used) * 1000)
            asked.append(list(said))
    for statements in asked:
        async with database.engine.connect() as connection:
            plans = [await explained(connection, *one) for one in statements]
        server.append(sum(plan["Planning Time"] + plan["Execution Time"] for plan in plans))
    return Took(*(percentile(taken, 0.95) for taken in (server, cpu, api)))


def rows(times: Timings, vans: int, *, quick: bool) -> list[Row]:
    """Return what was measured as rows of the bench."""
    stored = f"{times.positions / 1e6:.2f} million positions stored"
    if quick:
        stored += "; --quick stores fewer than the 10 million of the goal"
    unsummed = times.unsummed_report
    goals = (
        ("last_500_ms_p95", times.last_500, 10),
        ("van_day_ms_p95", times.van_day, 30),
        ("fleet_moment_ms_p95", times.fleet_moment, 50),
    )
    return [
        *(
            Row(
                name,
                took.server_ms,
                "ms",
                goal=goal,
                note=f"in the server; {took.note()}; {stored}",
            )
            for name, took, goal in goals
        ),
        Row(
            "fleet_day_report_s_p95",
            times.report.server_ms / 1000,
            "s",
            goal=3,
            note=f"stays, mileage, trips, plan and fact of {vans} vans and a day: four statements,"
            f" in the server; {times.report.note()}; {stored}",
        ),
        Row(
            "unsummed_report_s",
            None if unsummed is None else unsummed.server_ms / 1000,
            "s",
            note="the same before geo had summed the day up, once: every fix is read, twice over;"
            f" {'not with --quick' if unsummed is None else unsummed.note()}",
        ),
        Row(
            "replay_hour_ms_p95",
            times.replay_hour.server_ms,
            "ms",
            note=f"an hour of all {vans} vans, as the replay asks for it ahead;"
            f" {times.replay_hour.note()}",
        ),
        Row(
            "load_per_s",
            times.positions / times.load_s,
            "positions/s",
            note="binary COPY by day, then its indexes; trips; vacuumed and analysed",
        ),
    ]
