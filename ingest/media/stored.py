"""Files of the recordings folder, and what to say where there are none."""

from collections.abc import Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from uuid import UUID

from fastapi import Request, Response
from fastapi.responses import FileResponse

from ingest.media.node import MediaNode
from ingest.recordings import archive, gap_words
from ingest.recordings.archive import GapSpan
from models.camera import Camera
from models.kit.errors import NotFound
from models.observations import StreamKind


def stored_file(folder: Path, relative: str) -> Path:
    """Return an existing file below ``folder``.

    Raises:
        NotFound: it is gone, or the path leads out of the folder.
    """
    root = folder.resolve()
    path = (root / relative).resolve()
    if not path.is_relative_to(root) or not path.is_file():
        msg = "The file of this recording is not on this node any more."
        raise NotFound(msg)
    return path


class _WideFileResponse(FileResponse):
    chunk_size = 1024 * 1024  # a GOP in one read: each read is a trip to a worker thread


def file_response(
    request: Request, path: Path, media_type: str, *, download_as: str | None = None
) -> Response:
    """Return the file, a byte range of it, or 304 where the caller has this version."""
    stat = path.stat()
    found = _WideFileResponse(path, media_type=media_type, stat_result=stat, filename=download_as)
    found.headers["Cache-Control"] = "private, no-cache"
    if _is_known(request, found.headers["etag"], int(stat.st_mtime)):
        headers = {name: found.headers[name] for name in ("etag", "last-modified")}
        return Response(status_code=304, headers=headers)
    return found


def _is_known(request: Request, tag: str, modified_s: int) -> bool:
    """Say whether the caller has this version already; its tags count more than its date."""
    asked = request.headers.get("if-none-match")
    if asked is not None:
        known = {one.strip().removeprefix("W/") for one in asked.split(",")}
        return tag in known or "*" in known
    since = request.headers.get("if-modified-since")
    if since is None:
        return False
    try:
        return parsedate_to_datetime(since).timestamp() >= modified_s
    except ValueError:
        return False  # a date that nobody can read is no condition


async def absence(
    node: MediaNode, camera_id: UUID, stream: StreamKind, start: datetime, end: datetime
) -> NotFound:
    """Return the error that says why there is nothing: no such camera, or which gap lies there."""
    async with node.database.read() as session:
        gaps = await archive.gaps(session, camera_id, stream, start, end)
        if not gaps and await session.get(Camera, camera_id) is None:
            return NotFound(f"There is no camera {camera_id}.")
    return nothing_recorded(gaps, start, end)


def nothing_recorded(gaps: Sequence[GapSpan], start: datetime, end: datetime) -> NotFound:
    """Return the error that says which gap lies there."""
    span = f"{start:%Y-%m-%d %H:%M:%S} UTC"
    if end != start:
        span += f" to {end:%Y-%m-%d %H:%M:%S} UTC"
    why = (
        gap_words.told(gaps) or "no gap is known: it may not have been recorded yet, or was deleted"
    )
    return NotFound(f"Nothing is recorded at {span}: {why}.")
