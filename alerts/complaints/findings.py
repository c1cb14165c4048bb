"""What vision saw at the window and in the queues around the stated minute."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import FromClause, bindparam, select, true, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from alerts.times import iso
from models.camera import Camera, Zone
from models.complaint import Complaint
from models.observation import ZoneObservationRow as Row
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
    rows = await session.execute(
        _FINDINGS,
        {
            "office_id": complaint.office_id,
            "window_id": complaint.window_id,
            "earliest": starts_at - _LOOK_BACK,
            "from": starts_at,
            "to": ends_at,
        },
    )
    return [
        {
            "zone_id": str(zone_id),
            "zone_kind": kind,
            "window_number": number,
            "state": state,
            "people": people,
            "since": iso(since),
            "at": iso(at),
        }
        for zone_id, kind, number, state, people, since, at in rows
    ]


def _seen() -> FromClause:
    """Return for each zone the state that held when the span began, and the changes in it."""
    of_zone = select(Row.state, Row.people, Row.since, Row.at)
    of_zone = of_zone.where(Row.zone_id == Zone.id).correlate(Zone)
    in_force = (
        of_zone.where(Row.at < bindparam("from"), Row.at >= bindparam("earliest"))
        .order_by(Row.at.desc())
        .limit(1)
        .subquery()
    )
    changes = of_zone.where(Row.at.between(bindparam("from"), bindparam("to")))
    return union_all(select(*in_force.c), changes).lateral()


_SEEN = _seen()
_FINDINGS = (
    select(Zone.id, Zone.kind, ServiceWindow.number, *_SEEN.c)
    .join(Camera, Camera.id == Zone.camera_id)
    .outerjoin(ServiceWindow, ServiceWindow.id == Zone.window_id)
    .join(_SEEN, true())
    .where(
        Camera.office_id == bindparam("office_id"),
        (Zone.kind == ZoneKind.QUEUE) | (Zone.window_id == bindparam("window_id")),
    )
    .order_by(_SEEN.c.at)
    .limit(_MOST)
)
