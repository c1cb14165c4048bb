"""Reports of vans: totals that name their rows, and the rows."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

CellOut = str | float | int | datetime | date | None
CellKind = Literal["text", "day", "moment", "count", "amount"]


class ReportColumn(BaseModel):
    """``title`` is in the language that was asked for."""

    key: str
    title: str
    kind: CellKind


class ReportGroup(BaseModel):
    """One line of totals; asking for rows with what it ``narrows`` gives exactly its rows."""

    label: str
    cells: list[float | None]
    first: date
    last: date
    region_id: UUID | None
    vehicle_id: UUID | None


class ReportTotals(BaseModel):
    title: str
    columns: list[ReportColumn]
    groups: list[ReportGroup]
    total: list[float | None]


class ReportRows(BaseModel):
    """The rows of one local day; ``next_cursor`` leads to the next day."""

    columns: list[ReportColumn]
    day: date
    rows: list[list[CellOut]]
    next_cursor: date | None
