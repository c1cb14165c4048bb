"""/cameras: finding and inspecting cameras, and turning those that turn."""

import asyncio
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from sqlalchemy import select

from dashboard_api import audit, camera_edit, camera_look, scope
from dashboard_api.dependencies import Centre, Requires
from dashboard_api.permissions import Permission
from dashboard_api.schemas import camera_look as schemas
from dashboard_api.sessions import Caller
from ingest.cameras.address import host_of
from ingest.onvif.discovery import discover
from ingest.onvif.reaching import reach
from models.camera import Camera, Stream
from models.kit.bus import announce
from models.kit.errors import Conflict
from models.observations import StreamKind

router = APIRouter(tags=["cameras"])
Configurer = Annotated[Caller, Depends(Requires(Permission.CAMERAS_CONFIGURE))]
Turner = Annotated[Caller, Depends(Requires(Permission.CAMERAS_TURN))]


@router.post("/cameras/discover")
async def discover_cameras(
    wanted: schemas.DiscoverIn, caller: Configurer, centre: Centre
) -> schemas.FoundDevices:
    """Ask the network who is an ONVIF camera; takes three seconds."""
    found = await discover(centre.settings.camera_networks, addresses=wanted.addresses)
    async with centre.database.transaction() as session:
        audit.record(session, caller.operator_id, "camera.discover", "", found=len(found))
        known = {}
        for camera_id, url in await session.execute(
            select(Stream.camera_id, Stream.url).join(Camera).where(scope.cameras(caller))
        ):
            known[host_of(url)] = camera_id
    return schemas.FoundDevices(
        items=[
            schemas.FoundDevice(
                url=each.url,
                address=each.address,
                name=each.name,
                hardware=each.hardware,
                camera_id=known.get(each.address),
            )
            for each in found
        ]
    )


@router.post("/cameras/inspect")
async def inspect_camera(
    wanted: schemas.InspectIn, caller: Configurer, centre: Centre
) -> schemas.Look:
    """Watch streams for some seconds and say plainly what is wrong; nothing is stored or shown."""
    credentials = camera_edit.given(wanted.credentials)
    streams: list[tuple[StreamKind | None, str, str]] = []
    async with centre.database.transaction() as session:
        if wanted.camera_id is not None:
            camera = await scope.camera(session, wanted.camera_id, caller)
            credentials = credentials or camera_look.credentials_of(camera, centre.key)
            query = select(Stream).where(Stream.camera_id == camera.id).order_by(Stream.kind)
            for row in (await session.execute(query)).scalars():
                streams.append((StreamKind(row.kind), row.url, row.transport))
        elif wanted.url is not None:
            streams.append((wanted.kind, wanted.url, wanted.transport))
        target = wanted.onvif_url or streams[0][1]
        audit.record(
            session, caller.operator_id, "camera.inspect", wanted.camera_id or host_of(target)
        )
    if wanted.onvif_url is not None:
        device, looks = await camera_look.look_at_device(
            centre, wanted.onvif_url, credentials, wanted.transport
        )
        return schemas.Look(device=device, streams=looks)
    looks = await asyncio.gather(
        *(
            camera_look.look_at_stream(centre, url, credentials, kind, transport)
            for kind, url, transport in streams
        )
    )
    return schemas.Look(device=None, streams=looks)


@router.get("/cameras/{camera_id}/presets")
async def list_presets(camera_id: UUID, caller: Turner, centre: Centre) -> schemas.Presets:
    """Stored positions of a camera that turns; empty where it does not."""
    async with centre.database.read() as session:
        camera = await scope.camera(session, camera_id, caller)
    if camera.onvif_url is None:
        return schemas.Presets(items=[], turn=None)
    credentials = camera_look.credentials_of(camera, centre.key)
    networks = centre.settings.camera_networks
    async with reach(camera.onvif_url, credentials, networks, centre.clock) as device:
        presets = await device.presets()
    turn = centre.turns.held(camera_id, centre.clock.now())
    return schemas.Presets(
        items=[schemas.Preset(token=p.token, name=p.name) for p in presets],
        turn=turn and schemas.Turn.model_validate(turn, from_attributes=True),
    )


@router.post("/cameras/{camera_id}/presets/{token}/go", status_code=204)
async def go_to_preset(camera_id: UUID, token: str, caller: Turner, centre: Centre) -> None:
    """Turn the camera to a stored position; it is the caller's for the next 30 s."""
    async with centre.database.transaction() as session:
        camera = await scope.camera(session, camera_id, caller)
        if camera.onvif_url is None:
            raise Conflict("This camera has no ONVIF address, so it cannot be turned from here")
        announce(
            session, "turn", camera_id, centre.turns.take(camera_id, caller, centre.clock.now())
        )
        audit.record(session, caller.operator_id, "camera.turn", camera_id, preset=token[:200])
    credentials = camera_look.credentials_of(camera, centre.key)
    networks = centre.settings.camera_networks
    async with reach(camera.onvif_url, credentials, networks, centre.clock) as device:
        await device.go_to(token)
