"""``./ahual bench vision``: cameras a core from the media node to the observation."""

import asyncio
import json
import subprocess
import sys
from dataclasses import dataclass

from dashboard_api.cli.bench import vision_run
from dashboard_api.cli.bench.ground import ground
from dashboard_api.cli.bench.live_node import add_cameras, node
from dashboard_api.cli.bench.report import Goal, Row
from dashboard_api.cli.bench.vision_run import Cost
from dashboard_api.cli.bench.vision_scene import STILL
from ingest.simulated.farm import farm_name, farm_url
from models.kit.errors import Unavailable

_NAIVE = "every picture decoded and given to the same detector"


@dataclass(frozen=True, slots=True)
class Plan:
    """How many cameras are looked at in still and in busy halls, and for how long each time."""

    cameras: int
    busy: int
    seconds: float
    naive_s: float


FULL = Plan(cameras=30, busy=16, seconds=40, naive_s=20)
QUICK = Plan(cameras=30, busy=8, seconds=6, naive_s=4)


async def run(quick: bool) -> list[Row]:
    plan = QUICK if quick else FULL
    async with ground() as own, vision_run.cameras(own.folder, plan.cameras) as (rtsp, control):
        ids = await add_cameras(own.database, rtsp, plan.cameras)
        await vision_run.draw_zones(own.database, ids[: plan.busy])
        async with node(own, ids) as media:
            costs: list[Cost] = []
            for runtime in ("openvino", "onnxruntime"):
                async with vision_run.vision(own, runtime, plan.busy) as running:
                    costs.append(await vision_run.measure(own, media, running, plan.seconds))
            small = await vision_run.quantised(own)
            async with vision_run.vision(own, "openvino", plan.busy, small) as running:
                costs.append(await vision_run.measure(own, media, running, plan.seconds))
            naive_ms, naive_fps = await _naive(farm_url(rtsp, 0), plan.naive_s)
            await vision_run.show(control, STILL, [farm_name(n) for n in range(plan.cameras)])
            await vision_run.draw_zones(own.database, ids[plan.busy :])
            async with vision_run.vision(own, "openvino", plan.cameras) as running:
                still = await vision_run.measure(own, media, running, max(plan.seconds, 10.0))
    return _rows(plan, costs, still, naive_ms, naive_fps)


async def _naive(url: str, seconds: float) -> tuple[float, float]:
    """Return CPU milliseconds a camera and second of the naive pipeline, and its pictures/s."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "vision.naive", url, str(seconds), "openvino"),
        stdout=subprocess.PIPE,
    )
    told, _ = await child.communicate()
    if child.returncode:
        raise Unavailable("the naive pipeline ended early; it says why above")
    found = json.loads(told)
    return found["cpu_s"] / found["seconds"] * 1000, found["pictures"] / found["seconds"]


def _rows(
    plan: Plan, costs: list[Cost], still: Cost, naive_ms: float, naive_fps: float
) -> list[Row]:
    openvino, onnx, int8 = costs
    naive = 1000 / naive_ms
    return [
        Row(
            "cameras_per_core_openvino",
            openvino.cameras_per_core,
            "cameras",
            55,
            Goal.AT_LEAST,
            peer=_NAIVE,
            peer_value=naive,
            note=_note(openvino),
        ),
        Row(
            "cameras_per_core_onnxruntime",
            onnx.cameras_per_core,
            "cameras",
            28,
            Goal.AT_LEAST,
            note=_note(onnx),
        ),
        Row(
            "cameras_per_core_int8",
            int8.cameras_per_core,
            "cameras",
            note=f"OpenVINO, the default in 8-bit numbers (weights quantise). {_note(int8)}",
        ),
        Row(
            "cameras_per_core_still",
            still.cameras_per_core,
            "cameras",
            120,
            Goal.AT_LEAST,
            note=_note(still),
        ),
        Row(
            "rss_mb_30_cameras",
            still.rss_mb,
            "MB",
            500,
            note=f"The vision process with OpenVINO and {plan.cameras} cameras.",
        ),
        Row(
            "state_ms_p95",
            openvino.late_ms_p95,
            "ms",
            1500,
            note="From the picture's arrival at the media node to the state of its zones.",
        ),
        Row(
            "naive_cpu_ms_per_camera_s",
            naive_ms,
            "ms/s",
            note=f"The naive pipeline itself: {naive_fps:.1f} pictures/s of one camera, OpenVINO.",
        ),
    ]


def _note(cost: Cost) -> str:
    return (
        f"{cost.cameras} cameras at {cost.rate:.2f} looks/s: node {cost.node_ms:.2f} ms a camera"
        f" and second, vision {cost.look_ms:.1f} ms a look (the detector took {cost.detect_ms:.1f}"
        f" ms by the clock in {cost.judged:.0%} of them), {cost.lost} lost,"
        f" {cost.told} observations."
    )
