"""POST /evidence/{clip_id}/ticket: fetching a clip and its manifest."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request

from dashboard_api import audit, media, scope
from dashboard_api.dependencies import Centre, Requires
from dashboard_api.permissions import Permission
from dashboard_api.schemas.evidence import ClipTicket
from dashboard_api.sessions import Caller
from ingest.media.tickets import Ticket, sign
from models.kit.errors import Conflict, NotFound
from models.recording import Clip

router = APIRouter(tags=["media"])


@router.post("/evidence/{clip_id}/ticket")
async def issue_clip_ticket(
    clip_id: UUID,
    request: Request,
    caller: Annotated[Caller, Depends(Requires(Permission.EVIDENCE_EXPORT))],
    centre: Centre,
) -> ClipTicket:
    """Sign a right to download one clip and its manifest; the download is audited here."""
    async with centre.database.transaction() as session:
        clip = await session.get(Clip, clip_id)
        if clip is None:
            raise NotFound(f"There is no clip {clip_id}")
        camera = await scope.camera(session, clip.camera_id, caller)
        if clip.state != "ready":
            raise Conflict(f"The clip is {clip.state}; wait until it is ready")
        url = await media.media_url(session, request, centre, camera)
        audit.record(session, caller.operator_id, "clip.download", clip_id)
        ticket = Ticket(
            user=caller.login,
            session=str(caller.session_id),
            session_ends_at=caller.expires_at,
            camera=clip.camera_id,
            purpose="clip",
            starts_at=clip.starts_at,
            ends_at=clip.ends_at,
            expires_at=centre.clock.now() + media.TICKET_LIFE,
            clip=clip_id,
        )
    return ClipTicket(ticket=sign(ticket, centre.key), expires_at=ticket.expires_at, media_url=url)
