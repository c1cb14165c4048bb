"""The newest observation of zones, in one query."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from models.camera import Zone
from models.looking import CameraHealth, VisionNode
from models.observation import ZoneObservationRow
from models.observations import ZoneState

_SILENT_FOR = timedelta(seconds=15)  # vision's heartbeat is every 2 s


async def newest(
    session: AsyncSession,
    zone_ids: Collection[UUID],
    now: datetime,
    *,
    until: datetime | None = None,
) -> dict[UUID, ZoneObservationRow]:
    """Return the newest observation by zone; zones never observed are absent.

    While the vision process of a camera is gone its zones are unknown since its last heartbeat:
    nobody looks. With ``until``
    it is the newest that was known at that moment.
    """
    if not zone_ids:
        return {}
    last = (
        select(ZoneObservationRow)
        .where(
            ZoneObservationRow.zone_id == Zone.id,
            true() if until is None else ZoneObservationRow.at <= until,
        )
        .order_by(ZoneObservationRow.at.desc(), ZoneObservationRow.id.desc())
        .limit(1)
        .lateral()
    )
    row = aliased(ZoneObservationRow, last)
    query = select(row).select_from(Zone).join(row, true()).where(Zone.id.in_(zone_ids))
    seen = {found.zone_id: found for found in (await session.execute(query)).scalars()}
    if until is not None:
        return seen
    newest_beat = select(func.max(VisionNode.seen_at)).scalar_subquery()
    beats = await session.execute(
        select(Zone.id, func.coalesce(VisionNode.seen_at, newest_beat))
        .outerjoin(CameraHealth, CameraHealth.camera_id == Zone.camera_id)
        .outerjoin(VisionNode, VisionNode.name == CameraHealth.node)
        .where(Zone.id.in_(seen))
    )
    gone = {zone_id: at for zone_id, at in beats if at is not None and now - at > _SILENT_FOR}
    return {
        zone_id: _unknown(found, gone[zone_id]) if zone_id in gone else found
        for zone_id, found in seen.items()
    }


def _unknown(row: ZoneObservationRow, since: datetime) -> ZoneObservationRow:
    if row.state == ZoneState.UNKNOWN:
        return row
    return ZoneObservationRow(
        at=since, zone_id=row.zone_id, state=ZoneState.UNKNOWN, people=None, since=since
    )
