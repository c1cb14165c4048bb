"""The steps of a card: moves, comments, the confirmed camera and clips."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from sqlalchemy.ext.asyncio import AsyncSession

from alerts.complaints import desk
from alerts.complaints.present import card
from alerts.complaints.workflow import GivenOutcome
from dashboard_api import audit, scope
from dashboard_api.dependencies import Centre, IfMatch, Requires
from dashboard_api.permissions import Permission
from dashboard_api.routes.complaints import etag
from dashboard_api.schemas.complaints import (
    CameraChoice,
    ClipIn,
    CommentIn,
    ComplaintCard,
    MoveIn,
    OutcomeIn,
)
from dashboard_api.schemas.evidence import Clip
from dashboard_api.services import Services
from dashboard_api.sessions import Caller

router = APIRouter(tags=["complaints"])


def _given(outcome: OutcomeIn | None) -> GivenOutcome | None:
    return None if outcome is None else GivenOutcome(outcome.kind, outcome.note)


async def _shown(
    session: AsyncSession,
    complaint_id: UUID,
    caller: Caller,
    centre: Services,
    response: Response,
) -> dict[str, Any]:
    """Return the card as it stands in this transaction, with its new ETag."""
    await session.flush()
    shown = await card(session, complaint_id, centre.clock, role=caller.role)
    response.headers["ETag"] = etag(shown["version"])
    return shown


@router.post("/complaints/{complaint_id}/moves", response_model=ComplaintCard)
async def move(
    complaint_id: UUID,
    wanted: MoveIn,
    response: Response,
    caller: Annotated[Caller, Depends(Requires(Permission.COMPLAINTS_MOVE))],
    centre: Centre,
    expected_version: IfMatch,
) -> dict[str, Any]:
    """Move the card on; 409 where the state does not allow it, 412 where the card has changed."""
    async with centre.database.transaction() as session:
        await scope.complaint(session, complaint_id, caller)
        await desk.move(
            session,
            complaint_id,
            to=wanted.to,
            note=wanted.note,
            outcome=_given(wanted.outcome),
            by=caller.operator_id,
            role=caller.role,
            expected_version=expected_version,
            clock=centre.clock,
        )
        audit.record(session, caller.operator_id, "complaint.move", complaint_id, to=wanted.to)
        return await _shown(session, complaint_id, caller, centre, response)


@router.post("/complaints/{complaint_id}/comments", response_model=ComplaintCard)
async def comment(
    complaint_id: UUID,
    wanted: CommentIn,
    response: Response,
    caller: Annotated[Caller, Depends(Requires(Permission.COMPLAINTS_COMMENT))],
    centre: Centre,
) -> dict[str, Any]:
    """Add a line to the card's history."""
    async with centre.database.transaction() as session:
        await scope.complaint(session, complaint_id, caller)
        await desk.comment(
            session,
            complaint_id,
            note=wanted.note,
            by=caller.operator_id,
            role=caller.role,
            clock=centre.clock,
        )
        audit.record(session, caller.operator_id, "complaint.comment", complaint_id)
        return await _shown(session, complaint_id, caller, centre, response)


@router.post("/complaints/{complaint_id}/camera", response_model=ComplaintCard)
async def confirm_camera(
    complaint_id: UUID,
    wanted: CameraChoice,
    response: Response,
    caller: Annotated[Caller, Depends(Requires(Permission.COMPLAINTS_EDIT))],
    centre: Centre,
    expected_version: IfMatch,
) -> dict[str, Any]:
    """A person confirms the camera and the minute."""
    async with centre.database.transaction() as session:
        await scope.complaint(session, complaint_id, caller)
        await scope.camera(session, wanted.camera_id, caller)
        await desk.confirm_camera(
            session,
            complaint_id,
            camera_id=wanted.camera_id,
            at=wanted.at,
            by=caller.operator_id,
            role=caller.role,
            expected_version=expected_version,
            clock=centre.clock,
        )
        audit.record(
            session,
            caller.operator_id,
            "complaint.camera",
            complaint_id,
            camera_id=str(wanted.camera_id),
        )
        return await _shown(session, complaint_id, caller, centre, response)


@router.post("/complaints/{complaint_id}/clips", status_code=201)
async def request_clip(
    complaint_id: UUID,
    wanted: ClipIn,
    caller: Annotated[Caller, Depends(Requires(Permission.EVIDENCE_EXPORT))],
    centre: Centre,
) -> Clip:
    """Have a piece of footage cut; topic ``clip`` tells when it is ready."""
    async with centre.database.transaction() as session:
        await scope.complaint(session, complaint_id, caller)
        await scope.camera(session, wanted.camera_id, caller)
        clip = await desk.request_clip(
            session,
            complaint_id,
            camera_id=wanted.camera_id,
            starts_at=wanted.starts_at,
            ends_at=wanted.ends_at,
            reason=wanted.reason,
            by=caller.operator_id,
            role=caller.role,
            clock=centre.clock,
        )
        audit.record(
            session, caller.operator_id, "clip.request", clip.id, complaint_id=str(complaint_id)
        )
        await session.flush()
        return Clip.model_validate(clip, from_attributes=True)
