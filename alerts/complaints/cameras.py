"""Feeds the resolver from the tables: an office's cameras, their zones, and who recorded."""

from collections import defaultdict
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from alerts.complaints.resolver import Candidate, RankedCamera, SeenZone, rank
from models.camera import Camera, Zone
from models.observations import ZoneKind
from models.recording import Recording

_MINUTE = timedelta(seconds=60)


async def rank_cameras(
    session: AsyncSession, office_id: UUID, window_id: UUID | None, happened_at: datetime
) -> list[RankedCamera]:
    """Return the office's cameras, best first, for the window at that minute."""
    recorded = exists().where(
        Recording.camera_id == Camera.id,
        Recording.started_at <= happened_at + _MINUTE,
        # Files last seconds to minutes: the bound keeps the search inside the time index.
        Recording.started_at >= happened_at - timedelta(hours=2),
        Recording.ended_at >= happened_at - _MINUTE,
    )
    cameras = (
        await session.execute(
            select(Camera.id, Camera.code, Camera.view, Camera.enabled, recorded).where(
                Camera.office_id == office_id
            )
        )
    ).all()
    zones: dict[UUID, list[SeenZone]] = defaultdict(list)
    for camera_id, kind, zone_window_id in await session.execute(
        select(Zone.camera_id, Zone.kind, Zone.window_id)
        .join(Camera, Camera.id == Zone.camera_id)
        .where(Camera.office_id == office_id)
    ):
        zones[camera_id].append(SeenZone(ZoneKind(kind), zone_window_id))
    return rank(
        (
            Candidate(camera_id, code, view, enabled, tuple(zones[camera_id]), has_footage)
            for camera_id, code, view, enabled, has_footage in cameras
        ),
        window_id,
        happened_at,
    )
