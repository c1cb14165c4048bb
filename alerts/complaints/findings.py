"""What vision saw at the window and in the queues around the stated minute."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from alerts.times import iso
from models.camera import Camera, Zone
from models.complaint import Complaint
from models.observation import ZoneObservationRow
from models.observations import ZoneKind
from models.office import ServiceWindow

AROUND = timedelta(minutes=15)
_LOOK_BACK = timedelta(days=1)  # a state older than this is no finding about that minute
_MOST = 500


async def findings(
    session: AsyncSession, complaint: Complaint, now: datetime
) -> list[dict[str, Any]]:
    """Return the changes within a quarter of an hour, and what held when that span began."""
    margin = AROUND + timedelta(seconds=complaint.happened_within_s)
    starts_at = complaint.happened_at - margin
    ends_at = min(complaint.happened_at + margin, now)
    place = Zone.kind == ZoneKind.QUEUE
    if complaint.window_id is not None:
        place |= Zone.window_id == complaint.window_id
    zones = (
        await session.execute(
            select(Zone.id, Zone.kind, ServiceWindow.number)
            .join(Camera, Camera.id == Zone.camera_id)
            .outerjoin(ServiceWindow, ServiceWindow.id == Zone.window_id)
            .where(Camera.office_id == complaint.office_id, place)
        )
    ).all()
    seen: list[ZoneObservationRow] = []
    for zone_id, _, _ in zones:
        in_force = await session.execute(
            select(ZoneObservationRow)
            .where(
                ZoneObservationRow.zone_id == zone_id,
                ZoneObservationRow.at < starts_at,
                ZoneObservationRow.at >= starts_at - _LOOK_BACK,
            )
            .order_by(ZoneObservationRow.at.desc())
            .limit(1)
        )
        seen.extend(in_force.scalars())
    changes = await session.execute(
        select(ZoneObservationRow)
        .where(
            ZoneObservationRow.zone_id.in_([zone_id for zone_id, _, _ in zones]),
            ZoneObservationRow.at.between(starts_at, ends_at),
        )
        .order_by(ZoneObservationRow.at)
        .limit(_MOST)
    )
    seen = sorted(seen, key=lambda row: row.at) + list(changes.scalars())
    described = {zone_id: (kind, number) for zone_id, kind, number in zones}
    return [
        {
            "zone_id": str(row.zone_id),
            "zone_kind": described[row.zone_id][0],
            "window_number": described[row.zone_id][1],
            "state": row.state,
            "people": row.people,
            "since": iso(row.since),
            "at": iso(row.at),
        }
        for row in seen
    ]
