"""/alerts: what a person must act on."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from alerts import desk
from alerts.present import alert_out, alert_updates
from dashboard_api import audit, pages, scope
from dashboard_api.dependencies import Centre, Cursor, Limit, Requires
from dashboard_api.lists import one_of
from dashboard_api.permissions import Permission
from dashboard_api.schemas.alerts import AlertHistory, AlertNote, AlertOut
from dashboard_api.schemas.common import Page
from dashboard_api.sessions import Caller
from models.alert import Alert
from models.observations import AlertState

router = APIRouter(tags=["alerts"])
Reader = Annotated[Caller, Depends(Requires(Permission.ALERTS_READ))]
Actor = Annotated[Caller, Depends(Requires(Permission.ALERTS_ACT))]


@router.get("/alerts", response_model=Page[AlertOut])
async def list_alerts(
    caller: Reader,
    centre: Centre,
    state: Annotated[str | None, Query(description="open,acknowledged,resolved")] = None,
    office_id: UUID | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Newest first; ``state`` takes several, separated by commas."""
    query = select(Alert).where(scope.alerts(caller))
    if state is not None:
        query = query.where(Alert.state.in_(one_of(AlertState, state, field="state")))
    if office_id is not None:
        query = query.where(Alert.office_id == office_id)
    async with centre.database.read() as session:
        rows, following = await pages.fetch(
            session,
            query,
            [Alert.raised_at, Alert.id],
            cursor=cursor,
            limit=limit,
            newest_first=True,
        )
        return {
            "items": await alert_out(session, [row.id for row in rows]),
            "next_cursor": following,
        }


async def _history(session: AsyncSession, ids: Sequence[UUID]) -> dict[str, Any]:
    shown = (await alert_out(session, ids))[0]
    return shown | {"updates": await alert_updates(session, ids[0])}


@router.get("/alerts/{alert_id}", response_model=AlertHistory)
async def read_alert(alert_id: UUID, caller: Reader, centre: Centre) -> dict[str, Any]:
    async with centre.database.read() as session:
        await scope.alert(session, alert_id, caller)
        return await _history(session, [alert_id])


@router.post("/alerts/{alert_id}/acknowledge", response_model=AlertHistory)
async def acknowledge(
    alert_id: UUID, caller: Actor, centre: Centre, body: AlertNote | None = None
) -> dict[str, Any]:
    """Take the alert on; a second time changes nothing."""
    note = body.note if body else ""
    async with centre.database.transaction() as session:
        await scope.alert(session, alert_id, caller)
        await desk.acknowledge(
            session, alert_id, by=caller.operator_id, note=note, clock=centre.clock
        )
        audit.record(session, caller.operator_id, "alert.acknowledge", alert_id)
        await session.flush()
        return await _history(session, [alert_id])


@router.post("/alerts/{alert_id}/resolve", response_model=AlertHistory)
async def resolve(
    alert_id: UUID, caller: Actor, centre: Centre, body: AlertNote | None = None
) -> dict[str, Any]:
    """Close the alert; 409 when it is closed already."""
    note = body.note if body else ""
    async with centre.database.transaction() as session:
        await scope.alert(session, alert_id, caller)
        await desk.resolve(session, alert_id, by=caller.operator_id, note=note, clock=centre.clock)
        audit.record(session, caller.operator_id, "alert.resolve", alert_id)
        await session.flush()
        return await _history(session, [alert_id])
