"""GET …/replay.m3u8: any recorded interval as HLS, straight from the segment index."""

import asyncio
import gzip
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from fastapi import APIRouter, Request, Response

from ingest.media import playlist, tickets
from ingest.media.beginning import SILENT
from ingest.media.metrics import PLAYLISTS
from ingest.media.node import MediaNode
from ingest.media.segment_places import SegmentPlaces
from ingest.media.stored import absence
from ingest.media.tickets import Ticket, parse_instant, require_camera, require_interval
from ingest.recordings import archive
from ingest.recordings.stored_file import StoredFile, unix_ms
from models.kit.errors import InvalidInput
from models.observations import StreamKind

_LONGEST = timedelta(hours=24)
_FINE = timedelta(hours=2)  # a longer playlist names whole files, or it would be megabytes
_SEGMENT_TICKET = timedelta(hours=4)
_TYPE = "application/vnd.apple.mpegurl"


def interval(start_text: str, end_text: str, now: datetime) -> tuple[datetime, datetime]:
    """Read a replay's interval.

    Raises:
        InvalidInput: not two instants, not in order, longer than a day, or still to come.
    """
    start, end = parse_instant(start_text, "from"), parse_instant(end_text, "to")
    if start >= end:
        msg = "«from» must be before «to»."
        raise InvalidInput(msg, field="from")
    if end - start > _LONGEST:
        msg = "A replay is at most 24 hours long. Ask for a shorter interval."
        raise InvalidInput(msg, field="to")
    if start > now:
        msg = f"«from» is still to come: it is {now:%Y-%m-%d %H:%M:%S} UTC now."
        raise InvalidInput(msg, field="from")
    return start, end


def routes(node: MediaNode, segment_places: SegmentPlaces) -> APIRouter:
    router = APIRouter()

    @router.get("/media/v1/cameras/{camera_id}/replay.m3u8")
    async def replay(
        camera_id: UUID, request: Request, stream: StreamKind = StreamKind.MAIN
    ) -> Response:
        ticket = node.admit_request(request)
        require_camera(ticket, camera_id, "replay")
        query = request.query_params
        start, end = interval(query.get("from", ""), query.get("to", ""), node.clock.now())
        require_interval(ticket, start, end)
        async with node.database.read() as session:
            files = await archive.files(
                session, camera_id, stream, start, end, node_name=node.settings.media_node
            )
        playlist.refuse_unplayable(files)
        opens = _segment_ticket(node, ticket, start, end)
        packed = "gzip" in request.headers.get("accept-encoding", "")
        body = await asyncio.to_thread(_playlist, files, start, end, opens, packed=packed)
        if not body:
            raise await absence(node, camera_id, stream, start, end)
        segment_places.remember(camera_id, files)
        PLAYLISTS.inc()
        headers = {"Cache-Control": "no-store", "Vary": "Accept-Encoding"}
        if packed:
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


def _playlist(
    files: Sequence[StoredFile], start: datetime, end: datetime, ticket: str, *, packed: bool
) -> bytes:
    """Return the playlist's bytes, gzipped if ``packed``. Runs in a worker thread."""
    one_kind = len({file.init_bytes for file in files}) == 1  # a sound track is some 450 bytes
    text = playlist.build(
        files,
        unix_ms(start),
        unix_ms(end),
        f"?ticket={ticket}{'' if one_kind else SILENT}",
        whole_files=end - start > _FINE,
    ).encode()
    return gzip.compress(text, 1) if packed and text else text  # the ticket stands in every line
