"""The newest observation of zones, in one query."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from models.camera import Zone
from models.observation import ZoneObservationRow


async def newest(
    session: AsyncSession, zone_ids: Collection[UUID]
) -> dict[UUID, ZoneObservationRow]:
    """Return the newest observation by zone; zones never observed are absent."""
    if not zone_ids:
        return {}
    last = (
        select(ZoneObservationRow)
        .where(ZoneObservationRow.zone_id == Zone.id)
        .order_by(ZoneObservationRow.at.desc(), ZoneObservationRow.id.desc())
        .limit(1)
        .lateral()
    )
    row = aliased(ZoneObservationRow, last)
    query = select(row).select_from(Zone).join(row, true()).where(Zone.id.in_(zone_ids))
    return {found.zone_id: found for found in (await session.execute(query)).scalars()}
