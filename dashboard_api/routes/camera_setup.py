"""/cameras, for administrators: adding, changing, and what is measured of them; no footage."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from dashboard_api import audit, camera_edit, camera_setup_view, camera_view, scope
from dashboard_api.dependencies import Centre, Requires
from dashboard_api.permissions import Permission
from dashboard_api.schemas import camera_setup, cameras
from dashboard_api.sessions import Caller

router = APIRouter(tags=["cameras"])
Configurer = Annotated[Caller, Depends(Requires(Permission.CAMERAS_CONFIGURE))]


@router.post("/cameras", status_code=201)
async def add_camera(
    wanted: camera_setup.CameraIn, response: Response, caller: Configurer, centre: Centre
) -> cameras.Camera:
    """Add a camera; its media node starts pulling it at once."""
    await camera_edit.check_addresses(centre.settings, wanted)
    async with centre.database.transaction() as session:
        await scope.office(session, wanted.office_id, caller)
        camera = await camera_edit.add(
            session, wanted, settings=centre.settings, key=centre.key, now=centre.clock.now()
        )
        audit.record(session, caller.operator_id, "camera.add", camera.id, code=camera.code)
        await session.flush()
        shown = (await camera_view.show(session, [camera.id], centre.clock.now()))[0]
    response.headers["Location"] = f"/api/v1/cameras/{camera.id}"
    return shown


@router.get("/cameras/{camera_id}/setup")
async def read_setup(
    camera_id: UUID, caller: Configurer, centre: Centre
) -> camera_setup.CameraSetup:
    async with centre.database.read() as session:
        camera = await scope.camera(session, camera_id, caller)
        return await camera_setup_view.show(session, camera)


@router.put("/cameras/{camera_id}")
async def change_camera(
    camera_id: UUID, wanted: camera_setup.CameraEdit, caller: Configurer, centre: Centre
) -> camera_setup.CameraSetup:
    """Change a camera. ``enabled`` false stops it; its recordings stay as long as they would."""
    await camera_edit.check_addresses(centre.settings, wanted)
    async with centre.database.transaction() as session:
        camera = await scope.camera(session, camera_id, caller)
        changed = await camera_edit.change(
            session, camera, wanted, key=centre.key, now=centre.clock.now()
        )
        audit.record(session, caller.operator_id, "camera.change", camera_id, changed=changed)
        await session.flush()
        return await camera_setup_view.show(session, camera)
