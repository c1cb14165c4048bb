"""GET /media/v1/segments/{id}.mp4: a recording's bytes, whole or by range, by segment ticket."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Request, Response
from sqlalchemy import select

from ingest.media.node import MediaNode
from ingest.media.stored import file_response, stored_file
from ingest.media.tickets import require_camera
from models.kit.errors import Forbidden, NotFound
from models.recording import Recording


@dataclass(frozen=True, slots=True)
class _Place:
    camera_id: UUID
    path: str
    started_at: datetime
    ended_at: datetime


def routes(node: MediaNode) -> APIRouter:
    router = APIRouter()

    @router.api_route("/media/v1/segments/{recording_id}.mp4", methods=["GET", "HEAD"])
    async def segment(recording_id: int, request: Request) -> Response:
        ticket = node.admit_request(request)
        place = await _find(node, recording_id)
        require_camera(ticket, place.camera_id, "segment")
        too_late = ticket.ends_at is None or place.started_at >= ticket.ends_at
        if too_late or ticket.starts_at is None or place.ended_at <= ticket.starts_at:
            msg = "This media ticket does not reach to this recording. Ask for its own playlist."
            raise Forbidden(msg)
        path = stored_file(node.settings.recordings_path, place.path)
        return file_response(request, path, "video/mp4")

    return router


async def _find(node: MediaNode, recording_id: int) -> _Place:
    query = select(
        Recording.camera_id, Recording.path, Recording.started_at, Recording.ended_at
    ).where(Recording.id == recording_id, Recording.node_name == node.settings.media_node)
    if not 0 < recording_id < 1 << 63:
        raise _missing(recording_id)
    async with node.database.read() as session:
        row = (await session.execute(query)).one_or_none()
    if row is None:
        raise _missing(recording_id)
    return _Place(*row)


def _missing(recording_id: int) -> NotFound:
    return NotFound(f"This node has no recording {recording_id}; it may have been deleted.")
