"""Recordings of a camera for somebody at a terminal: which there are, audited, and their bytes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from ingest.recordings import archive
from ingest.recordings.archive import Gop, SegmentSpan
from models.camera import Camera
from models.kit.errors import NotFound
from models.observations import StreamKind
from models.operator import AuditEntry


@dataclass(frozen=True, slots=True)
class Span:
    """Of which camera (its code), from when to when, from which stream."""

    camera: str
    start: datetime
    end: datetime
    stream: StreamKind


async def camera_of(session: AsyncSession, span: Span) -> Camera:
    """Return the camera.

    Raises:
        NotFound: there is none of that code.
    """
    camera = await session.scalar(select(Camera).where(Camera.code == span.camera))
    if camera is None:
        raise NotFound(f"there is no camera {span.camera}; ./ahual camera list names them")
    return camera


async def footage(
    session: AsyncSession, camera: Camera, span: Span, node_name: str, *, action: str, by: str
) -> Sequence[SegmentSpan]:
    """Return the files of this node that hold the span; that they are looked at is audited.

    Raises:
        NotFound: there are none.
    """
    found = await archive.segments(
        session, camera.id, span.stream, span.start, span.end, node_name=node_name
    )
    if not found:
        raise NotFound(f"nothing of {span.camera} ({span.stream}) is recorded here then")
    details = {"by": by, "from": span.start.isoformat(), "to": span.end.isoformat()}
    session.add(
        AuditEntry(operator_id=None, action=action, subject=str(camera.id), details=details)
    )
    return found


def playable(recordings: Path, file: SegmentSpan, gop: Gop) -> bytes:
    """Return one GOP with what a player needs before it.

    Raises:
        OSError: the file is gone or cannot be read.
    """
    with (recordings / file.path).open("rb") as opened:
        init = opened.read(file.init_bytes)
        opened.seek(gop.offset)
        return init + opened.read(gop.length)
