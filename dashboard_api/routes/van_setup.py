"""/vehicles and /devices: which vans there are and what reports for them, and how well."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy.ext.asyncio import AsyncSession

from dashboard_api import audit, device_messages, scope, van_setup
from dashboard_api.dependencies import Centre, Requires
from dashboard_api.device_health import REMEMBERED
from dashboard_api.permissions import Permission
from dashboard_api.schemas import devices
from dashboard_api.services import Services
from dashboard_api.sessions import Caller
from models.vehicle import Vehicle

router = APIRouter(tags=["vans"])
Looker = Annotated[Caller, Depends(Requires(Permission.VANS_DEVICES))]
Configurer = Annotated[Caller, Depends(Requires(Permission.VANS_CONFIGURE))]


async def _shown(
    session: AsyncSession, van_id: UUID, caller: Caller, centre: Services
) -> devices.VanSetup:
    (van,) = await van_setup.shown(session, Vehicle.id == van_id, caller, centre.clock.now())
    return van


@router.get("/devices")
async def read_devices(caller: Looker, centre: Centre) -> devices.DevicesSetup:
    """Vans with their devices and how these report, and the ports that each protocol has."""
    async with centre.database.read() as session:
        return await van_setup.setup(session, centre.settings, caller, centre.clock.now())


@router.get("/devices/unknown")
async def read_unknown_devices(caller: Configurer, centre: Centre) -> devices.UnknownDevices:
    """Devices that reported within a week and that no van has, the latest first."""
    del caller  # which region a stranger is of nobody knows
    async with centre.database.read() as session:
        return await van_setup.unknown_devices(session, centre.clock.now())


@router.get("/devices/{device_id}/messages")
async def read_device_messages(
    device_id: UUID,
    caller: Looker,
    centre: Centre,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> devices.DeviceMessages:
    """The last messages of a device, decoded anew, with why they were not taken."""
    since = centre.clock.now() - REMEMBERED
    async with centre.database.read() as session:
        device = await van_setup.the_device(session, device_id, caller)
        kept = await device_messages.newest(session, device.identifier, since, limit)
    configures = caller.may(Permission.VANS_CONFIGURE)
    sees = caller.may(Permission.VANS_VIEW)
    name = van_setup.name_for(device.identifier, caller)
    shown = [
        device_messages.shown(message, lines, configures=configures, sees_places=sees)
        for message, lines in device_messages.decoded(kept, device.identifier)
    ]
    if not configures:
        shown = [device_messages.masked(one, device.identifier, name) for one in shown]
    return devices.DeviceMessages(items=shown)


@router.post("/vehicles", status_code=201)
async def add_vehicle(
    wanted: devices.VanIn, response: Response, caller: Configurer, centre: Centre
) -> devices.VanSetup:
    """Add a van; it is on the map as soon as a device of it reports."""
    async with centre.database.transaction() as session:
        van = await van_setup.add_van(session, wanted, caller)
        audit.record(session, caller.operator_id, "vehicle.add", van.id, plate=van.plate)
        response.headers["Location"] = f"/api/v1/vehicles/{van.id}"
        return await _shown(session, van.id, caller, centre)


@router.put("/vehicles/{vehicle_id}")
async def change_vehicle(
    vehicle_id: UUID, wanted: devices.VanIn, caller: Configurer, centre: Centre
) -> devices.VanSetup:
    async with centre.database.transaction() as session:
        van = await scope.vehicle(session, vehicle_id, caller)
        changed = await van_setup.change_van(session, van, wanted, caller)
        audit.record(session, caller.operator_id, "vehicle.change", van.id, changed=changed)
        return await _shown(session, van.id, caller, centre)


@router.post("/vehicles/{vehicle_id}/devices", status_code=201)
async def add_device(
    vehicle_id: UUID, wanted: devices.DeviceIn, caller: Configurer, centre: Centre
) -> devices.VanSetup:
    """Let a van have a device; what it sends is taken within 5 seconds."""
    async with centre.database.transaction() as session:
        van = await scope.vehicle(session, vehicle_id, caller)
        device = await van_setup.add_device(session, van, wanted)
        audit.record(
            session, caller.operator_id, "device.add", van.id,
            identifier=device.identifier, protocol=device.protocol,
        )  # fmt: skip
        return await _shown(session, van.id, caller, centre)


@router.put("/vehicles/{vehicle_id}/devices/{device_id}")
async def change_device(
    vehicle_id: UUID,
    device_id: UUID,
    wanted: devices.DeviceChange,
    caller: Configurer,
    centre: Centre,
) -> devices.VanSetup:
    """Change a device, or give it to another van; return the van that has it now."""
    async with centre.database.transaction() as session:
        van = await scope.vehicle(session, vehicle_id, caller)
        await scope.vehicle(session, wanted.vehicle_id, caller)
        device = await van_setup.change_device(session, van, device_id, wanted)
        audit.record(
            session, caller.operator_id, "device.change", van.id, identifier=device.identifier,
            protocol=device.protocol, vehicle_id=str(device.vehicle_id),
            password=wanted.password is not None,
        )  # fmt: skip
        return await _shown(session, device.vehicle_id, caller, centre)


@router.delete("/vehicles/{vehicle_id}/devices/{device_id}", status_code=204)
async def remove_device(
    vehicle_id: UUID, device_id: UUID, caller: Configurer, centre: Centre
) -> None:
    """Take a device from a van; positions that it sent stay."""
    async with centre.database.transaction() as session:
        van = await scope.vehicle(session, vehicle_id, caller)
        device = await van_setup.remove_device(session, van, device_id)
        audit.record(
            session, caller.operator_id, "device.remove", van.id, identifier=device.identifier
        )
