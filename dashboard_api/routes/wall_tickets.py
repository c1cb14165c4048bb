"""/cameras/tickets: a whole wall's tickets in one request, since each costs a transaction."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from sqlalchemy import select

from dashboard_api import audit, media, scope
from dashboard_api.dependencies import Centre, Requires
from dashboard_api.permissions import Permission
from dashboard_api.schemas.wall_tickets import CameraTicket, WallTickets, WallTicketsIn
from dashboard_api.sessions import Caller
from ingest.media.tickets import Ticket, sign
from models.camera import Camera

router = APIRouter(tags=["cameras"])


@router.post("/cameras/tickets")
async def issue_wall_tickets(
    wanted: WallTicketsIn,
    request: Request,
    caller: Annotated[Caller, Depends(Requires(Permission.LIVE_VIEW))],
    centre: Centre,
) -> WallTickets:
    """Sign live tickets for many cameras, good for 60 s to begin; each goes into the audit trail.

    A camera that is not there for the caller, or whose media node has never reported, is left
    out: the other tiles of a wall must not wait for it.
    """
    expires_at = centre.clock.now() + media.TICKET_LIFE
    async with centre.database.transaction() as session:
        query = select(Camera).where(Camera.id.in_(wanted.camera_ids), scope.cameras(caller))
        cameras = (await session.scalars(query)).all()
        urls = await media.media_urls(session, request, centre, cameras)
        for camera_id in urls:
            audit.record(session, caller.operator_id, "camera.live", camera_id, reason="")
    items = [
        CameraTicket(
            camera_id=camera_id,
            ticket=sign(
                Ticket(
                    user=caller.login,
                    session=str(caller.session_id),
                    session_ends_at=caller.expires_at,
                    camera=camera_id,
                    purpose="live",
                    starts_at=None,
                    ends_at=None,
                    expires_at=expires_at,
                ),
                centre.key,
            ),
            expires_at=expires_at,
            media_url=url,
        )
        for camera_id, url in urls.items()
    ]
    return WallTickets(items=items)
