"""Vans and their devices, edited by administrators and looked at by dispatchers; strangers."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, text, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from dashboard_api import scope
from dashboard_api.device_health import Health, health_of
from dashboard_api.panels import PANEL_DEVICE
from dashboard_api.permissions import Permission
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
_MASKED_FROM = 8  # of a shorter one the end would be nearly all
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
        NotFound: there is no such office, or it is of another region than the caller's.
        Forbidden: the region is not the caller's.
        Conflict: the plate is taken.
    """
    await _check(session, wanted, caller, None)
    van = Vehicle(**wanted.model_dump(exclude={"base"}), base=_point(wanted.base), devices=[])
    session.add(van)
    await session.flush()
    return van


async def change_van(
    session: AsyncSession, van: Vehicle, wanted: schemas.VanIn, caller: Caller
) -> list[str]:
    """Change a van; return the names of what changed.

    Raises:
        InvalidInput, NotFound, Forbidden, Conflict: see add_van.
    """
    await _check(session, wanted, caller, van.id)
    columns = wanted.model_dump(exclude={"base"})
    changed = [name for name, value in columns.items() if getattr(van, name) != value]
    for name in changed:
        setattr(van, name, columns[name])
    if (await _bases(session, Vehicle.id == van.id)).get(van.id) != wanted.base:
        van.base = _point(wanted.base)  # type: ignore[assignment]
        changed.append("base")
    await session.flush()
    return changed


def _point(base: schemas.Base | None) -> str | None:
    return None if base is None else f"SRID=4326;POINT({base.longitude} {base.latitude})"


async def _bases(session: AsyncSession, which: ColumnElement[bool]) -> dict[UUID, schemas.Base]:
    query = select(Vehicle.id, func.ST_Y(Vehicle.base), func.ST_X(Vehicle.base))
    return {
        van_id: schemas.Base(latitude=latitude, longitude=longitude)
        for van_id, latitude, longitude in await session.execute(
            query.where(Vehicle.base.is_not(None), which)
        )
    }


async def _check(
    session: AsyncSession, wanted: schemas.VanIn, caller: Caller, own_id: UUID | None
) -> None:
    if await session.get(Region, wanted.region_id) is None:
        raise InvalidInput(
            "There is no such region; choose one of GET /regions.", field="region_id"
        )
    if caller.region_id not in (None, wanted.region_id):
        raise Forbidden("You may set up vans of your own region only.")
    if wanted.office_id is not None:
        await scope.office(session, wanted.office_id, caller)
    query = select(Vehicle.id).where(func.upper(Vehicle.plate) == wanted.plate)
    taken = (await session.execute(query)).scalar_one_or_none()
    if taken not in (None, own_id):
        raise Conflict(f"There is a van {wanted.plate} already.")


def _check_protocol(protocol: str, identifier: str) -> None:
    """Raise InvalidInput where the protocol is not read here, or has no such identifiers."""
    if protocol not in BY_NAME:
        known = ", ".join(BY_NAME)
        raise InvalidInput(f"Choose one of the protocols {known}.", field="protocol")
    digits = identifier.isascii() and identifier.isdecimal() and 8 <= len(identifier) <= 17
    if protocol in _IMEI_PROTOCOLS and not digits:
        title = BY_NAME[protocol].title
        raise InvalidInput(f"{title} devices are known by their IMEI: digits.", field="identifier")


async def add_device(session: AsyncSession, van: Vehicle, wanted: schemas.DeviceIn) -> Device:
    """Let a van have a device; receivers let it in within 5 seconds.

    Raises:
        InvalidInput: the protocol is not read here, or no device of it can have that identifier.
        Conflict: another device has it.
    """
    try:
        cleaned = identifier(wanted.identifier)
    except Rejected as rejected:
        raise InvalidInput(rejected.rejection.detail, field="identifier") from rejected
    _check_protocol(wanted.protocol, cleaned)
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


async def change_device(
    session: AsyncSession, van: Vehicle, device_id: UUID, wanted: schemas.DeviceChange
) -> Device:
    """Change a device of a van, or give it to the van ``wanted`` names, which the caller may see.

    Raises:
        NotFound: the van has no such device.
        Conflict: it is a crew's phone.
        InvalidInput: the protocol is not read here, or no device of it has that identifier.
    """
    device = await _device(session, van, device_id)
    _check_protocol(wanted.protocol, device.identifier)
    device.protocol, device.vehicle_id = wanted.protocol, wanted.vehicle_id
    if wanted.password is not None:
        device.password = wanted.password.get_secret_value() or None
    await session.flush()
    return device


async def remove_device(session: AsyncSession, van: Vehicle, device_id: UUID) -> Device:
    """Take a device from a van; its positions stay. Receivers refuse it within a minute.

    Raises:
        NotFound: the van has no such device.
        Conflict: it is a crew's phone.
    """
    device = await _device(session, van, device_id)
    await session.delete(device)
    return device


async def _device(session: AsyncSession, van: Vehicle, device_id: UUID) -> Device:
    query = select(Device).where(Device.id == device_id, Device.vehicle_id == van.id)
    device = (await session.execute(query)).scalar_one_or_none()
    if device is None:
        raise NotFound(f"The van {van.plate} has no device {device_id}.")
    if device.identifier.startswith(PANEL_DEVICE):
        raise Conflict("This is a crew's phone; end its pairing and pair it anew.")
    return device


async def setup(
    session: AsyncSession, settings: Settings, caller: Caller, now: datetime
) -> schemas.DevicesSetup:
    """Return the vans of the caller's region, and where devices have to report to."""
    mine = Vehicle.region_id == caller.region_id if caller.region_id is not None else true()
    return schemas.DevicesSetup(
        vans=await shown(session, mine, caller, now),
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


async def shown(
    session: AsyncSession, which: ColumnElement[bool], caller: Caller, now: datetime
) -> list[schemas.VanSetup]:
    """Return vans by plate with their devices by identifier; passwords are never shown."""
    query = select(Vehicle).options(selectinload(Vehicle.devices)).where(which)
    query = query.order_by(Vehicle.plate).execution_options(populate_existing=True)
    vans = (await session.execute(query)).scalars().all()
    bases = await _bases(session, which)
    known = await health_of(session, [d.identifier for van in vans for d in van.devices], now)
    return [
        schemas.VanSetup(
            **{
                name: getattr(van, name)
                for name in schemas.VanSetup.model_fields
                if name not in ("base", "devices")
            },
            base=bases.get(van.id),
            devices=[
                _shown(device, known.get(device.identifier, Health()), caller)
                for device in sorted(van.devices, key=lambda each: each.identifier)
            ],
        )
        for van in vans
    ]


def _shown(device: Device, health: Health, caller: Caller) -> schemas.DeviceOut:
    name = name_for(device.identifier, caller)
    rejection = health.rejection
    if rejection is not None:
        detail = rejection.detail.replace(device.identifier, name)
        rejection = rejection.model_copy(update={"detail": detail})
    return schemas.DeviceOut(
        id=device.id,
        identifier=name,
        protocol=device.protocol,
        has_password=device.password is not None,
        phone=device.identifier.startswith(PANEL_DEVICE),
        heard_at=health.heard_at,
        rejection=rejection,
        checksum_failed=health.checksum_failed,
        clock_offset_s=health.clock_offset_s,
    )


def name_for(identifier: str, caller: Caller) -> str:
    """Return what a caller may call a device: who knows it whole could speak in its name."""
    if caller.may(Permission.VANS_CONFIGURE):
        return identifier
    return "••••" + (identifier[-4:] if len(identifier) > _MASKED_FROM else "")


async def the_device(session: AsyncSession, device_id: UUID, caller: Caller) -> Device:
    """Return a device of a van of the caller's region.

    Raises:
        NotFound: there is none.
    """
    device = await session.get(Device, device_id)
    if device is None:
        raise NotFound(f"There is no device {device_id}.")
    await scope.vehicle(session, device.vehicle_id, caller)
    return device


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
