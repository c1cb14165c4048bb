"""Keeps the footage that a card may need from being deleted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.complaint import Complaint, ComplaintUpdate
from models.recording import Hold

AROUND = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Footage:
    """Cameras and a span of time."""

    camera_ids: tuple[UUID, ...]
    starts_at: datetime
    ends_at: datetime


def around(camera_ids: Sequence[UUID], at: datetime, within_s: int = 0) -> Footage:
    """Return ten minutes either side of ``at``, widened by the uncertainty of the statement."""
    margin = AROUND + timedelta(seconds=within_s)
    return Footage(tuple(camera_ids), at - margin, at + margin)


async def ensure_held(
    session: AsyncSession, complaint: Complaint, footage: Footage, *, by: UUID | None, at: datetime
) -> Hold | None:
    """Hold the footage for the card unless its holds cover it; writes the history line.

    Returns the new hold, or None when there was nothing to hold.
    """
    missing = [
        camera_id
        for camera_id in footage.camera_ids
        if not await _is_held(session, complaint.id, camera_id, footage)
    ]
    if not missing:
        return None
    hold = Hold(
        camera_ids=missing,
        starts_at=footage.starts_at,
        ends_at=footage.ends_at,
        reason=f"complaint {complaint.number}",
        complaint_id=complaint.id,
        made_by=by,
        made_at=at,
    )
    session.add(hold)
    await session.flush()
    session.add(
        ComplaintUpdate(
            complaint_id=complaint.id,
            at=at,
            kind="hold",
            by=by,
            data={
                "hold_id": str(hold.id),
                "camera_ids": [str(camera_id) for camera_id in missing],
                "starts_at": footage.starts_at.isoformat(),
                "ends_at": footage.ends_at.isoformat(),
            },
        )
    )
    return hold


async def _is_held(
    session: AsyncSession, complaint_id: UUID, camera_id: UUID, footage: Footage
) -> bool:
    covering = await session.execute(
        select(Hold.id)
        .where(
            Hold.complaint_id == complaint_id,
            Hold.camera_ids.contains([camera_id]),
            Hold.released_at.is_(None),
            Hold.starts_at <= footage.starts_at,
            Hold.ends_at >= footage.ends_at,
        )
        .limit(1)
    )
    return covering.scalar() is not None
