"""``./ahual bench live``: walls over a recording media node, and the same in Chromium."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from dashboard_api.cli.bench import live_chromium, live_node, live_whep, whep_browser
from dashboard_api.cli.bench.cpu import cpu_s, rss_mb
from dashboard_api.cli.bench.ground import Ground, free_port, ground
from dashboard_api.cli.bench.live_node import Node
from dashboard_api.cli.bench.report import Row, percentile
from ingest.media.tickets import Ticket, sign
from models.kit.clock import SystemClock
from models.kit.errors import Unavailable
from models.kit.secret import load_key

_HERE = "dashboard_api.cli.bench"
_CAMERAS, _STREAMS = 400, 320
_SETTLE_S = 2.5  # a whole GOP of each camera is kept by then
_CLOCK = SystemClock()


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured: the cameras, the walls, and for how long each time."""

    cameras: int
    walls: int
    tiles: int
    seconds: float
    rounds: int

    @property
    def streams(self) -> int:
        return self.walls * self.tiles

    @property
    def whole(self) -> bool:
        return (self.cameras, self.streams) == (_CAMERAS, _STREAMS)


FULL = Plan(cameras=_CAMERAS, walls=20, tiles=16, seconds=20, rounds=3)
QUICK = Plan(cameras=live_chromium.CAMERAS, walls=20, tiles=16, seconds=3, rounds=1)
_FEW = 8  # cameras that a node is begun with, to see what the others add


@dataclass(frozen=True, slots=True)
class Load:
    """What the node cost without and with the walls, and what the walls got."""

    idle: float  # cores
    busy: float  # cores
    rss_mb: float  # with the walls
    rss_camera_mb: float  # what a camera adds
    counted: list[dict[str, Any]]

    def total(self, name: str) -> float:
        return float(sum(round_[name] for round_ in self.counted))


async def run(quick: bool) -> list[Row]:
    plan = QUICK if quick else FULL
    if quick:
        return await _all_at_once(plan)
    load = await _alone(plan)
    others = [*await _looks(), *await live_whep.measure()]
    return [*_rows(plan, load, await _floor(plan, load), await _peer(plan, load)), *others]


async def _alone(plan: Plan) -> Load:
    async with ground() as own, live_node.farm(own.folder, plan.cameras) as (rtsp_port, _):
        cameras = await live_node.add_cameras(own.database, rtsp_port, plan.cameras, enabled=_FEW)
        async with live_node.node(own, cameras[:_FEW]) as node:
            return await _load(own, node, cameras, plan)


async def _looks() -> list[Row]:
    """Return what Chromium saw: as many cameras beside it would cost it what a wall does not."""
    async with (
        ground(**live_chromium.settings()) as own,
        live_node.farm(own.folder, live_chromium.CAMERAS) as (rtsp_port, control_port),
        live_chromium.serving(own) as api,
    ):
        cameras = await live_node.add_cameras(own.database, rtsp_port, live_chromium.CAMERAS)
        async with live_node.node(own, cameras), live_chromium.watcher() as watching:
            return await live_chromium.measure(
                own, api, watching, cameras, control_port, quick=False
            )


async def _all_at_once(plan: Plan) -> list[Row]:
    """Measure all on one node.

    What others cost is counted while the node starts, and beside each other; what the node costs,
    and what is told in milliseconds, has the machine for itself.
    """
    async with (
        ground(**live_chromium.settings()) as own,
        live_node.farm(own.folder, plan.cameras) as (rtsp_port, control_port),
        live_chromium.serving(own) as api,
    ):
        peers = asyncio.create_task(live_whep.peers(own, rtsp_port))
        cameras = await live_node.add_cameras(own.database, rtsp_port, plan.cameras, enabled=_FEW)
        async with live_node.node(own, cameras[:_FEW], **live_whep.room(quick=True)) as node:
            load = await _load(own, node, cameras, plan, after=peers)
            ours = await live_whep.ours(own, node)
            async with live_chromium.watcher() as watching, whep_browser.browser() as browser:
                floor, peer, floors = await asyncio.gather(
                    _floor(plan, load), _peer(plan, load), live_whep.under(ours)
                )
                whep = live_whep.rows({"ours": ours, **floors, **await peers})
                whep += await live_whep.seen(own, node, browser, quick=True)
                # Chromium's walls last: they leave a node much to tidy up.
                looks = await live_chromium.measure(
                    own, api, watching, cameras, control_port, quick=True
                )
    return [*_rows(plan, load, floor, peer), *looks, *whep]


def _rows(plan: Plan, load: Load, floor_ms: float, peer_ms: float) -> list[Row]:
    wall_ms = (load.busy - load.idle) * 1000 / plan.streams
    cores = load.busy
    memory = load.rss_mb
    scaled = ""
    if not plan.whole:
        cores = load.idle / plan.cameras * _CAMERAS + wall_ms * _STREAMS / 1000
        memory += (_CAMERAS - plan.cameras) * load.rss_camera_mb
        scaled = f" Scaled up from {plan.cameras} cameras, each on several walls."
    each = [n / one["seconds"] for one in load.counted for n in one["pictures"]]
    joins = [join for one in load.counted[:1] for join in one["join_ms"]]
    shape = f"{plan.walls} walls of {plan.tiles} tiles over {plan.cameras} cameras"
    return [
        Row(
            "cores_400_recorded_320_live",
            cores,
            "cores",
            1.0,
            note=f"One media node, CPU seconds a second; without walls {load.idle:.2f}.{scaled}",
        ),
        Row(
            "rss_mb_400_320",
            memory,
            "MB",
            1000,
            note=f"Resident memory of the node, {load.rss_camera_mb:.2f} for a camera.{scaled}",
        ),
        Row(
            "wall_cpu_ms_per_stream_s",
            wall_ms,
            "ms/s",
            0.1,
            peer="one message a picture, a task a tile, same server",
            peer_value=peer_ms,
            floor=floor_ms,
            note=f"What the walls add to the node: {shape}. That a watched camera's pictures are"
            " no longer let gather is a part of it, the larger the fewer tiles share a camera.",
        ),
        Row(
            "wall_floor_cpu_ms_per_stream_s",
            floor_ms,
            "ms/s",
            note="The same bytes in as many messages through plain sockets from a process that does"
            " nothing else.",
        ),
        Row(
            "wall_pictures_s_min",
            min(each),
            "pictures/s",
            note=f"Tile with the fewest; longest hole {_hole(load):.2f} s,"
            f" {load.total('drops'):.0f} drops.",
        ),
        Row(
            "join_ms_p95_wall_socket",
            percentile(joins, 0.95),
            "ms",
            100,
            note="From the wish to the picture's last byte at the window, GOP 2 s.",
        ),
    ]


def _hole(load: Load) -> float:
    return max(float(one["longest_gap_s"]) for one in load.counted)


async def _load(
    own: Ground,
    node: Node,
    cameras: list[UUID],
    plan: Plan,
    *,
    after: asyncio.Task[Any] | None = None,
) -> Load:
    """Measure the walls; ``after``: what must have ended before anything is counted."""
    await asyncio.sleep(_SETTLE_S)
    rss_few = rss_mb(node.pid)
    await live_node.enable(own.database, node, cameras)
    await asyncio.sleep(_SETTLE_S)
    rss_camera = (rss_mb(node.pid) - rss_few) / (plan.cameras - _FEW)
    if after is not None:
        await asyncio.wait([after])
    idle: list[float] = []
    busy: list[float] = []
    counted: list[dict[str, Any]] = []
    for _ in range(plan.rounds):  # by turns, so that a neighbour disturbs both alike
        idle.append(await _cores(node, plan.seconds))
        async with _windows(node, _tickets(own, cameras, plan)) as windows:
            windows.begin()
            busy.append(await _cores(node, plan.seconds))
            counted.append(await windows.end())
            rss = rss_mb(node.pid)
    # The smallest is the least disturbed: another process only ever adds (cold caches).
    return Load(min(idle), min(busy), rss, rss_camera, counted)


async def _cores(node: Node, seconds: float) -> float:
    used, begun = cpu_s(node.pid), _CLOCK.monotonic()
    await asyncio.sleep(seconds)
    return (cpu_s(node.pid) - used) / (_CLOCK.monotonic() - begun)


def _tickets(own: Ground, cameras: list[UUID], plan: Plan) -> list[list[str]]:
    key = load_key(own.settings)
    expires_at = _CLOCK.now() + timedelta(minutes=5)

    def ticket(number: int) -> str:
        camera = cameras[number % len(cameras)]
        return sign(Ticket("bench", "bench", camera, "live", None, None, expires_at), key)

    return [
        [ticket(wall * plan.tiles + n) for n in range(plan.tiles)] for wall in range(plan.walls)
    ]


class _Windows:
    """The load process, told over its stdin when to count."""

    def __init__(self, child: asyncio.subprocess.Process) -> None:
        assert child.stdin is not None
        assert child.stdout is not None
        self._wishes, self._answers = child.stdin, child.stdout

    async def open(self, tickets: list[list[str]]) -> None:
        self._wishes.write(json.dumps(tickets).encode() + b"\n")
        await self._wishes.drain()
        await self._answer()

    def begin(self) -> None:
        self._wishes.write(b"\n")

    async def end(self) -> dict[str, Any]:
        self._wishes.write(b"\n")
        found = json.loads(await self._answer())
        assert isinstance(found, dict)
        return found

    async def _answer(self) -> bytes:
        line = await self._answers.readline()
        if not line:
            raise Unavailable("the load process ended; it says why above")
        return line


@asynccontextmanager
async def _windows(node: Node, tickets: list[list[str]]) -> AsyncIterator[_Windows]:
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", f"{_HERE}.live_load", *node.address.split(":")),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        limit=64 * 1024 * 1024,
    )
    try:
        windows = _Windows(child)
        await windows.open(tickets)
        yield windows
    finally:
        if child.returncode is None:
            child.terminate()
        await child.wait()


async def _floor(plan: Plan, load: Load) -> float:
    octets_s = load.total("octets") / load.total("seconds")
    messages_s = load.total("messages") / load.total("seconds")
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", f"{_HERE}.live_floor", "bytes"),
        *(str(plan.walls), str(round(octets_s / plan.walls)), str(messages_s / plan.walls)),
        str(plan.seconds),
        stdout=subprocess.PIPE,
    )
    used, _ = await child.communicate()
    return float(used) * 1000 / plan.seconds / plan.streams


async def _peer(plan: Plan, load: Load) -> float:
    pictures = sum(sum(one["pictures"]) for one in load.counted)
    each = pictures / load.total("seconds") / plan.streams
    octets = round(load.total("octets") / load.total("seconds") / plan.streams / each) - 24
    port = free_port()
    arguments = ("peer", str(port), str(octets), str(each))
    async with live_node.process(Path("/dev/null"), f"{_HERE}.live_floor", *arguments) as child:
        await live_node.until_listening(child, port)
        node = Node(child.pid, f"127.0.0.1:{port}", [])
        async with _windows(node, [[""] * plan.tiles] * plan.walls):
            return await _cores(node, plan.seconds) * 1000 / plan.streams
