"""/van: what a crew's paired phone shows and sends; it bears a token instead of a session."""

from typing import Any

from fastapi import APIRouter
from pydantic import ValidationError

from alerts import crew_reports
from dashboard_api import panel_fixes, panel_view
from dashboard_api.dependencies import Centre
from dashboard_api.panels import Panel
from dashboard_api.schemas.common import Problem
from dashboard_api.schemas.panels import (
    PanelFixesIn,
    PanelFixesTaken,
    ReportAnswer,
    ReportAnswers,
    VanHome,
    VanReportIn,
    VanReportsIn,
)
from dashboard_api.services import Services
from models.kit.errors import CentreError, Conflict, InvalidInput, problem

router = APIRouter(tags=["van panel"])


@router.get("/van")
async def read_van(panel: Panel, centre: Centre) -> VanHome:
    async with centre.database.read() as session:
        return await panel_view.home(session, panel.vehicle_id, centre.clock.now())


@router.post("/van/reports")
async def take_van_reports(sent: VanReportsIn, panel: Panel, centre: Centre) -> ReportAnswers:
    """Take reports in their order, each by itself: one sent twice is one, a bad one stops none."""
    results = [await _answer(raw, panel, centre) for raw in sent.reports]
    return ReportAnswers(now=centre.clock.now(), results=results)


async def _answer(raw: dict[str, Any], panel: Panel, centre: Services) -> ReportAnswer:
    named = raw.get("id")
    known = named if isinstance(named, str) else None
    try:
        said = _read(raw, panel)
        async with centre.database.transaction() as session:
            taken = await crew_reports.take_in(session, said, panel, centre.clock.now())
    except (InvalidInput, Conflict) as error:
        return ReportAnswer(id=known, accepted=False, problem=_problem(error))
    return ReportAnswer(id=known, accepted=True, repeated=taken.repeated, tied=taken.tied)


def _read(raw: dict[str, Any], panel: Panel) -> crew_reports.CrewReport:
    """Return the report.

    Raises:
        InvalidInput: it is none, or was said in another van.
    """
    try:
        read = VanReportIn.model_validate(raw)
    except ValidationError as error:
        fault = error.errors()[0]
        field = ".".join(str(part) for part in fault["loc"])
        raise InvalidInput(f"{field}: {fault['msg']}", field=field) from None
    if read.vehicle_id not in (None, panel.vehicle_id):
        msg = "This was said in another van; say it again in this one"
        raise InvalidInput(msg, field="vehicle_id")
    return crew_reports.CrewReport(**read.model_dump(exclude={"vehicle_id"}))


def _problem(error: CentreError) -> Problem:
    return Problem.model_validate(problem(error))


@router.post("/van/positions")
async def take_van_positions(sent: PanelFixesIn, panel: Panel, centre: Centre) -> PanelFixesTaken:
    """Take where the phone was; answered once it is committed, as any tracker is."""
    await panel_fixes.forward(centre.settings, panel.id, sent.positions)
    return PanelFixesTaken(now=centre.clock.now(), stored=len(sent.positions))
