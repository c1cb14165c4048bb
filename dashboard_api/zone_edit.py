"""Replacing the zones of a camera."""

from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from dashboard_api.schemas.cameras import ZoneIn
from models.camera import Camera, Zone
from models.kit.errors import InvalidInput
from models.office import ServiceWindow


async def replace(session: AsyncSession, camera: Camera, wanted: list[ZoneIn]) -> None:
    """Keep the zones whose id is given, changed as told; add those without; remove the rest.

    Raises:
        InvalidInput: an id that is not a zone of this camera, one given twice, or a window of
            another office.
    """
    query = select(Zone).where(Zone.camera_id == camera.id).with_for_update()
    present = {zone.id: zone for zone in (await session.execute(query)).scalars()}
    windows = set(
        await session.scalars(
            select(ServiceWindow.id).where(ServiceWindow.office_id == camera.office_id)
        )
    )
    kept: set[UUID] = set()
    for index, given in enumerate(wanted):
        where = f"zones.{index}"
        if given.window_id is not None and given.window_id not in windows:
            raise InvalidInput("window_id is not of this camera's office", field=where)
        if given.id is not None and (given.id not in present or given.id in kept):
            raise InvalidInput("id is not a zone of this camera, or is given twice", field=where)
        zone = present[given.id] if given.id is not None else Zone(camera_id=camera.id)
        for name, value in given.model_dump(exclude={"id"}, mode="json").items():
            setattr(zone, name, value)
        zone.window_id = given.window_id
        session.add(zone)
        if given.id is not None:
            kept.add(given.id)
    gone = set(present) - kept
    if gone:
        await session.execute(delete(Zone).where(Zone.id.in_(gone)))
    await session.flush()
