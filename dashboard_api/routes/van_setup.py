"""/vehicles and /devices, for administrators: which vans there are and what reports for them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from dashboard_api import audit, scope, van_setup
from dashboard_api.dependencies import Centre, Requires
from dashboard_api.permissions import Permission
from dashboard_api.schemas import devices
from dashboard_api.sessions import Caller

router = APIRouter(tags=["vans"])
Configurer = Annotated[Caller, Depends(Requires(Permission.VANS_CONFIGURE))]


@router.get("/devices")
async def read_devices(caller: Configurer, centre: Centre) -> devices.DevicesSetup:
    """Vans with their devices, and the ports that devices of each protocol report to."""
    async with centre.database.read() as session:
        return await van_setup.setup(session, centre.settings, caller)


@router.get("/devices/unknown")
async def read_unknown_devices(caller: Configurer, centre: Centre) -> devices.UnknownDevices:
    """Devices that reported within a week and that no van has, the latest first."""
    del caller  # which region a stranger is of nobody knows
    async with centre.database.read() as session:
        return await van_setup.unknown_devices(session, centre.clock.now())


@router.post("/vehicles", status_code=201)
async def add_vehicle(
    wanted: devices.VanIn, response: Response, caller: Configurer, centre: Centre
) -> devices.VanSetup:
    """Add a van; it is on the map as soon as a device of it reports."""
    async with centre.database.transaction() as session:
        van = await van_setup.add_van(session, wanted, caller)
        audit.record(session, caller.operator_id, "vehicle.add", van.id, plate=van.plate)
    response.headers["Location"] = f"/api/v1/vehicles/{van.id}"
    return van_setup.shown(van, [])


@router.put("/vehicles/{vehicle_id}")
async def change_vehicle(
    vehicle_id: UUID, wanted: devices.VanIn, caller: Configurer, centre: Centre
) -> devices.VanSetup:
    async with centre.database.transaction() as session:
        van = await scope.vehicle(session, vehicle_id, caller)
        changed = await van_setup.change_van(session, van, wanted, caller)
        audit.record(session, caller.operator_id, "vehicle.change", van.id, changed=changed)
        return van_setup.shown(van, await van_setup.devices_of(session, van))


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
        return van_setup.shown(van, await van_setup.devices_of(session, van))


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
