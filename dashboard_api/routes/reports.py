"""/reports: trips, stops, mileage, plan and fact of vans; totals, their rows, and files."""

from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from starlette.background import BackgroundTask
from starlette.responses import FileResponse, Response, StreamingResponse

from dashboard_api import audit, scope
from dashboard_api.dependencies import Centre, Requires
from dashboard_api.permissions import Permission
from dashboard_api.reports.cells import Totals, cells_of, text_of
from dashboard_api.reports.columns import REPORTS, Column, Measure
from dashboard_api.reports.reading import Asked, by_day
from dashboard_api.reports.words import word
from dashboard_api.schemas.common import Language
from dashboard_api.schemas.reports import ReportColumn, ReportGroup, ReportRows, ReportTotals
from dashboard_api.services import Services
from dashboard_api.sessions import Caller
from geo.reports.lines import Scope
from models.kit.errors import InvalidInput
from models.kit.later import later

router = APIRouter(tags=["reports"])
Viewer = Annotated[Caller, Depends(Requires(Permission.VANS_VIEW))]
Kind = Literal["trips", "plan-fact", "stops", "mileage"]
LONGEST_DAYS = 366
_MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}


async def asked_report(
    kind: Kind,
    caller: Viewer,
    centre: Centre,
    first: Annotated[date, Query(alias="from")],
    last: Annotated[date, Query(alias="to")],
    region_id: UUID | None = None,
    vehicle_id: UUID | None = None,
    language: Annotated[Language, Query(alias="lang")] = "kk",
) -> Asked:
    """Return what is asked for; a person of a region gets that region.

    Raises:
        InvalidInput: the days are reversed or more than a year.
        NotFound: the van is of another region.
    """
    if first > last:
        raise InvalidInput("from must not be after to", field="from")
    if (last - first).days >= LONGEST_DAYS:
        raise InvalidInput(f"Ask for at most {LONGEST_DAYS} days at once", field="to")
    if vehicle_id is not None:
        async with centre.database.read() as session:
            await scope.vehicle(session, vehicle_id, caller)
    region = caller.region_id or region_id
    return Asked(REPORTS[kind], first, last, Scope(region, vehicle_id), language)


Wanted = Annotated[Asked, Depends(asked_report)]


def _titles(columns: Sequence[Column | Measure], language: str) -> list[ReportColumn]:
    return [
        ReportColumn(key=column.title, title=word(column.title, language), kind=column.kind.value)
        for column in columns
    ]


@router.get("/reports/{kind}")
async def read_totals(
    asked: Wanted,
    _caller: Viewer,
    centre: Centre,
    by: Literal["day", "vehicle", "region"] = "day",
) -> ReportTotals:
    """Totals of a span by day, van or region; each names the rows that it is made of."""
    measures = asked.report.measures
    groups: dict[Any, Totals] = defaultdict(lambda: Totals(measures))
    labels: dict[Any, str] = {}
    total = Totals(measures)
    async for day, rows in by_day(centre.database, asked):
        for row in rows:
            key = _group(row, day, by)
            labels.setdefault(key, _label(row, key, by, asked.language))
            groups[key].add(row)
            total.add(row)
    return ReportTotals(
        title=word(f"report.{asked.report.name}", asked.language),
        columns=_titles(measures, asked.language),
        groups=[
            ReportGroup(
                label=labels[key],
                cells=totals.cells(),
                first=key if by == "day" else asked.first,
                last=key if by == "day" else asked.last,
                region_id=key if by == "region" else asked.scope.region_id,
                vehicle_id=key if by == "vehicle" else asked.scope.vehicle_id,
            )
            for key, totals in groups.items()
        ],
        total=total.cells(),
    )


def _group(row: Any, day: date, by: str) -> Any:
    if by == "day":
        return day
    return row.van.vehicle_id if by == "vehicle" else row.van.region_id


def _label(row: Any, key: Any, by: str, language: str) -> str:
    if by == "day":
        return str(key)
    name: str = row.van.plate if by == "vehicle" else row.van.region[language]
    return name


@router.get("/reports/{kind}/rows")
async def read_rows(
    asked: Wanted, _caller: Viewer, centre: Centre, cursor: date | None = None
) -> ReportRows:
    """The rows of the span's first day, or of the day that the answer before led to."""
    day = asked.first if cursor is None else cursor
    if not asked.first <= day <= asked.last:
        raise InvalidInput("Pass next_cursor of the answer before, unchanged", field="cursor")
    async with centre.database.read() as session:
        rows = await asked.report.fetch(session, day, asked.scope)
    columns = asked.report.columns
    following = next((later for later in asked.days() if later > day), None)
    return ReportRows.model_validate(
        {
            "columns": _titles(columns, asked.language),
            "day": day,
            "rows": [cells_of(row, columns, asked.language) for row in rows],
            "next_cursor": following,
        }
    )


@router.get("/reports/{kind}/file", response_class=Response)
async def export_report(
    asked: Wanted, caller: Viewer, centre: Centre, form: Literal["csv", "xlsx", "pdf"] = "xlsx"
) -> Response:
    """All rows of the span as a file, however many; who took it is written down."""
    name = f"{asked.report.name}-{asked.first}-{asked.last}.{form}"
    async with centre.database.transaction() as session:
        audit.record(session, caller.operator_id, "report.export", name)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    files = await later("dashboard_api.reports.files")  # writers of XLSX and PDF: 0.2 s
    if form == "csv":
        lines = files.csv_lines(asked, by_day(centre.database, asked))
        return StreamingResponse(_encoded(lines), headers=headers, media_type=_MEDIA[form])
    folder = TemporaryDirectory(prefix="ahual-report-")
    path = Path(folder.name) / name
    try:
        if form == "xlsx":
            await files.write_xlsx(path, asked, by_day(centre.database, asked))
        else:
            totals = await _totals_line(centre, asked)
            await files.write_pdf(path, asked, by_day(centre.database, asked), totals)
    except BaseException:
        folder.cleanup()
        raise
    gone = BackgroundTask(folder.cleanup)
    return FileResponse(path, headers=headers, media_type=_MEDIA[form], background=gone)


async def _encoded(lines: AsyncIterator[str]) -> AsyncIterator[bytes]:
    async for line in lines:
        yield line.encode()


async def _totals_line(centre: Services, asked: Asked) -> list[str]:
    measures = asked.report.measures
    total = Totals(measures)
    async for _, rows in by_day(centre.database, asked):
        for row in rows:
            total.add(row)
    return [
        f"{word(measure.title, asked.language)}: {text_of(value, measure.kind, asked.language)}"
        for measure, value in zip(measures, total.cells(), strict=True)
        if value is not None
    ]
