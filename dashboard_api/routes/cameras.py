"""/cameras: what they are, their zones, and tickets to see them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy import select

from dashboard_api import audit, camera_view, media, pages, scope, still, zone_edit
from dashboard_api.dependencies import Centre, Cursor, Limit, Requires
from dashboard_api.permissions import Permission
from dashboard_api.schemas import cameras
from dashboard_api.schemas.common import Page
from dashboard_api.sessions import Caller
from ingest.media.tickets import Ticket, sign
from models.camera import Camera, CameraNotice
from models.kit.bus import announce
from models.kit.errors import Forbidden
from models.observations import NoticeKind

router = APIRouter(tags=["cameras"])
Reader = Annotated[Caller, Depends(Requires(Permission.CAMERAS_READ))]
ZoneEditor = Annotated[Caller, Depends(Requires(Permission.ZONES_EDIT))]
_NEEDED = {
    "live": (Permission.LIVE_VIEW, "watch live video"),
    "replay": (Permission.REPLAY_VIEW, "watch recordings"),
    "talk": (Permission.TALK, "talk through cameras"),
}


@router.get("/cameras")
async def list_cameras(
    caller: Reader,
    centre: Centre,
    office_id: UUID | None = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[cameras.Camera]:
    """Cameras by code, of one office or of all."""
    query = select(Camera).where(scope.cameras(caller))
    if office_id is not None:
        query = query.where(Camera.office_id == office_id)
    async with centre.database.read() as session:
        rows, following = await pages.fetch(
            session, query, [Camera.code], cursor=cursor, limit=limit
        )
        shown = await camera_view.show(session, [row.id for row in rows], centre.clock.now())
    return Page(items=shown, next_cursor=following)


@router.get("/cameras/{camera_id}")
async def read_camera(camera_id: UUID, caller: Reader, centre: Centre) -> cameras.Camera:
    async with centre.database.read() as session:
        await scope.camera(session, camera_id, caller)
        return (await camera_view.show(session, [camera_id], centre.clock.now()))[0]


@router.get("/cameras/{camera_id}/notices")
async def list_notices(
    camera_id: UUID,
    caller: Reader,
    centre: Centre,
    kind: NoticeKind | None = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[cameras.CameraNotice]:
    """What the camera noticed by itself (motion, tampering, …), newest first."""
    query = select(CameraNotice).where(CameraNotice.camera_id == camera_id)
    if kind is not None:
        query = query.where(CameraNotice.kind == kind)
    async with centre.database.read() as session:
        await scope.camera(session, camera_id, caller)
        keys = [CameraNotice.started_at, CameraNotice.id]
        rows, following = await pages.fetch(
            session, query, keys, cursor=cursor, limit=limit, newest_first=True
        )
        shown = [cameras.CameraNotice.model_validate(row, from_attributes=True) for row in rows]
    return Page(items=shown, next_cursor=following)


@router.put("/cameras/{camera_id}/zones")
async def replace_zones(
    camera_id: UUID, wanted: cameras.ZonesIn, caller: ZoneEditor, centre: Centre
) -> cameras.Camera:
    """Replace all zones; a zone that keeps its id keeps its history."""
    async with centre.database.transaction() as session:
        camera = await scope.camera(session, camera_id, caller)
        await zone_edit.replace(session, camera, wanted.zones)
        audit.record(
            session, caller.operator_id, "camera.zones", camera_id, zones=len(wanted.zones)
        )
        announce(session, "config", camera_id, {"camera_id": str(camera_id)})
        return (await camera_view.show(session, [camera_id], centre.clock.now()))[0]


@router.get("/cameras/{camera_id}/still.jpg", response_class=Response)
async def read_still(
    camera_id: UUID, request: Request, caller: ZoneEditor, centre: Centre
) -> Response:
    """The newest picture at 96 x 54, in which nobody can be recognised, for drawing zones on."""
    async with centre.database.transaction() as session:
        camera = await scope.camera(session, camera_id, caller)
        url = await media.media_url(session, request, centre, camera)
        audit.record(session, caller.operator_id, "camera.still", camera_id)
    ticket = Ticket(
        user=caller.login,
        session=str(caller.session_id),
        session_ends_at=caller.expires_at,
        camera=camera_id,
        purpose="live",
        starts_at=None,
        ends_at=None,
        expires_at=centre.clock.now() + media.TICKET_LIFE,
    )
    small = await still.fetch(url, camera_id, ticket, centre.key, centre.settings)
    return Response(small, media_type="image/jpeg", headers={"Cache-Control": "no-store"})


@router.post("/cameras/{camera_id}/ticket")
async def issue_ticket(
    camera_id: UUID,
    wanted: cameras.TicketRequest,
    request: Request,
    caller: Annotated[Caller, Depends(Requires(*(needed for needed, _ in _NEEDED.values())))],
    centre: Centre,
) -> cameras.MediaTicket:
    """Sign a right to watch or talk, good for 60 s to begin; who did what goes into the trail."""
    needed, act = _NEEDED[wanted.purpose]
    if not caller.may(needed):
        raise Forbidden(f"Your role ({caller.role}) may not {act}")
    async with centre.database.transaction() as session:
        camera = await scope.camera(session, camera_id, caller)
        url = await media.media_url(session, request, centre, camera)
        replay = wanted.purpose == "replay"
        starts_at = wanted.starts_at if replay else None
        ends_at = wanted.ends_at if replay else None
        span = (
            {"from": starts_at.isoformat(), "to": ends_at.isoformat()}
            if (starts_at and ends_at)
            else {}
        )
        audit.record(
            session,
            caller.operator_id,
            f"camera.{wanted.purpose}",
            camera_id,
            reason=wanted.reason,
            **span,
        )
        ticket = Ticket(
            user=caller.login,
            session=str(caller.session_id),
            session_ends_at=caller.expires_at,
            camera=camera_id,
            purpose=wanted.purpose,
            starts_at=starts_at,
            ends_at=ends_at,
            expires_at=centre.clock.now() + media.TICKET_LIFE,
            reason=wanted.reason,
        )
    return cameras.MediaTicket(
        ticket=sign(ticket, centre.key), expires_at=ticket.expires_at, media_url=url
    )
