"""GET …/snapshot.jpg: the newest key picture, or with at= the recorded picture of an instant."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import formatdate
from functools import partial
from pathlib import Path
from uuid import UUID

from fastapi import APIRouter, Request, Response

from ingest.media import pictures
from ingest.media.metrics import SNAPSHOTS
from ingest.media.node import MediaNode
from ingest.media.stored import nothing_recorded, stored_file
from ingest.media.tickets import parse_instant, require_camera, require_interval
from ingest.recordings import archive
from ingest.recordings.archive import Gop, SegmentSpan
from models.observations import StreamKind

_DECODERS = 2  # snapshots wait for each other rather than for the live pictures
_INSTANT = timedelta(milliseconds=1)


def routes(node: MediaNode) -> APIRouter:
    router = APIRouter()
    decoding = asyncio.Semaphore(_DECODERS)

    @router.get("/media/v1/cameras/{camera_id}/snapshot.jpg")
    async def snapshot(
        camera_id: UUID,
        request: Request,
        at: str | None = None,
        stream: StreamKind = StreamKind.MAIN,
    ) -> Response:
        ticket = node.admit_request(request)
        decode: Callable[[], bytes]
        if at is None:
            require_camera(ticket, camera_id, "live")
            feed = node.feeds.get(camera_id, stream)
            if feed.parameters is None:
                raise pictures.nothing_cached()
            feed.refresh()
            shown_at_s = feed.gop[0].shown_at if feed.gop else 0.0
            decode = partial(pictures.newest_key_picture, feed.parameters, feed.gop[:1])
        else:
            instant = parse_instant(at, "at")
            require_camera(ticket, camera_id, "replay")
            require_interval(ticket, instant, instant)
            span, gop = await _find(node, camera_id, stream, instant)
            path = stored_file(node.settings.recordings_path, span.path)
            shown_at_s = instant.timestamp()
            decode = partial(_recorded, path, span, gop, shown_at_s)
        async with decoding:
            jpeg = await asyncio.to_thread(decode)
        SNAPSHOTS.inc()
        headers = {
            "Cache-Control": "no-store",
            "Last-Modified": formatdate(shown_at_s, usegmt=True),
        }
        return Response(jpeg, media_type="image/jpeg", headers=headers)

    return router


async def _find(
    node: MediaNode, camera_id: UUID, stream: StreamKind, at: datetime
) -> tuple[SegmentSpan, Gop]:
    """Return the GOP that holds an instant.

    Raises:
        NotFound: nothing was recorded then; the message says why.
    """
    async with node.database.read() as session:
        spans = await archive.segments(session, camera_id, stream, at, at + _INSTANT)
        for span in spans:
            for gop in reversed(archive.covering(span, at, at + _INSTANT)):
                return span, gop
        raise nothing_recorded(
            await archive.gaps(session, camera_id, stream, at, at + _INSTANT), at, at
        )


def _recorded(path: Path, span: SegmentSpan, gop: Gop, at_s: float) -> bytes:
    with path.open("rb") as file:
        init = file.read(span.init_bytes)
        file.seek(gop.offset)
        fragment = file.read(gop.length)
    return pictures.picture_at(init, fragment, at_s)
