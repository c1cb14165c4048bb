"""Feeds the resolver from the tables: an office's cameras, their zones, and who recorded."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, bindparam, exists, func, or_, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from alerts.complaints.resolver import Candidate, RankedCamera, SeenZone, rank
from alerts.times import iso
from models.camera import Camera, Zone
from models.complaint import Complaint
from models.observations import StreamKind, ZoneKind
from models.recording import Recording

_MINUTE = timedelta(seconds=60)
_LONGEST_FILE = timedelta(hours=2)  # they last seconds to minutes
_FILES_LOOKED_AT = 3  # a camera's files follow each other; few overlap


async def rank_cameras(
    session: AsyncSession, office_id: UUID, window_id: UUID | None, happened_at: datetime
) -> list[RankedCamera]:
    """Return the office's cameras, best first, for the window at that minute."""
    rows = await _of_office(session, office_id, happened_at)
    return _ranked(rows, window_id, happened_at)


async def cameras_shown(session: AsyncSession, complaint: Complaint) -> list[dict[str, Any]]:
    """Return the same for a card, as the API shows it."""
    rows = await _of_office(session, complaint.office_id, complaint.happened_at)
    names = {row.id: {"id": str(row.id), "name": row.name, "view": row.view} for row in rows}
    return [
        {
            "camera": names[camera.camera_id],
            "score": camera.score,
            "reasons": [str(reason) for reason in camera.reasons],
            "replay_from": iso(camera.replay_from),
            "at": iso(camera.at),
        }
        for camera in _ranked(rows, complaint.window_id, complaint.happened_at)
    ]


def _ranked(
    rows: Sequence[Row[Any]], window_id: UUID | None, happened_at: datetime
) -> list[RankedCamera]:
    return rank(
        (
            Candidate(
                row.id,
                row.code,
                row.view,
                row.enabled,
                tuple(SeenZone(ZoneKind(kind), of and UUID(of)) for kind, of in row.zones),
                row.recorded,
            )
            for row in rows
        ),
        window_id,
        happened_at,
    )


async def _of_office(
    session: AsyncSession, office_id: UUID, happened_at: datetime
) -> Sequence[Row[Any]]:
    """Return the office's cameras, their zones, and whether they recorded at that minute."""
    minute = {"from": happened_at - _MINUTE, "to": happened_at + _MINUTE}
    given = {"office_id": office_id, "earliest": happened_at - _LONGEST_FILE, **minute}
    return (await session.execute(_OFFICE, given)).all()


def _reaches(kind: StreamKind) -> ColumnElement[bool]:
    """Say whether one of the files begun last before the minute's end reaches into the minute."""
    begun = (
        select(Recording.ended_at)
        .where(
            Recording.camera_id == Camera.id,
            Recording.stream_kind == kind.value,
            Recording.started_at <= bindparam("to"),
            Recording.started_at >= bindparam("earliest"),
        )
        .order_by(Recording.started_at.desc())
        .limit(_FILES_LOOKED_AT)
        .correlate(Camera)
        .subquery()
    )
    return exists().where(begun.c.ended_at >= bindparam("from"))


_ZONE = func.jsonb_build_array(Zone.kind, Zone.window_id)
_ZONES = (
    select(func.coalesce(func.jsonb_agg(_ZONE), func.jsonb_build_array(), type_=JSONB))
    .where(Zone.camera_id == Camera.id)
    .correlate(Camera)
    .scalar_subquery()
)
_OFFICE = select(  # made once: putting it together costs more than sending it
    Camera.id,
    Camera.code,
    Camera.name,
    Camera.view,
    Camera.enabled,
    _ZONES.label("zones"),
    or_(*(_reaches(kind) for kind in StreamKind)).label("recorded"),
).where(Camera.office_id == bindparam("office_id"))
