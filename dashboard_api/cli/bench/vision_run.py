"""The measured vision process beside its media node, and what it says of itself at /metrics."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import httpx
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import func, select, update

from dashboard_api.cli.bench.cpu import cpu_s, rss_mb
from dashboard_api.cli.bench.ground import Ground, free_port
from dashboard_api.cli.bench.live_node import CLIPS, Node, process, until_listening
from ingest.simulated.scenes import SCENES
from models.camera import Stream, Zone
from models.kit.bus import announce
from models.kit.clock import SystemClock
from models.kit.database import Database
from models.kit.errors import Unavailable
from models.observation import ZoneObservationRow
from models.observations import ZoneKind

_CLOCK = SystemClock()
_START_S = 60.0
_STAGE = "vision_cpu_seconds_total"
_BUCKET = "vision_picture_to_state_seconds_bucket"
Samples = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Cost:
    """One measured span.

    Attributes:
        cameras: that were looked at.
        node_ms: CPU of the media node, a camera and second.
        look_ms: CPU of vision, a look.
        detect_ms: of that the detector alone, by the clock.
        looks: taken, all cameras together.
        judged: share of them at which the detector looked.
        rate: looks a second and camera.
        lost: looks that newer pictures pushed out.
        rss_mb: resident memory of vision.
        late_ms_p95: from the picture's arrival at the node to its state; None without looks.
        told: observations written meanwhile.
        stages_ms: CPU of the stages of a look, over all looks; the rest of ``look_ms`` is
            receiving, people, zones and writing.
    """

    cameras: int
    node_ms: float
    look_ms: float
    detect_ms: float
    looks: int
    judged: float
    rate: float
    lost: int
    rss_mb: float
    late_ms_p95: float | None
    told: int
    stages_ms: Mapping[str, float]

    @property
    def cameras_per_core(self) -> float:
        """Cameras at one look a second, the node's own share counted in."""
        return 1000 / (self.node_ms + self.look_ms)


@dataclass(frozen=True, slots=True)
class Vision:
    pid: int
    port: int
    cameras: int


@asynccontextmanager
async def cameras(folder: Path, count: int) -> AsyncIterator[tuple[int, int]]:
    """Run the cameras of the bench; give their RTSP and control ports."""
    rtsp, control = free_port(), free_port()
    module = "dashboard_api.cli.bench.vision_cameras"
    arguments = (str(CLIPS), str(count), str(rtsp), str(control))
    async with process(folder / "cameras.log", module, *arguments) as child:
        await until_listening(child, control)
        yield rtsp, control


@asynccontextmanager
async def vision(ground: Ground, runtime: str, cameras: int) -> AsyncIterator[Vision]:
    """Run ``python -m vision`` and wait until it has looked at every camera, in the mean twice."""
    port = free_port()
    environment = {
        "AHUAL_DATABASE_URL": ground.settings.database_url or "",
        "AHUAL_STATE_DIR": str(ground.settings.state_dir),
        "AHUAL_VISION_DETECTOR": runtime,
        "AHUAL_VISION_HEALTH_PORT": str(port),
        "AHUAL_LOG_LEVEL": "warning",
    }
    async with process(ground.folder / f"vision-{runtime}.log", "vision", **environment) as child:
        running = Vision(child.pid, port, cameras)
        deadline = _CLOCK.monotonic() + _START_S
        while child.poll() is None and _CLOCK.monotonic() < deadline:
            try:
                taken = _looks(await _samples(running))
            except httpx.HTTPError:
                taken = 0.0
            if taken >= 2 * cameras:
                break
            await asyncio.sleep(0.2)
        else:
            raise Unavailable(f"vision with {runtime} looks at too few cameras; its log says why")
        yield running


async def floor(runtime: str) -> Mapping[str, float]:
    """Return what the network alone costs a picture here, CPU milliseconds; see vision/floor.py."""
    return await told_by("vision.floor", runtime)


async def told_by(module: str, *arguments: str) -> Mapping[str, float]:
    """Run a module and return the numbers that it prints as one JSON object.

    Raises:
        Unavailable: it ended early.
    """
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, *arguments), stdout=subprocess.PIPE
    )
    told, _ = await child.communicate()
    if child.returncode:
        raise Unavailable(f"{module} ended early; it says why above")
    found: Mapping[str, float] = json.loads(told)
    return found


async def measure(ground: Ground, node: Node, running: Vision, seconds: float) -> Cost:
    """Return what so many seconds cost."""
    before, told = await _samples(running), await _told(ground.database)
    begun, node_s, vision_s = _CLOCK.monotonic(), cpu_s(node.pid), cpu_s(running.pid)
    await asyncio.sleep(seconds)
    node_s, vision_s = cpu_s(node.pid) - node_s, cpu_s(running.pid) - vision_s
    lasted_s = _CLOCK.monotonic() - begun
    after = await _samples(running)
    spent = {name: value - before.get(name, 0.0) for name, value in after.items()}
    looks = _looks(spent)
    if not looks:
        raise Unavailable("vision took no look; its log says why")
    reused = spent.get("vision_looks_reused_total", 0.0)
    detected = spent.get("vision_inference_seconds_count", 0.0)
    return Cost(
        cameras=running.cameras,
        node_ms=node_s / lasted_s / len(node.cameras) * 1000,
        look_ms=vision_s / looks * 1000,
        detect_ms=spent.get("vision_inference_seconds_sum", 0.0) / max(detected, 1) * 1000,
        looks=round(looks),
        judged=1 - reused / looks,
        rate=looks / lasted_s / running.cameras,
        lost=round(spent.get("vision_pictures_dropped_total", 0.0)),
        rss_mb=rss_mb(running.pid),
        late_ms_p95=_percentile_ms(spent, 0.95),
        told=await _told(ground.database) - told,
        stages_ms={
            name.partition(":")[2]: value / looks * 1000
            for name, value in spent.items()
            if name.startswith(_STAGE)
        },
    )


async def draw_zones(database: Database, cameras: list[UUID]) -> None:
    """Draw the hall's zones on every camera, and leave recording to other benches."""
    async with database.transaction() as session:
        await session.execute(update(Stream).values(recorded=False))
        for camera_id in cameras:
            for zone in SCENES[0].zones:
                if zone.kind is ZoneKind.QUEUE:
                    polygon = [list(corner) for corner in zone.polygon]
                    session.add(
                        Zone(camera_id=camera_id, kind=zone.kind, name="queue", polygon=polygon)
                    )
                else:  # without windows of offices: whoever is behind the counter
                    polygon = [list(corner) for corner in zone.polygon]
                    name = f"window {zone.window_number}"
                    session.add(
                        Zone(
                            camera_id=camera_id,
                            kind=ZoneKind.RESTRICTED,
                            name=name,
                            polygon=polygon,
                        )
                    )
            announce(session, "config", camera_id, {"camera_id": str(camera_id)})


async def show(control_port: int, variant: str, names: list[str]) -> None:
    """Turn cameras to another picture."""
    reader, writer = await asyncio.open_connection("127.0.0.1", control_port)
    for name in names:
        writer.write(f"show {name} {variant}\n".encode())
        answer = await reader.readline()
        if not answer.startswith(b"ok"):
            raise Unavailable(f"the simulated camera refused: {answer.decode().strip()}")
    writer.close()


async def _samples(running: Vision) -> Samples:
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"http://127.0.0.1:{running.port}/metrics")
    found: dict[str, float] = {}
    for family in text_string_to_metric_families(answer.text):
        for sample in family.samples:
            name = sample.name
            if name == _BUCKET:
                name = f"{_BUCKET}:{sample.labels['le']}"
            elif name == _STAGE:
                name = f"{_STAGE}:{sample.labels['stage']}"
            found[name] = found.get(name, 0.0) + sample.value
    return found


def _looks(samples: Samples) -> float:
    return samples.get("vision_looks_total", 0.0)


def _percentile_ms(samples: Samples, share: float) -> float | None:
    """Return the value within its bucket as if values were spread evenly in it."""
    buckets = sorted(
        (float(name.partition(":")[2]), count)
        for name, count in samples.items()
        if name.startswith(_BUCKET)
    )
    if not buckets or not buckets[-1][1]:
        return None
    wanted = share * buckets[-1][1]
    low_s, below = 0.0, 0.0
    for high_s, upto in buckets:
        if upto >= wanted:
            within = (wanted - below) / (upto - below) if upto > below else 1.0
            return (low_s + (min(high_s, 60.0) - low_s) * within) * 1000
        low_s, below = high_s, upto
    return None


async def _told(database: Database) -> int:
    async with database.read() as session:
        return await session.scalar(select(func.count()).select_from(ZoneObservationRow)) or 0
