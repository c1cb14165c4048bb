"""``./ahual bench vision``: cameras a core from the media node to the observation."""

from collections.abc import Mapping
from dataclasses import dataclass

from dashboard_api.cli.bench import vision_run
from dashboard_api.cli.bench.ground import ground
from dashboard_api.cli.bench.live_node import add_cameras, node
from dashboard_api.cli.bench.report import Goal, Row
from dashboard_api.cli.bench.vision_run import Cost
from dashboard_api.cli.bench.vision_scene import STILL
from ingest.simulated.farm import farm_name, farm_url

_NAIVE = "every picture decoded and given to the same detector"


@dataclass(frozen=True, slots=True)
class Plan:
    """How many cameras are looked at in still and in busy halls, and for how long each time."""

    cameras: int
    busy: int
    seconds: float
    naive_s: float


FULL = Plan(cameras=30, busy=16, seconds=40, naive_s=20)
QUICK = Plan(cameras=30, busy=8, seconds=4, naive_s=2)
_RUNTIMES = ("openvino", "onnxruntime")


async def run(quick: bool) -> list[Row]:
    plan = QUICK if quick else FULL
    floors = {runtime: await vision_run.floor(runtime) for runtime in _RUNTIMES}
    async with ground() as own, vision_run.cameras(own.folder, plan.cameras) as (rtsp, control):
        ids = await add_cameras(own.database, rtsp, plan.cameras)
        await vision_run.draw_zones(own.database, ids[: plan.busy])
        async with node(own, ids) as media:
            costs: list[Cost] = []
            for runtime in _RUNTIMES:
                async with vision_run.vision(own, runtime, plan.busy) as running:
                    costs.append(await vision_run.measure(own, media, running, plan.seconds))
            naive = await vision_run.told_by(
                "vision.naive", farm_url(rtsp, 0), str(plan.naive_s), "openvino"
            )
            await vision_run.show(control, STILL, [farm_name(n) for n in range(plan.cameras)])
            await vision_run.draw_zones(own.database, ids[plan.busy :])
            async with vision_run.vision(own, "openvino", plan.cameras) as running:
                still = await vision_run.measure(own, media, running, max(plan.seconds, 10.0))
    return rows(plan, costs, still, naive, floors)


def rows(
    plan: Plan,
    costs: list[Cost],
    still: Cost,
    naive: Mapping[str, float],
    floors: Mapping[str, Mapping[str, float]],
) -> list[Row]:
    """Return what is told of the measured spans; pure."""
    return [*_rows(plan, costs, still, naive), *_stages(costs[0], still), *_floors(floors)]


def _rows(plan: Plan, costs: list[Cost], still: Cost, naive: Mapping[str, float]) -> list[Row]:
    openvino, onnx = costs
    naive_ms = naive["cpu_s"] / naive["seconds"] * 1000
    naive_fps = naive["pictures"] / naive["seconds"]
    return [
        Row(
            "cameras_per_core_openvino",
            openvino.cameras_per_core,
            "cameras",
            55,
            Goal.AT_LEAST,
            peer=_NAIVE,
            peer_value=1000 / naive_ms,
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


def _stages(busy: Cost, still: Cost) -> list[Row]:
    """Return where the time goes: CPU a look with OpenVINO, in busy halls and in still ones."""
    rows = []
    for name, cost in (("busy", busy), ("still", still)):
        rest_ms = cost.look_ms - sum(cost.stages_ms.values())
        stages = {"node": cost.node_ms, **cost.stages_ms, "rest": rest_ms}
        rows += [Row(f"{name}_{stage}_ms", value, "ms/look") for stage, value in stages.items()]
    return rows


def _floors(floors: Mapping[str, Mapping[str, float]]) -> list[Row]:
    """Return what no program can go below with this network on this machine."""
    return [
        Row(
            f"floor_ms_{runtime}",
            found["used"],
            "ms",
            note=(
                f"The network alone, a whole picture: {1000 / found['used']:.0f} looks a core and"
                f" second before anything else; {found['not_8_bit']:.1f} ms without 8-bit numbers."
            ),
        )
        for runtime, found in floors.items()
    ]


def _note(cost: Cost) -> str:
    return (
        f"{cost.cameras} cameras at {cost.rate:.2f} looks/s: node {cost.node_ms:.2f} ms a camera"
        f" and second, vision {cost.look_ms:.1f} ms a look (the detector took {cost.detect_ms:.1f}"
        f" ms by the clock in {cost.judged:.0%} of them), {cost.lost} lost,"
        f" {cost.told} observations."
    )
