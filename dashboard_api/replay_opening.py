"""The right to watch what a complaint card opens with, given together with the card.

The player would ask for it as soon as the card is there; asked for with the card, its first
picture comes a trip earlier. It is recorded in the audit trail like any replay ticket.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from dashboard_api import audit, media
from dashboard_api.schemas.cameras import ReplayOpening
from dashboard_api.services import Services
from dashboard_api.sessions import Caller
from ingest.media.tickets import Ticket, sign
from models.camera import Camera
from models.complaint import Complaint
from models.kit.errors import Unavailable

# How far the card's timeline reaches around the stated time and its uncertainty, and a moment
# more, since the page rounds to milliseconds.
_BEFORE, _AFTER = timedelta(minutes=10), timedelta(minutes=15)
_ROUNDED = timedelta(seconds=1)


async def replay_opening(
    session: AsyncSession,
    request: Request,
    centre: Services,
    caller: Caller,
    complaint: Complaint,
    cameras: list[dict[str, Any]],
) -> ReplayOpening | None:
    """Sign the replay of the camera that a card opens on; None where no camera can be watched.

    Args:
        session: writes the audit entry.
        request: names the host that media nodes are reached at.
        centre: the services.
        caller: who watches; must be allowed to.
        complaint: whose place and time.
        cameras: the card's, best first; the one that a person confirmed comes before them.
    """
    ranked = [UUID(one["camera"]["id"]) for one in cameras]
    if not ranked:
        return None
    camera_id = complaint.camera_id if complaint.camera_id in ranked else ranked[0]
    camera = await session.get_one(Camera, camera_id)
    try:
        url = await media.media_url(session, request, centre, camera)
    except Unavailable:
        return None  # the player asks again and says why
    within = timedelta(seconds=complaint.happened_within_s) + _ROUNDED
    starts_at = complaint.happened_at - within - _BEFORE
    ends_at = complaint.happened_at + within + _AFTER
    span = {"from": starts_at.isoformat(), "to": ends_at.isoformat()}
    audit.record(
        session, caller.operator_id, "camera.replay", camera.id, reason=complaint.number, **span
    )
    ticket = Ticket(
        user=caller.login,
        session=str(caller.session_id),
        session_ends_at=caller.expires_at,
        camera=camera.id,
        purpose="replay",
        starts_at=starts_at,
        ends_at=ends_at,
        expires_at=centre.clock.now() + media.TICKET_LIFE,
        reason=complaint.number,
    )
    return ReplayOpening(
        camera_id=camera.id,
        starts_at=starts_at,
        ends_at=ends_at,
        ticket=sign(ticket, centre.key),
        expires_at=ticket.expires_at,
        media_url=url,
    )
