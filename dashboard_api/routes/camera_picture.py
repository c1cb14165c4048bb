"""/cameras/{id}/annotated.jpg: a masked picture of a moment with what was seen drawn on."""

import asyncio
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from dashboard_api import audit, media, scope, sightings, still
from dashboard_api.annotated import DrawnZone, annotate
from dashboard_api.dependencies import Centre, Requires
from dashboard_api.permissions import Permission
from dashboard_api.schemas.common import Moment
from dashboard_api.sessions import Caller
from ingest.media.tickets import Ticket
from models.camera import Zone
from models.kit.errors import Forbidden
from models.observations import ZoneKind, ZoneState

router = APIRouter(tags=["cameras"])
Viewer = Annotated[Caller, Depends(Requires(Permission.LIVE_VIEW, Permission.REPLAY_VIEW))]
_AROUND = timedelta(seconds=5)


@router.get("/cameras/{camera_id}/annotated.jpg", response_class=Response)
async def read_annotated(
    camera_id: UUID, request: Request, caller: Viewer, centre: Centre, at: Moment | None = None
) -> Response:
    """The picture of now, or of a moment in the recordings, with zones; masks come before all."""
    needed = Permission.LIVE_VIEW if at is None else Permission.REPLAY_VIEW
    now = centre.clock.now()
    async with centre.database.transaction() as session:
        camera = await scope.camera(session, camera_id, caller)
        if not caller.may(needed):
            raise Forbidden(f"Your role ({caller.role}) may not see this picture")
        url = await media.media_url(session, request, centre, camera)
        zones = list(
            await session.scalars(
                select(Zone).where(Zone.camera_id == camera_id).options(selectinload(Zone.window))
            )
        )
        seen = await sightings.newest(session, [zone.id for zone in zones], now, until=at)
        drawn = [
            DrawnZone(
                ZoneKind(zone.kind),
                zone.polygon,
                zone.window.number if zone.window else None,
                ZoneState(seen[zone.id].state) if zone.id in seen else None,
                seen[zone.id].people if zone.id in seen else None,
            )
            for zone in zones
        ]
        details = {} if at is None else {"at": at.isoformat()}
        audit.record(session, caller.operator_id, "camera.annotated", camera_id, **details)
    ticket = Ticket(
        user=caller.login,
        session=str(caller.session_id),
        camera=camera_id,
        purpose="live" if at is None else "replay",
        starts_at=None if at is None else at - _AROUND,
        ends_at=None if at is None else at + _AROUND,
        expires_at=now + media.TICKET_LIFE,
    )
    jpeg = await still.whole(url, camera_id, ticket, centre.key, centre.settings, at)
    picture = await asyncio.to_thread(annotate, jpeg, drawn)
    return Response(picture, media_type="image/jpeg", headers={"Cache-Control": "no-store"})
