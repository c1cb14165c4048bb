"""WHIP for speaking through a camera: POST an offer to send audio, DELETE to end."""

import asyncio
from uuid import UUID

from fastapi import APIRouter, Request, Response

from ingest.cameras.networks import pinned
from ingest.media.node import MediaNode
from ingest.media.talk import Talks
from ingest.media.tickets import require_camera
from ingest.media.whep import body_of


def routes(node: MediaNode, talks: Talks) -> APIRouter:
    router = APIRouter(prefix="/media/v1/cameras/{camera_id}/talk")

    @router.post("", status_code=201)
    async def begin(camera_id: UUID, request: Request) -> Response:
        ticket = node.admit_request(request)
        require_camera(ticket, camera_id, "talk")
        offer = await body_of(request, "application/sdp")
        address = node.feeds.address(camera_id)
        url = await asyncio.to_thread(pinned, address, node.settings.camera_networks)
        name, sdp = await talks.begin(ticket, url, offer)
        location = f"/media/v1/cameras/{camera_id}/talk/{name}"
        return Response(sdp, 201, {"Location": location}, "application/sdp")

    @router.delete("/{name}", status_code=204)
    async def end(camera_id: UUID, name: str) -> Response:
        await talks.end(str(camera_id), name)
        return Response(status_code=204)

    return router
