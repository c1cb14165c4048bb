"""Valid objects with short names; a test spells out only what matters to it."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.camera import Camera, Stream, Zone
from models.kit.ids import new_id
from models.observations import StreamKind, StreamState, ZoneKind
from models.office import Office, Region, ServiceWindow, SiteKind, Timetable
from models.operator import Operator
from models.vehicle import Device, Vehicle

NOON = datetime(2026, 3, 19, 7, 0, tzinfo=UTC)  # a Thursday, 12:00 in Almaty
SQUARE = [[0.1, 0.1], [0.5, 0.1], [0.5, 0.9], [0.1, 0.9]]


def names(text: str) -> dict[str, str]:
    return {"kk": text, "ru": text, "en": text}


@dataclass
class BuiltOffice:
    """Ids of what ``build_office`` made; ``operator_zones`` and ``windows`` by window number."""

    office_id: UUID
    region_id: UUID
    windows: dict[int, UUID] = field(default_factory=dict)
    cameras: list[UUID] = field(default_factory=list)
    operator_zones: dict[int, UUID] = field(default_factory=dict)
    queue_zone: UUID | None = None


async def build_region(session: AsyncSession, code: str = "KZ-75") -> UUID:
    found = (await session.execute(select(Region.id).where(Region.code == code))).scalar()
    if found is not None:
        return found
    region = Region(id=new_id(), code=code, name=names(code), valid_from=date(2022, 6, 8))
    session.add(region)
    await session.flush()
    return region.id


async def build_office(
    session: AsyncSession,
    *,
    code: str = "almaty-1",
    region_code: str = "KZ-75",
    windows: int = 4,
    node_name: str = "node-1",
    rtsp_url: str = "rtsp://127.0.0.1:8554/hall-1",
    opens: time = time(9, 0),
    closes: time = time(18, 0),
    time_zone: str = "Asia/Almaty",
) -> BuiltOffice:
    """An office open Monday to Friday with one camera that sees every window and the queue."""
    region_id = await build_region(session, region_code)
    kind = (await session.execute(select(SiteKind).limit(1))).scalar()
    if kind is None:
        kind = SiteKind(id=new_id(), code="front_office", name=names("ХҚКО"))
        session.add(kind)
        await session.flush()
    office = Office(
        id=new_id(),
        code=code,
        region_id=region_id,
        site_kind_id=kind.id,
        name=names(code),
        address="Жандосов 51",
        time_zone=time_zone,
        phone="+77272000000",
        geom="SRID=4326;POINT(76.9 43.23)",
    )
    session.add(office)
    await session.flush()
    built = BuiltOffice(office.id, region_id)
    for weekday in range(1, 6):
        session.add(
            Timetable(
                office_id=office.id,
                weekday=weekday,
                opens_at=opens,
                closes_at=closes,
                valid_from=date(2020, 1, 1),
            )
        )
    camera = Camera(
        id=new_id(),
        office_id=office.id,
        code=f"{code}-cam-1",
        name=names("hall"),
        view="hall",
        node_name=node_name,
    )
    session.add(camera)
    await session.flush()
    built.cameras.append(camera.id)
    for stream_kind in StreamKind:
        session.add(
            Stream(
                camera_id=camera.id,
                kind=stream_kind,
                url=f"{rtsp_url}/{stream_kind}",
                recorded=True,
                state=StreamState.CONNECTING,
                state_since=NOON,
            )
        )
    for number in range(1, windows + 1):
        window = ServiceWindow(
            id=new_id(),
            office_id=office.id,
            number=number,
            owner="hqko",
            name=names(f"window {number}"),
        )
        session.add(window)
        await session.flush()
        built.windows[number] = window.id
        zone = Zone(
            id=new_id(),
            camera_id=camera.id,
            window_id=window.id,
            kind=ZoneKind.OPERATOR,
            name=f"operator {number}",
            polygon=SQUARE,
        )
        session.add(zone)
        built.operator_zones[number] = zone.id
    queue = Zone(
        id=new_id(),
        camera_id=camera.id,
        kind=ZoneKind.QUEUE,
        name="queue",
        polygon=SQUARE,
        queue_limit=5,
        queue_for_s=60,
    )
    session.add(queue)
    built.queue_zone = queue.id
    await session.flush()
    return built


async def build_operator(
    session: AsyncSession, login: str = "aigerim", role: str = "operator", password_hash: str = "!"
) -> UUID:
    operator = Operator(
        id=new_id(),
        login=login,
        full_name="Әйгерім Сапарова",
        role=role,
        password_hash=password_hash,
    )
    session.add(operator)
    await session.flush()
    return operator.id


async def build_vehicle(
    session: AsyncSession,
    *,
    plate: str = "001 AA 02",
    identifier: str = "van-1",
    protocol: str = "osmand",
) -> UUID:
    region_id = await build_region(session)
    vehicle = Vehicle(id=new_id(), plate=plate, name=names(plate), region_id=region_id)
    session.add(vehicle)
    await session.flush()
    session.add(Device(vehicle_id=vehicle.id, identifier=identifier, protocol=protocol))
    await session.flush()
    return vehicle.id
