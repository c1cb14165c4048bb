"""GET …/replay.m3u8: any recorded interval as HLS, straight from the segment index."""

import asyncio
import gzip
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from fastapi import APIRouter, Request, Response

from ingest.media import playlist, tickets
from ingest.media.metrics import PLAYLISTS
from ingest.media.node import MediaNode
from ingest.media.playlist import Piece
from ingest.media.stored import nothing_recorded
from ingest.media.tickets import Ticket, parse_instant, require_camera, require_interval
from ingest.recordings import archive
from ingest.recordings.archive import SegmentSpan
from models.kit.errors import InvalidInput
from models.observations import StreamKind

_LONGEST = timedelta(hours=24)
_SEGMENT_TICKET = timedelta(hours=4)
_TYPE = "application/vnd.apple.mpegurl"


def interval(start_text: str, end_text: str) -> tuple[datetime, datetime]:
    """Read a replay's interval.

    Raises:
        InvalidInput: not two instants, not in order, or longer than a day.
    """
    start, end = parse_instant(start_text, "from"), parse_instant(end_text, "to")
    if start >= end:
        msg = "«from» must be before «to»."
        raise InvalidInput(msg, field="from")
    if end - start > _LONGEST:
        msg = "A replay is at most 24 hours long. Ask for a shorter interval."
        raise InvalidInput(msg, field="to")
    return start, end


def routes(node: MediaNode) -> APIRouter:
    router = APIRouter()

    @router.get("/media/v1/cameras/{camera_id}/replay.m3u8")
    async def replay(
        camera_id: UUID, request: Request, stream: StreamKind = StreamKind.MAIN
    ) -> Response:
        ticket = node.admit_request(request)
        require_camera(ticket, camera_id, "replay")
        query = request.query_params
        start, end = interval(query.get("from", ""), query.get("to", ""))
        require_interval(ticket, start, end)
        async with node.database.read() as session:
            spans = await archive.segments(
                session, camera_id, stream, start, end, node_name=node.settings.media_node
            )
            if not any(archive.covering(span, start, end) for span in spans):
                gaps = await archive.gaps(session, camera_id, stream, start, end)
                raise nothing_recorded(gaps, start, end)
        opens = _segment_ticket(node, ticket, start, end)
        text = await asyncio.to_thread(_playlist, spans, start, end, opens)
        PLAYLISTS.inc()
        headers = {"Cache-Control": "no-store", "Vary": "Accept-Encoding"}
        body = text.encode()
        if "gzip" in request.headers.get("accept-encoding", ""):
            body = gzip.compress(body, 1)  # the ticket stands in every line
            headers["Content-Encoding"] = "gzip"
        return Response(body, media_type=_TYPE, headers=headers)

    return router


def _segment_ticket(node: MediaNode, ticket: Ticket, start: datetime, end: datetime) -> str:
    """Return the right to the files of this playlist, under the same session."""
    expires_at = node.clock.now() + _SEGMENT_TICKET
    return tickets.sign(
        replace(
            ticket,
            purpose="segment",
            starts_at=start,
            ends_at=end,
            expires_at=expires_at,
            reason="",
        ),
        node.key,
    )


def _playlist(spans: list[SegmentSpan], start: datetime, end: datetime, ticket: str) -> str:
    return playlist.build(
        [
            Piece(
                f"/media/v1/segments/{span.recording_id}.mp4?ticket={ticket}",
                span.init_bytes,
                span.codec,
                gop.at,
                gop.duration_s,
                gop.offset,
                gop.length,
            )
            for span in spans
            for gop in archive.covering(span, start, end)
        ]
    )
