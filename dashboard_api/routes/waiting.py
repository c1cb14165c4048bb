"""/offices/…: presence at the windows over a day, and what the ticket system says of waiting."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from sqlalchemy.dialects.postgresql import insert

from dashboard_api import audit, presence_view, scope
from dashboard_api.dependencies import Centre, Requires
from dashboard_api.permissions import Permission
from dashboard_api.schemas import waiting
from dashboard_api.sessions import Caller
from models.observation import TicketCall

router = APIRouter(tags=["offices"])
Reader = Annotated[Caller, Depends(Requires(Permission.OFFICES_READ))]
Teller = Annotated[Caller, Depends(Requires(Permission.CAMERAS_CONFIGURE))]


@router.get("/offices/{office_id}/presence")
async def read_presence(
    office_id: UUID, caller: Reader, centre: Centre, day: date | None = None
) -> waiting.PresenceDay:
    """Who was seen at each window over a local day, today if none is given: windows, no persons."""
    async with centre.database.read() as session:
        office = await scope.office(session, office_id, caller)
        return await presence_view.show(session, office, day, centre.clock.now())


@router.post("/offices/{office_id}/ticket-calls", status_code=201)
async def take_ticket_calls(
    office_id: UUID, told: waiting.TicketCallsIn, caller: Teller, centre: Centre
) -> waiting.TicketCallsTaken:
    """Take calls of the ticket system, to compare seen waiting with; a call sent twice is one."""
    async with centre.database.transaction() as session:
        await scope.office(session, office_id, caller)
        values = [{"office_id": office_id} | call.model_dump() for call in told.calls]
        new = await session.scalars(
            insert(TicketCall).on_conflict_do_nothing().returning(TicketCall.number), values
        )
        taken = len(new.all())
        audit.record(session, caller.operator_id, "office.tickets", office_id, new=taken)
    return waiting.TicketCallsTaken(new=taken)
