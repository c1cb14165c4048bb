"""GET /media/v1/clips/{id}.mp4 and .json: a clip cut for a person, and its manifest."""

from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from ingest.media.node import MediaNode
from ingest.media.stored import file_response, stored_file
from ingest.media.tickets import require_clip
from models.kit.errors import Conflict, NotFound
from models.recording import Clip


def routes(node: MediaNode) -> APIRouter:
    router = APIRouter(prefix="/media/v1/clips")

    @router.api_route("/{clip_id}.mp4", methods=["GET", "HEAD"])
    async def download(clip_id: UUID, request: Request) -> Response:
        clip = await _ready(node, clip_id, request)
        path = stored_file(node.settings.recordings_path, clip.path or "")
        name = f"{clip.starts_at:%Y%m%dT%H%M%SZ}-{clip_id}.mp4"
        return file_response(request, path, "video/mp4", download_as=name)

    @router.get("/{clip_id}.json")
    async def manifest(clip_id: UUID, request: Request) -> JSONResponse:
        clip = await _ready(node, clip_id, request)
        return JSONResponse(clip.manifest)

    return router


async def _ready(node: MediaNode, clip_id: UUID, request: Request) -> Clip:
    """Return the clip of this request's ticket.

    Raises:
        NotFound: no such clip.
        Conflict: it is not made yet, or could not be made.
    """
    require_clip(node.admit_request(request), clip_id)
    async with node.database.read() as session:
        clip = await session.get(Clip, clip_id)
    if clip is None:
        msg = f"There is no clip {clip_id}."
        raise NotFound(msg)
    if clip.state == "requested":
        msg = "The clip is being made. Try again in a few seconds."
        raise Conflict(msg)
    if clip.state == "failed":
        msg = f"The clip could not be made: {clip.detail}"
        raise Conflict(msg)
    return clip
