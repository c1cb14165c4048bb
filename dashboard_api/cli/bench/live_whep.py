"""WHEP's part of ``./ahual bench live``: what a viewer costs, how soon it sees, what loss does."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from dashboard_api.cli.bench import live_node, whep_browser
from dashboard_api.cli.bench.cpu import cpu_s
from dashboard_api.cli.bench.ground import Ground, free_port, ground
from dashboard_api.cli.bench.live_node import Node
from dashboard_api.cli.bench.report import Row, percentile
from ingest.media.tickets import Ticket, sign
from ingest.simulated.farm import farm_url
from models.kit.clock import SystemClock
from models.kit.errors import Unavailable
from models.kit.secret import load_key

_HERE = "dashboard_api.cli.bench"
_CLOCK = SystemClock()
_SETTLE_S = 5.0  # what a node does at its start must not be taken for what it does idle
_WARM_S = 2.0  # handshakes and cached pictures are over
_FLOOR_STREAMS = 16  # enough to be measured in CPU ticks
_OVERHEAD = 22  # RTP's head and SRTP's tag
_ENCODED = 4  # viewers of the path that encodes: more would fill the machine


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured: cameras, viewers on them, and for how long each time."""

    cameras: int
    viewers: int
    seconds: float
    rounds: int
    joins: int
    lossy_s: float
    together: bool  # peers at the same time: they disturb each other, but it is sooner done


FULL = Plan(cameras=16, viewers=64, seconds=20, rounds=3, joins=20, lossy_s=12, together=False)
QUICK = Plan(cameras=8, viewers=32, seconds=4, rounds=1, joins=6, lossy_s=5, together=True)


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU ms per viewer-stream-second, and what a viewer got meanwhile."""

    ms: float
    packets_s: float = 0.0
    octets: float = 0.0


async def measure(quick: bool) -> list[Row]:
    """Return WHEP's rows; the peers run over the same cameras in the same minutes."""
    plan = QUICK if quick else FULL
    async with (
        ground() as own,
        live_node.farm(own.folder, plan.cameras) as (rtsp_port, _),
    ):
        cameras = await live_node.add_cameras(own.database, rtsp_port, plan.cameras)
        room = str(plan.viewers * 2)
        async with live_node.node(own, cameras, AHUAL_WHEP_PEERS_MAX=room) as node:
            ours = await _product(own, node, plan)
            urls = [farm_url(rtsp_port, n) for n in range(plan.cameras)]
            seen = await _seen(own, node, plan)
            peers = await _peers(own, urls, plan, ours)
    return [*_cost_rows(plan, ours, peers), *seen]


def _cost_rows(plan: Plan, ours: Cost, peers: dict[str, float]) -> list[Row]:
    shape = f"{plan.viewers} viewers of {plan.cameras} cameras, {ours.packets_s:.0f} packets/s each"
    return [
        Row(
            "whep_cpu_ms_per_stream_s",
            ours.ms,
            "ms/s",
            0.6,
            peer="aiortc with decode=False and MediaRelay",
            peer_value=peers["stock"],
            note=f"What a viewer adds to the recording node: {shape}.",
        ),
        Row(
            "whep_cpu_ms_per_stream_s_to_encoded",
            ours.ms,
            "ms/s",
            peer="aiortc as its manual shows it: decode and encode",
            peer_value=peers["decode"],
            note=f"{_ENCODED} viewers of the peer.",
        ),
        Row(
            "whep_floor_cpu_ms_per_stream_s",
            peers["floor"],
            "ms/s",
            note="pylibsrtp's protect and sendto of as many packets of that size, nothing else.",
        ),
    ]


async def _seen(own: Ground, node: Node, plan: Plan) -> list[Row]:
    """Return the rows that Chromium tells."""
    tickets = [(camera, _ticket(own, camera)) for camera in node.cameras]
    seen = await whep_browser.look(
        f"http://{node.address}", tickets, joins=plan.joins, lossy_s=plan.lossy_s
    )
    if seen is None:
        why = "Needs Chromium and Playwright: pip install -r requirements-dev.txt."
        return [Row("join_ms_p95_whep", None, "ms", 350, note=why)]
    return [
        Row(
            "join_ms_p95_whep",
            percentile(seen.join_ms, 0.95),
            "ms",
            350,
            note=f"From the click to the first picture in Chromium, GOP 2 s; {plan.joins} joins,"
            f" median {percentile(seen.join_ms, 0.5):.0f}.",
        ),
        Row(
            "whep_loss_frames_share",
            seen.frames_share,
            "",
            0.95,
            direction=whep_browser.AT_LEAST,
            note=f"1 % of packets lost for {plan.lossy_s:.0f} s ({seen.lost} packets)."
            " Shown of the pictures sent.",
        ),
        Row("whep_loss_freezes", seen.freezes, "freezes", 0, note="As Chromium counts them."),
    ]


async def _product(own: Ground, node: Node, plan: Plan) -> Cost:
    addresses = [
        f"http://{node.address}/media/v1/cameras/{camera}/whep?stream=sub&ticket="
        + _ticket(own, camera)
        for camera in (node.cameras[n % plan.cameras] for n in range(plan.viewers))
    ]
    await asyncio.sleep(_SETTLE_S)
    return await _cost(node.pid, addresses, plan.seconds, plan.rounds)


async def _cost(pid: int, addresses: list[str], seconds: float, rounds: int) -> Cost:
    """Return the least disturbed of some rounds, each without and with the viewers."""
    found: list[Cost] = []
    for _ in range(rounds):
        idle = await _cores(pid, seconds)
        async with _viewers(addresses) as (begin, end):
            await asyncio.sleep(_WARM_S)
            await begin()
            busy = await _cores(pid, seconds)
            counted = await end()
        packets, streams = sum(counted["packets"]), len(addresses)
        found.append(
            Cost(
                (busy - idle) * 1000 / streams,
                packets / counted["seconds"] / streams,
                counted["octets"] / packets,
            )
        )
    return min(found, key=lambda cost: cost.ms)


async def _peers(own: Ground, urls: list[str], plan: Plan, ours: Cost) -> dict[str, float]:
    jobs = {
        "stock": _aiortc(own, "stock", urls, plan, viewers=plan.viewers),
        "decode": _aiortc(own, "decode", urls, plan, viewers=_ENCODED),
        "floor": _floor(plan, ours),
    }
    if plan.together:
        return dict(zip(jobs, await asyncio.gather(*jobs.values()), strict=True))
    return {name: await job for name, job in jobs.items()}


async def _aiortc(own: Ground, how: str, urls: list[str], plan: Plan, *, viewers: int) -> float:
    port = free_port()
    watched = urls[: min(viewers, len(urls))]
    async with live_node.process(
        own.folder / f"{how}.log", f"{_HERE}.whep_peers", how, str(port), *watched
    ) as child:
        await live_node.until_listening(child, port)
        await asyncio.sleep(_WARM_S)
        addresses = [f"http://127.0.0.1:{port}/whep/{n % len(watched)}" for n in range(viewers)]
        return (await _cost(child.pid, addresses, plan.seconds, plan.rounds)).ms


async def _floor(plan: Plan, ours: Cost) -> float:
    packets = round(ours.packets_s * _FLOOR_STREAMS)
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", f"{_HERE}.whep_peers", "floor"),
        *(str(packets), str(max(round(ours.octets) - _OVERHEAD, 1)), str(plan.seconds)),
        stdout=subprocess.PIPE,
    )
    used, _ = await child.communicate()
    return float(used) * 1000 / plan.seconds / _FLOOR_STREAMS


async def _cores(pid: int, seconds: float) -> float:
    used, begun = cpu_s(pid), _CLOCK.monotonic()
    await asyncio.sleep(seconds)
    return (cpu_s(pid) - used) / (_CLOCK.monotonic() - begun)


def _ticket(own: Ground, camera: UUID) -> str:
    expires_at = _CLOCK.now() + timedelta(minutes=10)
    ticket = Ticket("bench", "bench", camera, "live", None, None, expires_at)
    return sign(ticket, load_key(own.settings))


@asynccontextmanager
async def _viewers(
    addresses: list[str],
) -> AsyncIterator[tuple[Callable[[], Awaitable[None]], Callable[[], Awaitable[dict[str, Any]]]]]:
    """Open viewers in a process of their own; give how to begin and to end a count."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", f"{_HERE}.whep_load"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        limit=16 * 1024 * 1024,
    )
    assert child.stdin is not None
    assert child.stdout is not None
    wishes, answers = child.stdin, child.stdout

    async def answer() -> bytes:
        line = await answers.readline()
        if not line:
            raise Unavailable("the viewers' process ended; it says why above")
        return line

    async def begin() -> None:
        wishes.write(b"\n")
        await wishes.drain()

    async def end() -> dict[str, Any]:
        wishes.write(b"\n")
        found: dict[str, Any] = json.loads(await answer())
        return found

    try:
        wishes.write(json.dumps(addresses).encode() + b"\n")
        await wishes.drain()
        await answer()
        yield begin, end
    finally:
        wishes.close()
        await child.wait()
