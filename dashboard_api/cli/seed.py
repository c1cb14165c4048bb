"""What the demo's database starts with: offices, windows, cameras, zones, vans and accounts.

Idempotent: what exists (by code, plate or login) is left as it is, so a second start resumes.
"""

import os
import secrets
from datetime import date, time
from pathlib import Path
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from dashboard_api.accounts import add_user
from dashboard_api.cli.demo_offices import OFFICES, OWNERS, DemoOffice
from dashboard_api.cli.seed_plans import sow_plans
from geo.regions import REGIONS
from ingest.cameras.address import Credentials
from ingest.simulated import onvif_demo
from ingest.simulated.fleet import FLEET
from ingest.simulated.scenes import SCENES, Scene
from models.camera import Camera, Stream, Zone
from models.kit.clock import Clock
from models.kit.database import Database
from models.kit.ids import new_id
from models.kit.secret import load_key, seal
from models.kit.settings import Settings
from models.observations import RoleName, StreamKind, StreamState, ZoneKind
from models.office import Office, Region, ServiceWindow, SiteKind, Timetable
from models.operator import Operator
from models.vehicle import Device, Vehicle

# Short, so that a person who watches the demo sees an alert within two minutes.
UNSTAFFED_AFTER_S = 60
QUEUE_LIMIT = 5
QUEUE_FOR_S = 20

_PEOPLE = {
    RoleName.OPERATOR: "Әйгерім Сапарова",
    RoleName.DISPATCHER: "Нұрлан Ибраев",
    RoleName.AUDITOR: "Гүлнәр Омарова",
    RoleName.AGENT: "Дәурен Қасымов",
    RoleName.SUPERVISOR: "Сәуле Жұмабаева",
    RoleName.ADMIN: "Ерлан Тілеуов",
}


def logins_file(state_dir: Path) -> Path:
    return state_dir / "demo-logins.txt"


async def sow(
    database: Database, settings: Settings, *, rtsp_port: int, onvif_port: int, clock: Clock
) -> None:
    """Put in what is missing; several calls give the same database."""
    async with database.transaction() as session:
        regions = await _regions(session)
        kind_id = await _site_kind(session)
        for office, scene in zip(OFFICES, SCENES, strict=False):
            known = await session.scalar(select(Office.id).where(Office.code == office.code))
            if known is None:
                url = f"rtsp://127.0.0.1:{rtsp_port}/{scene.name}"
                await _office(
                    session,
                    office,
                    scene,
                    regions[office.region_code],
                    kind_id,
                    url,
                    settings,
                    clock,
                )
        await _fleet(session, regions)
        await sow_plans(session, clock.now())
        await _turning_camera(session, settings, onvif_port)
    await _accounts(database, settings)


async def _regions(session: AsyncSession) -> dict[str, UUID]:
    rows = await session.execute(select(Region.code, Region.id))
    known: dict[str, UUID] = {row[0]: row[1] for row in rows}
    for region in REGIONS:
        if region.code not in known:
            row = Region(
                id=new_id(),
                code=region.code,
                name={"kk": region.kk, "ru": region.ru, "en": region.en},
                valid_from=date(2022, 6, 8),
            )
            session.add(row)
            known[region.code] = row.id
    await session.flush()
    return known


async def _site_kind(session: AsyncSession) -> UUID:
    known = await session.scalar(select(SiteKind.id).where(SiteKind.code == "front_office"))
    if known is not None:
        return known
    row = SiteKind(
        id=new_id(), code="front_office", name={"kk": "ХҚКО", "ru": "ЦОН", "en": "Service centre"}
    )
    session.add(row)
    await session.flush()
    return row.id


async def _office(
    session: AsyncSession,
    office: DemoOffice,
    scene: Scene,
    region_id: UUID,
    kind_id: UUID,
    rtsp_url: str,
    settings: Settings,
    clock: Clock,
) -> None:
    row = Office(
        id=new_id(),
        code=office.code,
        region_id=region_id,
        site_kind_id=kind_id,
        name=office.name,
        address=office.address,
        phone=office.phone,
        time_zone="Asia/Almaty",
        geom=f"SRID=4326;POINT({office.longitude} {office.latitude})",
    )
    session.add(row)
    await session.flush()
    # A duty office, open round the clock, so that the demo shows the same at any hour of any day.
    session.add_all(
        Timetable(
            office_id=row.id,
            weekday=weekday,
            opens_at=time(0, 0),
            closes_at=time(23, 59, 59, 999999),
            valid_from=date(2020, 1, 1),
        )
        for weekday in range(1, 8)
    )
    windows = {
        number: ServiceWindow(
            id=new_id(),
            office_id=row.id,
            number=number,
            owner=OWNERS[(number - 1) % len(OWNERS)].code,
            name=OWNERS[(number - 1) % len(OWNERS)].name,
            unstaffed_after_s=UNSTAFFED_AFTER_S,
        )
        for number in scene.windows
    }
    camera = Camera(
        id=new_id(),
        office_id=row.id,
        code=f"{office.code}-hall",
        name={"kk": "Күту залы", "ru": "Зал ожидания", "en": "Waiting hall"},
        view="hall",
        node_name=settings.media_node,
    )
    session.add_all([*windows.values(), camera])
    await session.flush()
    session.add_all(
        Stream(
            camera_id=camera.id,
            kind=kind,
            url=f"{rtsp_url}/{kind}",
            recorded=True,
            state=StreamState.CONNECTING,
            state_since=clock.now(),
        )
        for kind in StreamKind
    )
    for zone in scene.zones:
        queue = zone.kind == ZoneKind.QUEUE
        session.add(
            Zone(
                camera_id=camera.id,
                window_id=windows[zone.window_number].id if zone.window_number else None,
                kind=zone.kind,
                name=f"{zone.kind} {zone.window_number or ''}".strip(),
                polygon=[list(corner) for corner in zone.polygon],
                queue_limit=QUEUE_LIMIT if queue else None,
                queue_for_s=QUEUE_FOR_S if queue else None,
            )
        )
    await session.flush()


async def _turning_camera(session: AsyncSession, settings: Settings, onvif_port: int) -> None:
    """Give the first hall's camera its ONVIF side: stored positions, and what it notices."""
    code = f"{OFFICES[0].code}-hall"
    camera = await session.scalar(select(Camera).where(Camera.code == code))
    if camera is not None:
        signs_in = Credentials(onvif_demo.USER, onvif_demo.PASSWORD)
        host = f"{onvif_demo.OWNED_AT}:{onvif_port}"
        camera.onvif_url = f"http://{host}/onvif/device_service"
        camera.credentials = seal(load_key(settings), signs_in.to_json())


async def _fleet(session: AsyncSession, regions: dict[str, UUID]) -> None:
    known = set((await session.execute(select(Vehicle.plate))).scalars())
    for van in FLEET:
        if van.plate in known:
            continue
        vehicle = Vehicle(
            id=new_id(),
            plate=van.plate,
            name=dict(van.name),
            region_id=regions[van.region_code],
            report_interval_s=10,
        )
        session.add(vehicle)
        await session.flush()
        session.add(Device(vehicle_id=vehicle.id, identifier=van.identifier, protocol=van.protocol))


async def _accounts(database: Database, settings: Settings) -> None:
    path = logins_file(settings.state_dir)
    async with database.read() as session:
        known = set((await session.execute(select(Operator.login))).scalars())
    lines = []
    for role, full_name in _PEOPLE.items():
        if role.value in known:
            continue
        password = secrets.token_urlsafe(9)
        await add_user(
            database, login=role, password=password, role=role, full_name=full_name, language="kk"
        )
        lines.append(f"  {role:<12} {password}\n")
    if lines:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write("  login        password\n" + "".join(lines))
