"""GET /media/v1/segments/{id}.mp4: a recording's bytes, whole or by range, by segment ticket."""

from fastapi import APIRouter, Request, Response

from ingest.media.beginning import without_sound
from ingest.media.node import MediaNode
from ingest.media.segment_places import SegmentPlace, SegmentPlaces
from ingest.media.stored import file_response, stored_file
from ingest.media.tickets import Ticket, require_camera
from models.kit.errors import Forbidden, NotFound


def routes(node: MediaNode, segment_places: SegmentPlaces) -> APIRouter:
    router = APIRouter()

    @router.api_route("/media/v1/segments/{recording_id}.mp4", methods=["GET", "HEAD"])
    async def segment(recording_id: int, request: Request) -> Response:
        ticket = node.admit_request(request)
        place = await segment_places.find(recording_id)
        require_camera(ticket, place.camera_id, "segment")
        _require_reach(ticket, place)
        try:
            path = stored_file(node.settings.recordings_path, place.path)
        except NotFound:
            segment_places.forget(recording_id)
            raise
        hidden = await without_sound(request, path)
        return hidden or file_response(request, path, "video/mp4")

    return router


def _require_reach(ticket: Ticket, place: SegmentPlace) -> None:
    """Refuse a recording that lies outside of the ticket's interval.

    Raises:
        Forbidden: it does. An open file only grows, so its remembered end is never too late.
    """
    too_late = ticket.ends_at is None or place.started_at >= ticket.ends_at
    if too_late or ticket.starts_at is None or place.ended_at <= ticket.starts_at:
        msg = "This media ticket does not reach to this recording. Ask for its own playlist."
        raise Forbidden(msg)
