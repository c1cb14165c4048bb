"""/vehicles/{id}/panels and /van-reports: dispatchers pair phones and read what crews say."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy import select

from dashboard_api import audit, pages, panels, scope
from dashboard_api.dependencies import Centre, Cursor, Limit, Requires
from dashboard_api.permissions import Permission
from dashboard_api.schemas.common import Moment, Page
from dashboard_api.schemas.panels import PairedPanel, VanPanel, VanReport
from dashboard_api.sessions import Caller
from dashboard_api.spans import refuse_bad_span
from models import plan
from models.observations import ReportKind
from models.operator import Operator
from models.vehicle import Vehicle

router = APIRouter(tags=["panels"])
Pairer = Annotated[Caller, Depends(Requires(Permission.VANS_PAIR))]
Viewer = Annotated[Caller, Depends(Requires(Permission.VANS_VIEW))]
LONGEST = timedelta(days=31)
_KEYS = [plan.VanReport.happened_at, plan.VanReport.id]


@router.post("/vehicles/{vehicle_id}/panels", status_code=201)
async def pair_panel(
    vehicle_id: UUID, request: Request, response: Response, caller: Pairer, centre: Centre
) -> PairedPanel:
    """Let a phone speak for a van: its link is answered this once, only a digest is kept."""
    origin = centre.settings.api_public_url or str(request.base_url)
    async with centre.database.transaction() as session:
        await scope.vehicle(session, vehicle_id, caller)
        paired = await panels.pair(
            session, vehicle_id, by=caller.operator_id, origin=origin, now=centre.clock.now()
        )
        audit.record(
            session, caller.operator_id, "panel.pair", vehicle_id, panel=str(paired.panel.id)
        )
    response.headers["Location"] = f"/api/v1/vehicles/{vehicle_id}/panels/{paired.panel.id}"
    return PairedPanel(id=paired.panel.id, link=paired.link, qr=paired.qr)


@router.get("/vehicles/{vehicle_id}/panels")
async def list_panels(vehicle_id: UUID, caller: Pairer, centre: Centre) -> Page[VanPanel]:
    """Phones that speak or spoke for a van, the newest first."""
    query = (
        select(plan.VanPanel, Operator.full_name)
        .outerjoin(Operator, Operator.id == plan.VanPanel.made_by_id)
        .where(plan.VanPanel.vehicle_id == vehicle_id)
        .order_by(plan.VanPanel.made_at.desc(), plan.VanPanel.id)
        .limit(200)
    )
    async with centre.database.read() as session:
        await scope.vehicle(session, vehicle_id, caller)
        rows = (await session.execute(query)).all()
    items = [
        VanPanel(
            id=panel.id,
            made_at=panel.made_at,
            made_by=made_by,
            seen_at=panel.seen_at,
            revoked_at=panel.revoked_at,
        )
        for panel, made_by in rows
    ]
    return Page(items=items, next_cursor=None)


@router.delete("/vehicles/{vehicle_id}/panels/{panel_id}", status_code=204)
async def revoke_panel(vehicle_id: UUID, panel_id: UUID, caller: Pairer, centre: Centre) -> None:
    """End a phone's right to speak for a van, at once; what it said stays."""
    async with centre.database.transaction() as session:
        await scope.vehicle(session, vehicle_id, caller)
        await panels.revoke(session, vehicle_id, panel_id, centre.clock.now())
        audit.record(session, caller.operator_id, "panel.revoke", vehicle_id, panel=str(panel_id))


@router.get("/van-reports")
async def list_van_reports(
    caller: Viewer,
    centre: Centre,
    starts_at: Annotated[Moment, Query(alias="from")],
    ends_at: Annotated[Moment, Query(alias="to")],
    vehicle_id: UUID | None = None,
    kind: ReportKind | None = None,
    cursor: Cursor = None,
    limit: Limit = 200,
) -> Page[VanReport]:
    """What crews said happened in a span (31 days at most), the newest first."""
    refuse_bad_span(starts_at, ends_at, LONGEST)
    row = plan.VanReport
    query = select(row).where(row.happened_at >= starts_at, row.happened_at < ends_at)
    if vehicle_id is not None:
        query = query.where(row.vehicle_id == vehicle_id)
    if kind is not None:
        query = query.where(row.kind == kind)
    if caller.region_id is not None:
        near = select(Vehicle.id).where(Vehicle.region_id == caller.region_id)
        query = query.where(row.vehicle_id.in_(near))
    async with centre.database.read() as session:
        if vehicle_id is not None:
            await scope.vehicle(session, vehicle_id, caller)
        found, following = await pages.fetch(
            session, query, _KEYS, cursor=cursor, limit=limit, newest_first=True
        )
        about = (
            select(row.id, Vehicle.plate, plan.Stop.name)
            .join(Vehicle, Vehicle.id == row.vehicle_id)
            .outerjoin(
                plan.StopVisit,
                (plan.StopVisit.trip_id == row.trip_id) & (plan.StopVisit.sequence == row.sequence),
            )
            .outerjoin(plan.Stop, plan.Stop.id == plan.StopVisit.stop_id)
            .where(row.id.in_([report.id for report in found]))
        )
        words = {i: (plate, stop) for i, plate, stop in await session.execute(about)}
    items = [
        VanReport.model_validate(
            {
                **{
                    name: getattr(report, name)
                    for name in VanReport.model_fields
                    if name not in ("plate", "stop")
                },
                "plate": words[report.id][0],
                "stop": words[report.id][1],
            }
        )
        for report in found
    ]
    return Page(items=items, next_cursor=following)
