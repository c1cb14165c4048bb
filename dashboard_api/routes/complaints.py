"""/complaints: registering, listing and reading cards; the steps are in complaint_steps.py."""

import hashlib
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from pydantic import StringConstraints
from sqlalchemy import select

from alerts.complaints.intake import ComplaintIntake, register
from alerts.complaints.present import card, summaries
from dashboard_api import audit, pages, scope
from dashboard_api.complaint_search import matching
from dashboard_api.dependencies import Centre, Cursor, Limit, Requires
from dashboard_api.lists import one_of
from dashboard_api.permissions import Permission
from dashboard_api.replay_opening import replay_opening
from dashboard_api.schemas.common import Line, Page
from dashboard_api.schemas.complaints import ComplaintCard, ComplaintIn, ComplaintSummary
from dashboard_api.sessions import Caller
from models.complaint import Complaint
from models.observations import ComplaintState

router = APIRouter(tags=["complaints"])
Reader = Annotated[
    Caller, Depends(Requires(Permission.COMPLAINTS_READ, Permission.COMPLAINTS_READ_OWN))
]
IdempotencyKey = Annotated[
    Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[\x21-\x7e]+$")]
    | None,
    Header(description="Repeat a request with the same key and it is registered once."),
]


def etag(version: int) -> str:
    return f'"{version}"'


def stored_key(caller: Caller, key: str) -> str:
    """Return the key as stored: one person's keys never meet another's."""
    return hashlib.sha256(f"{caller.operator_id}\n{key}".encode()).hexdigest()


@router.post("/complaints", status_code=201, response_model=ComplaintCard)
async def register_complaint(
    wanted: ComplaintIn,
    response: Response,
    caller: Annotated[Caller, Depends(Requires(Permission.COMPLAINTS_CREATE))],
    centre: Centre,
    idempotency_key: IdempotencyKey = None,
) -> dict[str, Any]:
    """Give the complaint its talon number, find its cameras, hold the footage, tell the walls."""
    async with centre.database.transaction() as session:
        await scope.office(session, wanted.office_id, caller)
        complaint = await register(
            session,
            ComplaintIntake(**wanted.model_dump()),
            by=caller.operator_id,
            idempotency_key=stored_key(caller, idempotency_key) if idempotency_key else None,
            clock=centre.clock,
        )
        audit.record(
            session, caller.operator_id, "complaint.register", complaint.id, number=complaint.number
        )
        await session.flush()
        shown = await card(session, complaint.id, centre.clock, role=caller.role)
    response.headers["Location"] = f"/api/v1/complaints/{complaint.id}"
    response.headers["ETag"] = etag(shown["version"])
    return shown


@router.get("/complaints", response_model=Page[ComplaintSummary])
async def list_complaints(
    caller: Reader,
    centre: Centre,
    state: Annotated[str | None, Query(description="States, separated by commas.")] = None,
    office_id: UUID | None = None,
    q: Annotated[Line | None, Query(description="Number, caller, phone or words.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Newest first; a 1414 agent sees those they registered."""
    query = select(Complaint).where(scope.complaints(caller))
    if state is not None:
        query = query.where(Complaint.state.in_(one_of(ComplaintState, state, field="state")))
    if office_id is not None:
        query = query.where(Complaint.office_id == office_id)
    if q is not None and q.strip():
        query = query.where(matching(q))
    async with centre.database.read() as session:
        rows, following = await pages.fetch(
            session,
            query,
            [Complaint.requested_at, Complaint.id],
            cursor=cursor,
            limit=limit,
            newest_first=True,
        )
        return {"items": await summaries(session, rows), "next_cursor": following}


@router.get("/complaints/{complaint_id}", response_model=ComplaintCard)
async def read_complaint(
    complaint_id: UUID,
    request: Request,
    response: Response,
    caller: Reader,
    centre: Centre,
    *,
    replay: Annotated[bool, Query(description="With the right to watch its camera.")] = False,
) -> dict[str, Any]:
    """The whole card; its ETag is the version for If-Match."""
    async with centre.database.transaction() as session:
        complaint = await scope.complaint(session, complaint_id, caller)
        audit.record(session, caller.operator_id, "complaint.read", complaint.id)
        shown = await card(session, complaint_id, centre.clock, role=caller.role)
        if replay and caller.may(Permission.REPLAY_VIEW):
            shown["replay"] = await replay_opening(
                session, request, centre, caller, complaint, shown["cameras"]
            )
    response.headers["ETag"] = etag(shown["version"])
    return shown
