"""Vans and their devices, edited by administrators; who reports here without being known."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from dashboard_api.schemas import devices as schemas
from dashboard_api.sessions import Caller
from ingest.gps.decoders.message import Rejected, identifier
from ingest.gps.decoders.table import BY_NAME, PROTOCOLS
from models.kit.errors import Conflict, Forbidden, InvalidInput, NotFound
from models.kit.settings import Settings
from models.office import Region
from models.vehicle import Device, Vehicle

UNKNOWN_LIMIT = 500
_SEEN_WITHIN = timedelta(days=7)
_IMEI_PROTOCOLS = ("teltonika",)  # these devices can send nothing else
# A relay speaks for many vans: whom it named says the sentence of ingest/gps/devices.py.
_UNKNOWN = text("""
    SELECT named, protocol, max(received_at), count(*)
    FROM (
        SELECT coalesce(substring(rejection FROM 'Device (.+) is not registered'), device) AS named,
               protocol, received_at
        FROM raw_message
        WHERE rejection LIKE 'unknown\\_device:%' AND received_at >= :since
    ) AS stranger
    WHERE named IS NOT NULL AND NOT EXISTS (SELECT FROM device WHERE identifier = named)
    GROUP BY named, protocol
    ORDER BY max(received_at) DESC
    LIMIT :most
""")


async def add_van(session: AsyncSession, wanted: schemas.VanIn, caller: Caller) -> Vehicle:
    """Add a van.

    Raises:
        InvalidInput: there is no such region.
        Forbidden: the region is not the caller's.
        Conflict: the plate is taken.
    """
    await _check(session, wanted, caller, None)
    van = Vehicle(**_columns(wanted), devices=[])
    session.add(van)
    await session.flush()
    return van


async def change_van(
    session: AsyncSession, van: Vehicle, wanted: schemas.VanIn, caller: Caller
) -> list[str]:
    """Change a van; return the names of what changed.

    Raises:
        InvalidInput, Forbidden, Conflict: see add_van.
    """
    await _check(session, wanted, caller, van.id)
    changed = [name for name, value in _columns(wanted).items() if getattr(van, name) != value]
    for name in changed:
        setattr(van, name, _columns(wanted)[name])
    await session.flush()
    return changed


def _columns(wanted: schemas.VanIn) -> dict[str, object]:
    return wanted.model_dump()


async def _check(
    session: AsyncSession, wanted: schemas.VanIn, caller: Caller, own_id: UUID | None
) -> None:
    if await session.get(Region, wanted.region_id) is None:
        raise InvalidInput(
            "There is no such region; choose one of GET /regions.", field="region_id"
        )
    if caller.region_id not in (None, wanted.region_id):
        raise Forbidden("You may set up vans of your own region only.")
    query = select(Vehicle.id).where(func.upper(Vehicle.plate) == wanted.plate)
    taken = (await session.execute(query)).scalar_one_or_none()
    if taken not in (None, own_id):
        raise Conflict(f"There is a van {wanted.plate} already.")


async def add_device(session: AsyncSession, van: Vehicle, wanted: schemas.DeviceIn) -> Device:
    """Let a van have a device; receivers let it in within 5 seconds.

    Raises:
        InvalidInput: the protocol is not read here, or no device of it can have that identifier.
        Conflict: another device has it.
    """
    if wanted.protocol not in BY_NAME:
        known = ", ".join(BY_NAME)
        raise InvalidInput(f"Choose one of the protocols {known}.", field="protocol")
    try:
        cleaned = identifier(wanted.identifier)
    except Rejected as rejected:
        raise InvalidInput(rejected.rejection.detail, field="identifier") from rejected
    digits = cleaned.isascii() and cleaned.isdecimal() and 8 <= len(cleaned) <= 17
    if wanted.protocol in _IMEI_PROTOCOLS and not digits:
        title = BY_NAME[wanted.protocol].title
        raise InvalidInput(f"{title} devices are known by their IMEI: digits.", field="identifier")
    query = (
        select(Vehicle.plate)
        .join(Device, Device.vehicle_id == Vehicle.id)
        .where(Device.identifier == cleaned)
    )
    plate = (await session.execute(query)).scalar_one_or_none()
    if plate is not None:
        raise Conflict(f"Van {plate} has the device {cleaned}; remove it there first.")
    password = wanted.password.get_secret_value() if wanted.password else None
    device = Device(
        vehicle_id=van.id, identifier=cleaned, protocol=wanted.protocol, password=password or None
    )
    session.add(device)
    await session.flush()
    return device


async def remove_device(session: AsyncSession, van: Vehicle, device_id: UUID) -> Device:
    """Take a device from a van; its positions stay. Receivers refuse it within a minute.

    Raises:
        NotFound: the van has no such device.
    """
    query = select(Device).where(Device.id == device_id, Device.vehicle_id == van.id)
    device = (await session.execute(query)).scalar_one_or_none()
    if device is None:
        raise NotFound(f"The van {van.plate} has no device {device_id}.")
    await session.delete(device)
    return device


async def setup(session: AsyncSession, settings: Settings, caller: Caller) -> schemas.DevicesSetup:
    """Return the vans that the caller may set up, and where devices have to report to."""
    query = select(Vehicle).options(selectinload(Vehicle.devices)).order_by(Vehicle.plate)
    if caller.region_id is not None:
        query = query.where(Vehicle.region_id == caller.region_id)
    vans = (await session.execute(query)).scalars().all()
    return schemas.DevicesSetup(
        vans=[shown(van, list(van.devices)) for van in vans],
        protocols=[
            schemas.ProtocolOut(
                name=each.name,
                title=each.title,
                port=getattr(settings, each.port_setting),
                transports=list(each.readings),
            )
            for each in PROTOCOLS
        ],
    )


async def devices_of(session: AsyncSession, van: Vehicle) -> list[Device]:
    query = select(Device).where(Device.vehicle_id == van.id)
    return list((await session.execute(query)).scalars())


def shown(van: Vehicle, devices: list[Device]) -> schemas.VanSetup:
    """Return a van with its devices by identifier; passwords are never shown."""
    return schemas.VanSetup(
        id=van.id,
        plate=van.plate,
        name=van.name,
        region_id=van.region_id,
        report_interval_s=van.report_interval_s,
        devices=[
            schemas.DeviceOut(
                id=each.id,
                identifier=each.identifier,
                protocol=each.protocol,
                has_password=each.password is not None,
            )
            for each in sorted(devices, key=lambda each: each.identifier)
        ],
    )


async def unknown_devices(session: AsyncSession, now: datetime) -> schemas.UnknownDevices:
    """Return the devices of the last week that nobody registered, the latest first."""
    limits = {"since": now - _SEEN_WITHIN, "most": UNKNOWN_LIMIT}
    return schemas.UnknownDevices(
        items=[
            schemas.UnknownDevice(identifier=row[0], protocol=row[1], last_seen_at=row[2],
                                  messages=row[3])
            for row in await session.execute(_UNKNOWN, limits)
        ]
    )  # fmt: skip
