"""Reads a report a local day at a time, so that a year of it needs no more memory than a day."""

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from dashboard_api.reports.columns import Report
from geo.reports.lines import Scope
from models.kit.database import Database


@dataclass(frozen=True, slots=True)
class Asked:
    """A report of the days from ``first`` to ``last``, both in."""

    report: Report
    first: date
    last: date
    scope: Scope
    language: str

    def days(self) -> Iterator[date]:
        for since in range((self.last - self.first).days + 1):
            yield self.first + timedelta(days=since)


async def by_day(database: Database, asked: Asked) -> AsyncIterator[tuple[date, Sequence[Any]]]:
    """Yield each day with its rows; no connection is held in between."""
    for day in asked.days():
        async with database.read() as session:
            rows = await asked.report.fetch(session, day, asked.scope)
        yield day, rows
