"""Files of the recordings folder, and what to say where there are none."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from fastapi import Request, Response
from fastapi.responses import FileResponse

from ingest.recordings.archive import GapSpan
from models.kit.errors import NotFound

_REASONS = {
    "camera_down": "the camera did not answer",
    "stalled": "the camera sent no pictures",
    "auth_failed": "the camera refused the user and password",
    "unsupported": "the camera does not send H.264",
    "node_down": "the recording node was down",
    "disk_full": "the disk was full",
    "disk_slow": "the disk was too slow",
}


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


def file_response(
    request: Request, path: Path, media_type: str, *, download_as: str | None = None
) -> Response:
    """Return the file, a byte range of it, or 304 where the caller has this version."""
    stat = path.stat()
    found = FileResponse(path, media_type=media_type, stat_result=stat, filename=download_as)
    found.headers["Cache-Control"] = "private, no-cache"
    known = [tag.strip() for tag in request.headers.get("if-none-match", "").split(",")]
    if found.headers["etag"] in known:
        return Response(status_code=304, headers={"ETag": found.headers["etag"]})
    return found


def nothing_recorded(gaps: Sequence[GapSpan], start: datetime, end: datetime) -> NotFound:
    """Return the error that says which gap lies there."""
    span = f"{start:%Y-%m-%d %H:%M:%S} UTC"
    if end != start:
        span += f" to {end:%Y-%m-%d %H:%M:%S} UTC"
    said = [
        f"{_REASONS.get(gap.reason, gap.reason)} from {gap.started_at:%H:%M:%S} "
        f"to {f'{gap.ended_at:%H:%M:%S}' if gap.ended_at else 'now'} UTC"
        for gap in gaps
    ]
    why = "; ".join(said) or "no gap is known: it may not have been recorded yet, or was deleted"
    return NotFound(f"Nothing is recorded at {span}: {why}.")
