"""``./ahual bench soak [--minutes N]``: does a node that is never left alone grow or drift?

Viewers come and go by every door and cameras fail on cue, all the time. Before and after, in calm,
its tasks, threads, sockets and descriptors are counted; what is more afterwards has leaked.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

import httpx

from dashboard_api.cli.bench import live_node
from dashboard_api.cli.bench.cpu import cpu_s
from dashboard_api.cli.bench.ground import ground
from dashboard_api.cli.bench.report import Row
from dashboard_api.cli.bench.soak_sums import LIVE, figures, growth, shift_ms
from dashboard_api.cli.bench.soak_visits import Node, flap_on, lags, visit_on
from models.kit.clock import SystemClock
from models.kit.errors import Unavailable
from models.kit.secret import load_key

MINUTES = 60.0
_CAMERAS, _CAMERAS_QUICK = 32, 8
_ENOUGH_S = 1800  # a slope of less is noise
_STEADY = 4  # cameras that never fail: on them drift is seen
_VISITORS = {"wall": 4, "player": 2, "snapshot": 1, "peer": 2}
_PAUSE_S = 2.0
_CALM_S = 90.0  # a camera's back-off and a peer's reaping take up to 30 s
_SEED = 3
_LOOKS = 6
_COUNTED = {
    "leaked_tasks": "ahual_node_tasks",
    "leaked_threads": "ahual_node_threads",
    "leaked_sockets": "ahual_node_sockets",
    "leaked_fds": "process_open_fds",
}
_RSS = "process_resident_memory_bytes"
_MIB = 2**20


@dataclass(frozen=True, slots=True)
class Length:
    """How long the parts last, in seconds."""

    warm_up_s: float
    soak_s: float
    sample_s: float
    calm_s: float


_QUICK = Length(warm_up_s=6, soak_s=15, sample_s=0.5, calm_s=9)


@dataclass
class Seen:
    """What was measured. ``memory`` are (seconds, bytes)."""

    memory: list[tuple[float, float]] = field(default_factory=list)
    calm: dict[str, float] = field(default_factory=dict)
    calm_after: dict[str, float] = field(default_factory=dict)
    lags: dict[int, float] = field(default_factory=dict)
    lags_after: dict[int, float] = field(default_factory=dict)
    cores: float = 0.0


async def run(quick: bool, minutes: float = MINUTES) -> list[Row]:
    """Soak one node for so long; ``quick``: for a minute."""
    length = _QUICK if quick else _length(minutes)
    count = _CAMERAS_QUICK if quick else _CAMERAS
    clock = SystemClock()
    async with (
        ground(recordings_keep_days=0.02) as place,
        live_node.farm(place.folder, count) as (rtsp, control),
    ):
        cameras = await live_node.add_cameras(place.database, rtsp, count)
        async with live_node.node(place, cameras, AHUAL_RECORDINGS_KEEP_DAYS="0.02") as node:
            visited = Node(node.address, load_key(place.settings), clock, cameras)
            seen = await _soak(visited, node.pid, control, length)
    return _rows(seen, visited, length)


def _length(minutes: float) -> Length:
    whole_s = minutes * 60
    warm_up_s = min(whole_s / 5, 600)
    soak_s = max(whole_s * 0.8 - _CALM_S, whole_s / 3)
    return Length(warm_up_s, soak_s, min(whole_s / 60, 10), _CALM_S)


async def _soak(node: Node, pid: int, control_port: int, length: Length) -> Seen:
    seen, clock = Seen(), node.clock
    steady = node.cameras[-_STEADY:]
    # Kept alive, a connection would be closed by the node just when the next look begins.
    headers = {"Connection": "close"}
    base_url = f"http://{node.address}"
    async with httpx.AsyncClient(base_url=base_url, headers=headers, trust_env=False) as http:

        async def look() -> dict[str, float]:
            """Try until it answers: a node that is late fails a visit, not the soak."""
            for _ in range(_LOOKS):
                try:
                    return figures((await http.get("/metrics")).raise_for_status().text)
                except httpx.HTTPError as error:
                    node.failed[f"metrics: {type(error).__name__} {error}"[:160]] += 1
            msg = f"the node has not answered {_LOOKS} times in a row; its log says why"
            raise Unavailable(msg)

        async with _churn(node, control_port):
            await asyncio.sleep(length.warm_up_s)
        seen.calm = await _calm(look, len(node.cameras), length.calm_s)
        seen.lags = await lags(node, steady)
        cpu, began_s = cpu_s(pid), clock.monotonic()
        async with _churn(node, control_port):
            while (passed_s := clock.monotonic() - began_s) < length.soak_s:
                seen.memory.append((passed_s, (await look())[_RSS]))
                await asyncio.sleep(length.sample_s)
        seen.cores = (cpu_s(pid) - cpu) / (clock.monotonic() - began_s)
        seen.calm_after = await _calm(look, len(node.cameras), length.calm_s, seen.calm)
        seen.lags_after = await lags(node, steady)
    return seen


@asynccontextmanager
async def _churn(node: Node, control_port: int) -> AsyncIterator[None]:
    choice = Random(_SEED)  # the same faults and visits in every run; guards nothing
    jobs: list[Coroutine[Any, Any, None]] = [
        visit_on(node, kind, _PAUSE_S, Random(choice.random()))
        for kind, visitors in _VISITORS.items()
        for _ in range(visitors)
    ]
    flapping = len(node.cameras) - _STEADY
    jobs += [flap_on(node, control_port, flapping, Random(choice.random())) for _ in range(2)]
    tasks = [asyncio.create_task(job) for job in jobs]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _calm(
    look: Callable[[], Coroutine[Any, Any, dict[str, float]]],
    cameras: int,
    calm_s: float,
    before: dict[str, float] | None = None,
) -> dict[str, float]:
    """Return the counts once every camera is live again and nothing falls any more.

    With ``before`` as soon as nothing is above it. At the latest after ``calm_s``: what has not
    gone by then has leaked.
    """
    clock = SystemClock()
    began_s = fell_s = clock.monotonic()
    least = await look()
    while (now_s := clock.monotonic()) - began_s < calm_s:
        await asyncio.sleep(1)
        now = await look()
        if any(now[name] < least[name] for name in _COUNTED.values()):
            fell_s = now_s
        least = now
        settled = now_s - fell_s > calm_s / 3
        if before is not None:
            settled = all(now[name] <= before[name] for name in _COUNTED.values())
        if now[LIVE] < cameras:
            fell_s = now_s
        elif settled:
            break
    return least


def _rows(seen: Seen, node: Node, length: Length) -> list[Row]:
    grown = growth(seen.memory)
    visits, failed = sum(node.done.values()), sum(node.failed.values())
    for reason, count in node.failed.most_common(5):
        sys.stderr.write(f"failed {count}: {reason}\n")
    slope = Row(
        "memory_slope_mib_h",
        grown.per_hour / _MIB,
        "MiB/h",
        goal=1.0 if length.soak_s >= _ENOUGH_S else None,
        note=f"{len(seen.memory)} samples in {length.soak_s / 60:.1f} min after "
        f"{length.warm_up_s / 60:.1f} min of warm-up; standard error {grown.error / _MIB:.1f} MiB/h"
        + ("" if length.soak_s >= _ENOUGH_S else ": too short to judge, run --minutes 60"),
    )
    leaks = [
        Row(
            metric,
            max(seen.calm_after[name] - seen.calm[name], 0),
            "",
            goal=0.0,
            note=f"{name} in calm: {seen.calm[name]:.0f} before, {seen.calm_after[name]:.0f} after",
        )
        for metric, name in _COUNTED.items()
    ]
    drift = Row(
        "drift_ms",
        shift_ms(seen.lags, seen.lags_after),
        "ms",
        goal=100.0,
        note="how far the newest media time moved against the wall clock, worst of "
        f"{len(seen.lags)} cameras that never failed; lag {max(seen.lags_after.values()):.3f} s",
    )
    counts = ", ".join(f"{count} {kind}" for kind, count in sorted(node.done.items()))
    told = Row("failed_visits", float(failed), "", goal=0.0, note=f"of {visits + failed}: {counts}")
    cores = Row("cores_soak", seen.cores, "cores", note=f"{len(node.cameras)} cameras recorded")
    return [slope, *leaks, drift, told, cores]
