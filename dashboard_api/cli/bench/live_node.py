"""The measured media node: a real ``python -m ingest`` over a farm of simulated cameras."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from dashboard_api.cli.bench.ground import Ground, free_port
from ingest.gps.decoders.table import PROTOCOLS
from ingest.simulated.farm import farm_url
from models.camera import Camera, Stream
from models.kit.bus import announce
from models.kit.clock import SystemClock
from models.kit.database import Database
from models.kit.errors import Unavailable
from models.kit.ids import new_id
from models.observations import StreamKind, StreamState
from models.office import Office, Region, SiteKind

CLIPS = Path("var/clips")  # encoded once a machine, shared with demo and tests
_START_S = 180.0
_STOP_S = 20.0
_OFFICE_CAMERAS = 8


@dataclass(frozen=True, slots=True)
class Node:
    """A running media node and the cameras it was given."""

    pid: int
    address: str
    cameras: list[UUID]


@asynccontextmanager
async def process(
    log: Path, module: str, *arguments: str, **environment: str
) -> AsyncIterator[subprocess.Popen[bytes]]:
    """Run ``python -m module`` for as long as the block; it dies with this process, too.

    Raises:
        Unavailable: it had ended by itself; the message has the end of its log.
    """
    child = _start(log, [module, *arguments], environment)
    try:
        yield child
        if child.poll() is not None:
            raise Unavailable(f"{module} ended early: {_end_of(log)}")
    finally:
        child.terminate()
        try:
            await asyncio.to_thread(child.wait, _STOP_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
            sys.stderr.write(f"{module} did not stop in {_STOP_S:.0f} s: {_end_of(log)}\n")


def _start(log: Path, arguments: list[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    with log.open("wb") as file:
        return subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", sys.executable, "-m", *arguments],
            env={**os.environ, **environment},
            stdout=file,
            stderr=subprocess.STDOUT,
        )


def _end_of(log: Path) -> str:
    return log.read_text("utf-8", "replace")[-1500:]


@asynccontextmanager
async def farm(folder: Path, cameras: int) -> AsyncIterator[tuple[int, int]]:
    """Run the camera farm; give its RTSP and control ports once it answers."""
    rtsp, control = free_port(), free_port()
    arguments = ("--rtsp-port", str(rtsp), "--control-port", str(control), "--clips", str(CLIPS))
    async with process(
        folder / "farm.log", "ingest.simulated", "farm", "--cameras", str(cameras), *arguments
    ) as child:
        await until_listening(child, rtsp)
        yield rtsp, control


@asynccontextmanager
async def node(ground: Ground, cameras: list[UUID], **changed: str) -> AsyncIterator[Node]:
    """Run the media node until every camera is live on it."""
    settings = ground.settings
    environment = {
        "AHUAL_DATABASE_URL": settings.database_url or "",
        "AHUAL_STATE_DIR": str(settings.state_dir),
        "AHUAL_MEDIA_PORT": str(settings.media_port),
        **{f"AHUAL_{each.port_setting.upper()}": str(free_port()) for each in PROTOCOLS},
        "AHUAL_LOG_LEVEL": "warning",
        **changed,
    }
    async with process(ground.folder / "ingest.log", "ingest", **environment) as child:
        await _until_live(ground.database, lambda: child.poll() is None, len(cameras))
        yield Node(child.pid, f"127.0.0.1:{settings.media_port}", cameras)


async def enable(database: Database, node: Node, cameras: list[UUID]) -> None:
    """Let a running node read cameras that were added switched off; return once all are live."""
    async with database.transaction() as session:
        await session.execute(update(Camera).where(Camera.id.in_(cameras)).values(enabled=True))
        announce(session, "config", cameras[0])
    place = Path(f"/proc/{node.pid}")
    await _until_live(database, place.exists, len({*node.cameras, *cameras}))


async def add_cameras(
    database: Database, rtsp_port: int, count: int, *, enabled: int | None = None
) -> list[UUID]:
    """Put the farm's cameras into the database: recorded sub streams, some cameras an office.

    ``enabled``: only the first so many are switched on.
    """
    clock = SystemClock()
    names = {"kk": "Сынақ", "ru": "Проба", "en": "Bench"}
    async with database.transaction() as session:
        region = Region(id=new_id(), code="KZ-75", name=names, valid_from=date(2022, 6, 8))
        kind = SiteKind(id=new_id(), code="front_office", name=names)
        session.add_all([region, kind])
        await session.flush()
        cameras: list[Camera] = []
        for number in range(count):
            if number % _OFFICE_CAMERAS == 0:
                office = await _office(session, number // _OFFICE_CAMERAS, region, kind)
            numbered = {language: f"{name} {number + 1}" for language, name in names.items()}
            cameras.append(
                Camera(
                    id=new_id(),
                    office_id=office.id,
                    code=f"farm-{number:04}",
                    name=numbered,
                    node_name="node-1",
                    enabled=enabled is None or number < enabled,
                )
            )
        session.add_all(cameras)
        await session.flush()
        session.add_all(
            Stream(
                camera_id=camera.id,
                kind=StreamKind.SUB,
                url=farm_url(rtsp_port, number),
                recorded=True,
                state=StreamState.CONNECTING,
                state_since=clock.now(),
            )
            for number, camera in enumerate(cameras)
        )
    return [camera.id for camera in cameras]


async def _office(session: AsyncSession, number: int, region: Region, kind: SiteKind) -> Office:
    name = {"kk": f"ХҚКО {number + 1}", "ru": f"ЦОН {number + 1}", "en": f"Centre {number + 1}"}
    office = Office(
        id=new_id(),
        code=f"bench-{number:03}",
        region_id=region.id,
        site_kind_id=kind.id,
        name=name,
        address="—",
        geom="SRID=4326;POINT(76.9 43.23)",
    )
    session.add(office)
    await session.flush()
    return office


async def until_listening(child: subprocess.Popen[bytes], port: int) -> None:
    clock = SystemClock()
    deadline = clock.monotonic() + _START_S
    while child.poll() is None and clock.monotonic() < deadline:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.2)
        else:
            writer.close()
            await writer.wait_closed()
            return
    raise Unavailable("the camera farm did not start; its log says why")


async def _until_live(database: Database, runs: Callable[[], bool], count: int) -> None:
    clock = SystemClock()
    deadline = clock.monotonic() + _START_S
    live = 0
    query = select(func.count()).where(Stream.state == StreamState.LIVE)
    while runs() and clock.monotonic() < deadline:
        async with database.read() as session:
            live = await session.scalar(query) or 0
        if live >= count:
            return
        await asyncio.sleep(0.2)
    raise Unavailable(f"only {live} of {count} cameras came up on the media node")
