"""./ahual demo: the same house as ./ahual up, with simulated cameras, vans and calls outside it."""

import asyncio
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import httpx

from dashboard_api.cli import installation, seed, sim, up
from dashboard_api.cli.house import python_module
from dashboard_api.supervisor import Spec, Supervisor
from ingest.gps.decoders.table import PROTOCOLS
from models.kit.clock import Clock
from models.kit.database import Database
from models.kit.errors import Unavailable
from models.kit.log import get
from models.kit.service import wait
from models.kit.settings import Settings

log = get(__name__)
_READY_S = 60.0
_KEEP_DAYS = 0.25  # 3.5 GB an hour: a demo left running must not fill the disk


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """What surrounds the house: see the options of ./ahual demo."""

    director: bool = True
    rtsp_port: int = 8554
    control_port: int = 8555
    clips: Path | None = None


async def run(settings: Settings, options: DemoOptions, clock: Clock) -> int:
    """Run the demo until SIGTERM or Ctrl-C; return the exit code."""
    busy = installation.busy_ports(
        {
            **up.wanted_ports(settings),
            "--rtsp-port": ("127.0.0.1", options.rtsp_port),
            "--control-port": ("127.0.0.1", options.control_port),
        }
    )
    for sentence in busy:
        log.error("house.refused", reason=sentence)
    if busy:
        return 1
    os.environ.setdefault("AHUAL_RECORDINGS_KEEP_DAYS", str(_KEEP_DAYS))
    state_dir = installation.make_state_dir(settings)
    clips = (options.clips or state_dir / "clips").resolve()
    if not await _render(clips):
        return 1

    async def before_rooms(supervisor: Supervisor, database_url: str) -> None:
        database = Database(database_url)
        try:
            await seed.sow(
                database,
                settings,
                rtsp_port=options.rtsp_port,
                onvif_port=options.control_port,
                clock=clock,
            )
        finally:
            await database.close()
        cameras = (
            *("cameras", "--host", "127.0.0.1", "--rtsp-port", str(options.rtsp_port)),
            *("--control-port", str(options.control_port), "--clips", str(clips)),
        )
        await supervisor.start(
            Spec(
                "sim-cameras",
                python_module("ingest.simulated", *cameras),
                after_start=lambda: _until_cameras_listen(options.control_port, clock),
                needed=True,  # else the node would tell of cameras that fail
            )
        )

    async def after_rooms(supervisor: Supervisor, _database_url: str) -> None:
        await _until_ready(settings, clock)
        vans = (
            "vans",
            *(
                argument
                for each in PROTOCOLS
                for argument in (
                    f"--{each.name}",
                    f"127.0.0.1:{getattr(settings, each.port_setting)}",
                )
            ),
        )
        await supervisor.start(Spec("sim-vans", python_module("ingest.simulated", *vans)))
        logins = seed.logins_file(state_dir)
        if options.director:
            arguments = (
                *("--api", f"http://127.0.0.1:{settings.api_port}"),
                *("--control-port", str(options.control_port), "--logins", str(logins)),
            )
            await supervisor.start(
                Spec("director", python_module("dashboard_api.cli.director", *arguments))
            )
        sys.stdout.write(
            f"\n  Ahual is running:  http://localhost:{settings.api_port}/\n\n"
            f"{logins.read_text()}\n  logs: {state_dir / 'log'}   stop: Ctrl-C\n\n"
        )
        sys.stdout.flush()

    return await up.run_house(settings, clock, before_rooms=before_rooms, after_rooms=after_rooms)


async def _render(clips: Path) -> bool:
    """Render the halls' clips where they are missing; a minute the first time."""
    command = (sys.executable, "-m", "ingest.simulated", "render", "--clips", str(clips))
    process = await asyncio.create_subprocess_exec(*command)
    if await process.wait() != 0:
        log.error("demo.render_failed", command=" ".join(command))
        return False
    return True


async def _until_cameras_listen(control_port: int, clock: Clock) -> None:
    """Wait for the simulated cameras, so that the node's first attempt finds them."""
    deadline = clock.monotonic() + _READY_S
    never = asyncio.Event()
    while not (answer := await sim.send(control_port, "list")).startswith("ok"):
        if clock.monotonic() > deadline:
            raise Unavailable(answer)
        await wait(never, 0.2)


async def _until_ready(settings: Settings, clock: Clock) -> None:
    deadline = clock.monotonic() + _READY_S
    never = asyncio.Event()
    urls = [
        f"http://127.0.0.1:{port}/readyz"
        for port in (
            settings.api_port,
            *(settings.media_port + worker for worker in range(settings.media_workers)),
            settings.vision_health_port,
            settings.geo_health_port,
            settings.alerts_health_port,
        )
    ]
    async with httpx.AsyncClient(trust_env=False) as client:
        while urls:
            urls = [url for url in urls if not await _answers(client, url)]
            if urls and clock.monotonic() > deadline:
                msg = f"Not ready after {_READY_S:.0f} s: {', '.join(urls)}; look into the logs."
                raise Unavailable(msg)
            if urls:
                await wait(never, 0.25)


async def _answers(client: httpx.AsyncClient, url: str) -> bool:
    try:
        return (await client.get(url, timeout=2)).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False
