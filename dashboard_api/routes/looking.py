"""/cameras/{id}/looking: how often and how strictly vision looks at a camera, and how it goes."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from dashboard_api import audit, scope
from dashboard_api.dependencies import Centre, Requires
from dashboard_api.permissions import Permission
from dashboard_api.schemas import looking
from dashboard_api.sessions import Caller
from models.kit.bus import announce
from models.looking import CameraHealth, CameraLooking

router = APIRouter(tags=["cameras"])
ZoneEditor = Annotated[Caller, Depends(Requires(Permission.ZONES_EDIT))]


@router.get("/cameras/{camera_id}/looking")
async def read_looking(camera_id: UUID, caller: ZoneEditor, centre: Centre) -> looking.Looking:
    async with centre.database.read() as session:
        await scope.camera(session, camera_id, caller)
        return await _show(session, camera_id)


@router.put("/cameras/{camera_id}/looking")
async def change_looking(
    camera_id: UUID, wanted: looking.LookingIn, caller: ZoneEditor, centre: Centre
) -> looking.Looking:
    """Set both; what is null goes back to what the product does by itself."""
    values = wanted.model_dump()
    async with centre.database.transaction() as session:
        await scope.camera(session, camera_id, caller)
        new = insert(CameraLooking).values(camera_id=camera_id, **values)
        await session.execute(new.on_conflict_do_update(index_elements=["camera_id"], set_=values))
        audit.record(session, caller.operator_id, "camera.looking", camera_id, **values)
        announce(session, "config", camera_id, {"camera_id": str(camera_id)})
        return await _show(session, camera_id)


async def _show(session: AsyncSession, camera_id: UUID) -> looking.Looking:
    wished = await session.get(CameraLooking, camera_id, populate_existing=True)
    health = await session.get(CameraHealth, camera_id)
    return looking.Looking(
        looks_per_s=wished.looks_per_s if wished else None,
        score=wished.score if wished else None,
        health=health and looking.LookingHealth.model_validate(health, from_attributes=True),
    )
