"""The four reports as tables: what a column shows of a row, what is summed up. Pure."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from geo.reports.driving import mileage_lines, stay_lines
from geo.reports.lines import Line, Scope
from geo.reports.plans import trip_lines, visit_lines

Cell = str | float | int | bool | datetime | date | None
Fetch = Callable[[AsyncSession, date, Scope], Awaitable[Sequence[Line]]]


class Kind(StrEnum):
    """How a cell is written; numbers say their decimals."""

    TEXT = "text"
    DAY = "day"
    MOMENT = "moment"
    COUNT = "count"  # 0 decimals
    AMOUNT = "amount"  # 1 decimal


@dataclass(frozen=True, slots=True)
class Column:
    """``of`` takes a row and a language; ``title`` is a key of words.py."""

    title: str
    kind: Kind
    of: Callable[[Any, str], Cell]


Count = Callable[[Any], float | None]


@dataclass(frozen=True, slots=True)
class Measure:
    """A total over rows: the sum of ``part``, or with ``whole`` their share in percent."""

    title: str
    kind: Kind
    part: Count
    whole: Count | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """One kind of report."""

    name: str
    fetch: Fetch
    columns: tuple[Column, ...]
    measures: tuple[Measure, ...]


def _minutes(seconds: float | None) -> float | None:
    return None if seconds is None else seconds / 60


ON_TIME_S = (-600.0, 900.0)
_NEVER = frozenset({"passed", "skipped"})

_DAY = Column("day", Kind.DAY, lambda row, _: row.day)
_PLATE = Column("plate", Kind.TEXT, lambda row, _: row.van.plate)
_REGION = Column("region", Kind.TEXT, lambda row, lang: row.van.region[lang])
_ROUTE = Column("route", Kind.TEXT, lambda row, lang: row.route[lang])
_PEOPLE = Column("people", Kind.COUNT, lambda row, _: row.people)

TRIPS = Report(
    "trips",
    trip_lines,
    (
        *(_DAY, _PLATE, _REGION, _ROUTE),
        Column("planned_start", Kind.MOMENT, lambda row, _: row.planned_start_at),
        Column("started", Kind.MOMENT, lambda row, _: row.started_at),
        Column("planned_end", Kind.MOMENT, lambda row, _: row.planned_end_at),
        Column("ended", Kind.MOMENT, lambda row, _: row.ended_at),
        Column("trip_state", Kind.TEXT, lambda row, _: f"trip.{row.state}"),
        Column("stops", Kind.COUNT, lambda row, _: row.stops),
        Column("served", Kind.COUNT, lambda row, _: row.served),
        Column("missed", Kind.COUNT, lambda row, _: row.missed),
        _PEOPLE,
        Column("why", Kind.TEXT, lambda row, _: row.cancelled_why),
    ),
    (
        Measure("trips", Kind.COUNT, lambda _: 1),
        Measure("trips_done", Kind.COUNT, lambda row: row.state == "done"),
        Measure("trips_cancelled", Kind.COUNT, lambda row: row.state == "cancelled"),
        Measure("trips_missed", Kind.COUNT, lambda row: row.state == "missed"),
        Measure("stops", Kind.COUNT, lambda row: row.stops),
        Measure("served", Kind.COUNT, lambda row: row.served),
        Measure("people", Kind.COUNT, lambda row: row.people),
    ),
)

PLAN_FACT = Report(
    "plan-fact",
    visit_lines,
    (
        *(_DAY, _PLATE, _REGION, _ROUTE),
        Column("sequence", Kind.COUNT, lambda row, _: row.sequence),
        Column("stop", Kind.TEXT, lambda row, lang: row.stop[lang]),
        Column("planned_arrival", Kind.MOMENT, lambda row, _: row.planned_arrival_at),
        Column("arrived", Kind.MOMENT, lambda row, _: row.arrived_at),
        Column("behind_min", Kind.COUNT, lambda row, _: _minutes(row.behind_s)),
        Column("planned_departure", Kind.MOMENT, lambda row, _: row.planned_departure_at),
        Column("departed", Kind.MOMENT, lambda row, _: row.departed_at),
        Column("stayed_min", Kind.COUNT, lambda row, _: _minutes(row.stayed_s)),
        Column("visit_state", Kind.TEXT, lambda row, _: f"visit.{row.state}"),
        _PEOPLE,
    ),
    (
        Measure("visits", Kind.COUNT, lambda _: 1),
        Measure("served", Kind.COUNT, lambda row: row.state == "served"),
        Measure("missed", Kind.COUNT, lambda row: row.state in _NEVER),
        Measure(
            "on_time_percent",
            Kind.AMOUNT,
            lambda row: row.behind_s is not None and ON_TIME_S[0] <= row.behind_s <= ON_TIME_S[1],
            lambda row: row.behind_s is not None,
        ),
        Measure("stayed_min", Kind.COUNT, lambda row: _minutes(row.stayed_s)),
        Measure("people", Kind.COUNT, lambda row: row.people),
    ),
)

STOPS = Report(
    "stops",
    stay_lines,
    (
        *(_DAY, _PLATE, _REGION),
        Column("since", Kind.MOMENT, lambda row, _: row.since),
        Column("until", Kind.MOMENT, lambda row, _: row.until),
        Column("lasted_min", Kind.COUNT, lambda row, _: _minutes(row.lasted_s)),
        Column("stop", Kind.TEXT, lambda row, lang: row.stop[lang] if row.stop else ""),
        Column("place", Kind.TEXT, lambda row, _: f"{row.latitude:.5f}, {row.longitude:.5f}"),
    ),
    (
        Measure("stays", Kind.COUNT, lambda _: 1),
        Measure("at_stops", Kind.COUNT, lambda row: row.stop is not None),
        Measure("lasted_h", Kind.AMOUNT, lambda row: row.lasted_s / 3600),
    ),
)

MILEAGE = Report(
    "mileage",
    mileage_lines,
    (
        *(_DAY, _PLATE, _REGION),
        Column("distance_km", Kind.AMOUNT, lambda row, _: row.distance_m / 1000),
        Column("unseen_km", Kind.AMOUNT, lambda row, _: row.unseen_m / 1000),
        Column("moving_h", Kind.AMOUNT, lambda row, _: row.moving_s / 3600),
        Column("fastest_km_h", Kind.COUNT, lambda row, _: row.fastest_km_h),
        Column("first", Kind.MOMENT, lambda row, _: row.first_at),
        Column("last", Kind.MOMENT, lambda row, _: row.last_at),
        Column("fixes", Kind.COUNT, lambda row, _: row.fixes),
    ),
    (
        Measure("van_days", Kind.COUNT, lambda _: 1),
        Measure("distance_km", Kind.AMOUNT, lambda row: row.distance_m / 1000),
        Measure("unseen_km", Kind.AMOUNT, lambda row: row.unseen_m / 1000),
        Measure("moving_h", Kind.AMOUNT, lambda row: row.moving_s / 3600),
    ),
)

REPORTS = {report.name: report for report in (TRIPS, PLAN_FACT, STOPS, MILEAGE)}
