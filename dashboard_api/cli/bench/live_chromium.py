"""Chromium's part of ``./ahual bench live``: the product's own wall, API and node, watched."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from dashboard_api.accounts import add_user
from dashboard_api.cli.bench import live_node
from dashboard_api.cli.bench.ground import Ground
from dashboard_api.cli.bench.report import Goal, Row, percentile
from models.kit.errors import Unavailable
from models.kit.settings import Settings

_LOGIN, _PASSWORD = "bench", "not-a-secret"
CAMERAS = 48
_END_S = 10.0
_TILES = 16
Api = subprocess.Popen[bytes] | None
Watcher = asyncio.subprocess.Process


@dataclass(frozen=True, slots=True)
class Plan:
    seconds: float
    joins: int
    switches: int
    stalls: int


FULL = Plan(seconds=30, joins=20, switches=12, stalls=16)
QUICK = Plan(seconds=3, joins=6, switches=3, stalls=4)


def settings() -> dict[str, object]:
    """Return what a ground needs so that its API can serve the wall's page."""
    return {"web_dist": Settings().web_dist.resolve()}


def serving(own: Ground) -> AbstractAsyncContextManager[Api]:
    """Run the API that serves the wall; None where the web application is not built."""
    settings = own.settings
    if not (settings.web_dist / "index.html").is_file():
        return nullcontext(None)
    return live_node.process(
        own.folder / "api.log",
        "dashboard_api",
        AHUAL_DATABASE_URL=settings.database_url or "",
        AHUAL_STATE_DIR=str(settings.state_dir),
        AHUAL_API_PORT=str(settings.api_port),
        AHUAL_MEDIA_PORT=str(settings.media_port),
        AHUAL_WEB_DIST=str(settings.web_dist),
        AHUAL_LOG_LEVEL="warning",
    )


@asynccontextmanager
async def watcher() -> AsyncIterator[Watcher]:
    """Start Chromium; it waits for what ``measure`` has it look at."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "dashboard_api.cli.bench.live_page"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        yield child
    finally:
        if child.returncode is None:
            assert child.stdin is not None
            child.stdin.close()  # it ends by that where it was not asked to look
            try:
                await asyncio.wait_for(child.wait(), _END_S)
            except TimeoutError:
                child.terminate()
                await child.wait()


async def measure(
    own: Ground,
    api: Api,
    watching: Watcher,
    cameras: Sequence[UUID],
    control_port: int,
    *,
    quick: bool,
) -> list[Row]:
    """Watch the product's wall over a ground whose media node runs the farm's first cameras.

    Without Chromium or a built application the rows hold no value and say why.
    """
    plan = QUICK if quick else FULL
    if api is None:
        return _rows(plan, {}, f"the web application is not built in {own.settings.web_dist}")
    await add_user(own.database, _LOGIN, _PASSWORD, "supervisor", "Bench", "en")
    await live_node.until_listening(api, own.settings.api_port)
    wish = {
        "api": f"http://127.0.0.1:{own.settings.api_port}",
        "login": _LOGIN,
        "password": _PASSWORD,
        "cameras": [f"farm-{number:04}" for number in range(CAMERAS)],
        "camera_ids": [str(camera) for camera in cameras],
        "control_port": control_port,
        **asdict(plan),
    }
    try:
        return _rows(plan, await _look(watching, wish), "")
    except Unavailable as error:
        return _rows(plan, {}, error.detail)


async def _look(child: Watcher, wish: dict[str, Any]) -> dict[str, Any]:
    said, trouble = await child.communicate(json.dumps(wish).encode() + b"\n")
    if child.returncode:
        raise Unavailable("Chromium could not be watched: " + trouble.decode()[-400:].strip())
    found = json.loads(said)
    assert isinstance(found, dict)
    return found


def _rows(plan: Plan, seen: dict[str, Any], trouble: str) -> list[Row]:
    def row(metric: str, name: str, share: float, goal: float | None, note: str) -> Row:
        values: Sequence[float] = seen.get(name, ())
        value = percentile(values, share) if values else None
        said = f"{note} {len(values)} measured, longest {max(values):.0f}." if values else trouble
        return Row(metric, value, "ms", goal, note=said)

    arrival = f"From the picture's arrival at the node to the screen, {_TILES} tiles."
    grown = seen.get("grown")
    return [
        row(
            "join_ms_p95_wall",
            "join_ms",
            0.95,
            100,
            "From the click on a camera to its first picture, the cached key picture of a GOP"
            " of 2 s.",
        ),
        row(
            "join_live_ms_p95_wall",
            "join_live_ms",
            0.95,
            None,
            "The same until it shows the newest picture: all the cached ones are decoded.",
        ),
        row("pixel_ms_p95", "pixel_ms", 0.95, 120, arrival),
        row("pixel_ms_p50", "pixel_ms", 0.5, 30, arrival),
        row(
            "wall_page_switch_ms",
            "switch_ms",
            0.95,
            300,
            f"From the key to the last of {_TILES} first pictures, p95.",
        ),
        row(
            "wall_page_switch_live_ms",
            "switch_live_ms",
            0.95,
            None,
            f"The same until all {_TILES} show their newest picture.",
        ),
        row(
            "tile_grey_ms_max",
            "grey_ms",
            1.0,
            3000,
            f"From a tile's last picture to grey, {plan.stalls} cameras silent but connected.",
        ),
        Row(
            "wall_pictures_s_min_chromium",
            None if grown is None else grown / plan.seconds,
            "pictures/s",
            13.5,
            Goal.AT_LEAST,
            note=trouble or f"Tile that showed the fewest of 15 a second, {_TILES} tiles.",
        ),
    ]
