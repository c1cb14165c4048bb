"""WHEP: POST an offer, get an answer and packets as the camera made them; PATCH, DELETE.

A viewer may be led to another camera without a new offer, which WHEP does not know of.
"""

from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict

from ingest.media.node import MediaNode
from ingest.media.peers import Peers
from ingest.media.tickets import require_camera
from models.kit.errors import Forbidden, InvalidInput
from models.observations import StreamKind

_LONGEST_BODY = 64 * 1024


class CameraWish(BaseModel):
    """The ticket names the camera."""

    model_config = ConfigDict(extra="forbid")
    ticket: str
    stream: StreamKind = StreamKind.MAIN


def routes(node: MediaNode, peers: Peers) -> APIRouter:
    both = APIRouter(prefix="/media/v1")
    router = APIRouter(prefix="/cameras/{camera_id}/whep")

    @router.post("", status_code=201)
    async def join(
        camera_id: UUID, request: Request, stream: StreamKind = StreamKind.MAIN
    ) -> Response:
        ticket = node.admit_request(request)
        require_camera(ticket, camera_id, "live")
        offer = await body_of(request, "application/sdp")
        feed = node.feeds.get(camera_id, stream)
        peer_id, sdp = await peers.join(feed, ticket, offer)
        location = f"/media/v1/cameras/{camera_id}/whep/{peer_id}"
        return Response(sdp, 201, {"Location": location}, "application/sdp")

    @router.patch("/{peer_id}", status_code=204)
    async def trickle(camera_id: UUID, peer_id: str, request: Request) -> Response:
        fragment = await body_of(request, "application/trickle-ice-sdpfrag")
        await peers.trickle(str(camera_id), peer_id, fragment)
        return Response(status_code=204)

    @router.delete("/{peer_id}", status_code=204)
    async def leave(camera_id: UUID, peer_id: str) -> Response:
        await peers.leave(str(camera_id), peer_id)
        return Response(status_code=204)

    @both.post("/whep/{peer_id}/camera", status_code=204)
    async def switch(peer_id: str, wish: CameraWish) -> Response:
        """Send another camera on: the same SSRC, and time goes on."""
        ticket = node.admit(wish.ticket)
        if ticket.camera is None:
            msg = "This media ticket is for a clip; a viewer needs one for a camera."
            raise Forbidden(msg)
        require_camera(ticket, ticket.camera, "live")
        peers.switch(peer_id, node.feeds.get(ticket.camera, wish.stream), ticket.session)
        return Response(status_code=204)

    both.include_router(router)
    return both


async def body_of(request: Request, media_type: str) -> str:
    """Return the body as text.

    Raises:
        InvalidInput: another type, too long, or not UTF-8.
    """
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given != media_type:
        msg = f"Send the body as {media_type}, not {given or 'without a type'}."
        raise InvalidInput(msg, field="Content-Type")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LONGEST_BODY:
            msg = f"A body longer than {_LONGEST_BODY} bytes is not read."
            raise InvalidInput(msg)
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        msg = "The body must be UTF-8 text."
        raise InvalidInput(msg) from error
