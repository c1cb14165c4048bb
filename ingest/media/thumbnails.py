"""GET …/thumbnails: key pictures evenly over a span, side by side in one JPEG."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from ingest.media.metrics import THUMBNAILS
from ingest.media.node import MediaNode
from ingest.media.replay import interval
from ingest.media.stored import absence
from ingest.media.strip import CELL, STRIP_MAX, Thumbnail, cells, join, read_thumbnail
from ingest.media.tickets import require_camera, require_interval
from ingest.recordings import archive
from ingest.recordings.stored_file import StoredFile, is_playable, unix_ms
from models.observations import StreamKind

_DECODERS = 2  # strips wait for each other rather than for the live pictures
_KEPT = 2_000  # thumbnails, 43 kB each


class _Decoded:
    """Thumbnails by GOP, the least used forgotten first."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._pool = ThreadPoolExecutor(_DECODERS, "thumbnail")
        self._kept: OrderedDict[tuple[int, int], Thumbnail] = OrderedDict()

    async def strip(self, files: Sequence[StoredFile], edges_ms: Sequence[int]) -> bytes:
        """Return a JPEG with a cell for each stretch between two edges."""
        spots = cells(files, edges_ms)
        loop = asyncio.get_running_loop()
        found: list[Thumbnail | None] = []
        for spot in spots:
            if spot is None:
                found.append(None)
                continue
            key = spot.file.recording_id, spot.gop.offset
            known = self._kept.get(key)
            if known is None:
                read = partial(read_thumbnail, self._root, spot)
                known = await loop.run_in_executor(self._pool, read)
                THUMBNAILS.inc()
            if known is not None:
                self._kept[key] = known
                self._kept.move_to_end(key)
            found.append(known)
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return await loop.run_in_executor(self._pool, join, found)


def routes(node: MediaNode) -> APIRouter:
    router = APIRouter()
    decoded = _Decoded(node.settings.recordings_path)

    @router.get("/media/v1/cameras/{camera_id}/thumbnails")
    async def thumbnails(
        camera_id: UUID,
        request: Request,
        count: Annotated[int, Query(ge=1, le=STRIP_MAX)] = 20,
    ) -> Response:
        ticket = node.admit_request(request)
        require_camera(ticket, camera_id, "replay")
        query = request.query_params
        start, end = interval(query.get("from", ""), query.get("to", ""), node.clock.now())
        require_interval(ticket, start, end)
        files = await _files(node, camera_id, start, end)
        start_ms, end_ms = unix_ms(start), unix_ms(end)
        edges_ms = [start_ms + (end_ms - start_ms) * n // count for n in range(count + 1)]
        jpeg = await decoded.strip(files, edges_ms)
        headers = {
            "Cache-Control": "private, max-age=300",
            "X-Cell": f"{CELL[0]}x{CELL[1]}",
        }
        return Response(jpeg, media_type="image/jpeg", headers=headers)

    return router


async def _files(
    node: MediaNode, camera_id: UUID, start: datetime, end: datetime
) -> list[StoredFile]:
    """Return the sub stream's files, which decode sooner, or main's where sub is not recorded.

    Raises:
        NotFound: nothing that can be decoded is recorded then.
    """
    for kind in (StreamKind.SUB, StreamKind.MAIN):
        async with node.database.read() as session:
            files = await archive.files(
                session, camera_id, kind, start, end, node_name=node.settings.media_node
            )
        if playable := [file for file in files if is_playable(file.codec)]:
            return playable
    raise await absence(node, camera_id, StreamKind.MAIN, start, end)
