"""What footage there is of a camera in a span, and what is missing and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from ingest.recordings.facts import unpack_gops
from ingest.recordings.stored_file import StoredFile
from models.observations import StreamKind
from models.recording import Recording, RecordingGap

_BEGUN_BEFORE = 3  # files begun before a span that may reach into it: one, or few that overlap
_FILE = (
    Recording.id,
    Recording.node_name,
    Recording.path,
    Recording.started_at,
    Recording.ended_at,
    Recording.init_bytes,
    Recording.codec,
    Recording.gops,
)


def _overlapping(*columns: Any) -> Select[*tuple[Any, ...]]:
    """Return a query for the files of [start, end), oldest first.

    Both bounds are on the start, so that the index over camera and time gives exactly these rows
    however many days there are: the lower one is the start of the files begun just before.
    """
    start: BindParameter[datetime] = bindparam("start")
    end: BindParameter[datetime] = bindparam("end")
    of_stream = (
        Recording.camera_id == bindparam("camera_id"),
        Recording.stream_kind == bindparam("kind"),
        Recording.deleting_at.is_(None),
    )
    before = (
        select(Recording.started_at)
        .where(*of_stream, Recording.started_at <= start)
        .order_by(Recording.started_at.desc())
        .limit(_BEGUN_BEFORE)
        .subquery()
    )
    earliest = select(func.min(before.c.started_at)).scalar_subquery()
    return (
        select(*columns)
        .where(
            *of_stream,
            Recording.started_at >= func.coalesce(earliest, start),
            Recording.started_at < end,
            Recording.ended_at > start,
        )
        .order_by(Recording.started_at)
    )


# Made once: putting a query together costs more than sending it, and a seek waits for it.
_SEGMENTS = _overlapping(Recording)
_FILES = _overlapping(*_FILE).where(Recording.node_name == bindparam("node_name"))
_SPANS = _overlapping(Recording.started_at, Recording.ended_at)


@dataclass(frozen=True, slots=True)
class Gop:
    """One fragment: a key picture and what follows; ``offset`` and ``length`` are bytes."""

    at: datetime
    duration_s: float
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class SegmentSpan:
    """One file that overlaps the span asked for; ``path`` is relative to the recordings folder.

    ``gops`` are all of the file, in order; bytes 0 to ``init_bytes`` are its ftyp and moov.
    """

    recording_id: int
    camera_id: UUID
    kind: StreamKind
    node_name: str
    path: str
    started_at: datetime
    ended_at: datetime
    init_bytes: int
    size_bytes: int
    gops: tuple[Gop, ...]
    codec: str
    closed: bool
    sha256: str | None


@dataclass(frozen=True, slots=True)
class GapSpan:
    """A span without footage; ``ended_at`` None while it lasts."""

    started_at: datetime
    ended_at: datetime | None
    reason: str


async def segments(
    session: AsyncSession,
    camera_id: UUID,
    kind: StreamKind,
    start: datetime,
    end: datetime,
    *,
    node_name: str | None = None,
) -> list[SegmentSpan]:
    """Return the files that hold anything of [start, end), oldest first.

    Args:
        session: to read with.
        camera_id: whose.
        kind: main or sub.
        start: aware.
        end: aware, exclusive.
        node_name: only those that this node holds; None for all nodes.
    """
    query = _SEGMENTS
    if node_name is not None:
        query = query.where(Recording.node_name == node_name)
    found = await session.execute(query, _given(camera_id, kind, start, end))
    return [span_of(row) for row in found.scalars()]


async def files(
    session: AsyncSession,
    camera_id: UUID,
    kind: StreamKind,
    start: datetime,
    end: datetime,
    *,
    node_name: str,
) -> list[StoredFile]:
    """Return what ``segments`` returns of this node as plain rows, for long intervals."""
    given = _given(camera_id, kind, start, end) | {"node_name": node_name}
    return [StoredFile(*row) for row in await session.execute(_FILES, given)]


async def recorded_spans(
    session: AsyncSession, camera_id: UUID, kind: StreamKind, start: datetime, end: datetime
) -> list[tuple[datetime, datetime]]:
    """Return when each file of [start, end) began and ended, of whatever node, oldest first."""
    found = await session.execute(_SPANS, _given(camera_id, kind, start, end))
    return [(begun, ended) for begun, ended in found]


def _given(camera_id: UUID, kind: StreamKind, start: datetime, end: datetime) -> dict[str, Any]:
    return {"camera_id": camera_id, "kind": kind.value, "start": start, "end": end}


async def gaps(
    session: AsyncSession, camera_id: UUID, kind: StreamKind, start: datetime, end: datetime
) -> list[GapSpan]:
    """Return the gaps that touch [start, end), oldest first."""
    still_open_or_later: ColumnElement[bool] = or_(
        RecordingGap.ended_at.is_(None), RecordingGap.ended_at > start
    )
    query = (
        select(RecordingGap.started_at, RecordingGap.ended_at, RecordingGap.reason)
        .where(
            RecordingGap.camera_id == camera_id,
            RecordingGap.stream_kind == kind.value,
            RecordingGap.started_at < end,
            still_open_or_later,
        )
        .order_by(RecordingGap.started_at)
    )
    return [GapSpan(r.started_at, r.ended_at, r.reason) for r in await session.execute(query)]


def covering(span: SegmentSpan, start: datetime, end: datetime) -> Sequence[Gop]:
    """Return the GOPs of a file that overlap [start, end); the first may begin before start."""
    return [
        gop
        for gop in span.gops
        if gop.at < end and gop.at + timedelta(seconds=gop.duration_s) > start
    ]


def span_of(row: Recording) -> SegmentSpan:
    return SegmentSpan(
        recording_id=row.id,
        camera_id=row.camera_id,
        kind=StreamKind(row.stream_kind),
        node_name=row.node_name,
        path=row.path,
        started_at=row.started_at,
        ended_at=row.ended_at,
        init_bytes=row.init_bytes,
        size_bytes=row.size_bytes,
        gops=tuple(
            Gop(row.started_at + timedelta(milliseconds=at_ms), length_ms / 1000, offset, length)
            for at_ms, length_ms, offset, length in unpack_gops(row.gops)
        ),
        codec=row.codec,
        closed=row.closed,
        sha256=row.sha256,
    )
