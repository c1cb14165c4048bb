"""WHEP's part of ``./ahual bench live``: what a viewer costs, how soon it sees, what loss does."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
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

if TYPE_CHECKING:
    from playwright.async_api import Browser

_HERE = "dashboard_api.cli.bench"
_CLOCK = SystemClock()
_SETTLE_S = 5.0  # what a node does at its start must not be taken for what it does idle
_WARM_S = 2.0  # handshakes and cached pictures are over
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


FULL = Plan(cameras=16, viewers=64, seconds=8, rounds=3, joins=20, lossy_s=12)
QUICK = Plan(cameras=8, viewers=32, seconds=3, rounds=1, joins=6, lossy_s=4)


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU ms per viewer-stream-second, and what a viewer got meanwhile.

    ``lost_s``: packets a second, of all viewers, that never came.
    """

    ms: float
    packets_s: float
    octets: float
    lost_s: float = 0.0


async def measure() -> list[Row]:
    """Return WHEP's rows of a whole run, on a node of its own."""
    plan = FULL
    async with (
        ground() as own,
        live_node.farm(own.folder, plan.cameras) as (rtsp_port, _),
    ):
        cameras = await live_node.add_cameras(own.database, rtsp_port, plan.cameras)
        urls = [farm_url(rtsp_port, n) for n in range(plan.cameras)]
        async with live_node.node(own, cameras, **room(quick=False)) as node:
            costs = await _in_turns(own, node, urls, plan)
            async with whep_browser.browser() as browser:
                return [*_cost_rows(plan, costs), *await seen(own, node, browser, quick=False)]


def room(*, quick: bool) -> dict[str, str]:
    """Return the settings of a node that takes the viewers."""
    return {"AHUAL_WHEP_PEERS_MAX": str((QUICK if quick else FULL).viewers * 2)}


async def peers(own: Ground, rtsp_port: int) -> dict[str, Cost]:
    """Return what the peers cost in a quick run, over the same cameras, both at the same time."""
    urls = [farm_url(rtsp_port, n) for n in range(QUICK.cameras)]
    stock, decode = await asyncio.gather(
        _peer_cost(own, "stock", urls, QUICK.viewers, QUICK.seconds),
        _peer_cost(own, "decode", urls, _ENCODED, QUICK.seconds),
    )
    return {"stock": stock, "decode": decode}


async def ours(own: Ground, node: Node) -> Cost:
    """Return what a viewer adds to the node in a quick run.

    Nothing else runs meanwhile: what it takes without viewers must be disturbed as little as what
    it takes with them, or the difference is not theirs.
    """
    await asyncio.sleep(_WARM_S)  # whoever watched before is gone by then
    return await _cost(node.pid, _addresses(own, node, QUICK), QUICK.seconds)


async def under(cost: Cost) -> dict[str, Cost]:
    """Return the floors of a quick run, both at the same time."""
    runs, packets = await asyncio.gather(
        _floor("runs", QUICK, cost), _floor("packets", QUICK, cost)
    )
    return {"runs": runs, "packets": packets}


def rows(costs: dict[str, Cost]) -> list[Row]:
    """Return the rows of a quick run."""
    return _cost_rows(QUICK, costs)


def _cost_rows(plan: Plan, costs: dict[str, Cost]) -> list[Row]:
    ours, stock, decode = costs["ours"], costs["stock"], costs["decode"]
    runs, packets = costs["runs"], costs["packets"]
    shape = f"{plan.viewers} viewers of {plan.cameras} cameras, {ours.packets_s:.0f} packets/s each"
    same = (
        f"As many packets of that size to as many sockets, encrypted and sent, nothing else;"
        f" all but {{lost:.0f}} of {plan.viewers * ours.packets_s:.0f} a second came."
    )
    return [
        Row(
            "whep_cpu_ms_per_stream_s",
            ours.ms,
            "ms/s",
            0.6,
            peer="aiortc with decode=False and MediaRelay",
            peer_value=stock.ms,
            floor=runs.ms,
            note=f"What a viewer adds to the recording node: {shape}. The peer sent"
            f" {stock.packets_s:.0f}. Each the least disturbed of {plan.rounds}, taken in turns.",
        ),
        Row(
            "whep_cpu_ms_per_stream_s_to_encoded",
            ours.ms,
            "ms/s",
            peer="aiortc as its manual shows it: decode and encode",
            peer_value=decode.ms,
            note=f"{_ENCODED} viewers of the peer.",
        ),
        Row(
            "whep_floor_cpu_ms_per_stream_s",
            runs.ms,
            "ms/s",
            note=f"A call a picture. {same.format(lost=runs.lost_s)} "
            f"The product costs {ours.ms / runs.ms:.1f} times as much.",
        ),
        Row(
            "whep_floor_sendto_cpu_ms_per_stream_s",
            packets.ms,
            "ms/s",
            note=f"A call a packet. {same.format(lost=packets.lost_s)} "
            f"The product costs {ours.ms / packets.ms:.1f} times as much.",
        ),
    ]


async def seen(own: Ground, node: Node, browser: "Browser | None", *, quick: bool) -> list[Row]:
    """Return the rows that Chromium tells."""
    plan = QUICK if quick else FULL
    if browser is None:
        why = "Needs Chromium and Playwright: pip install -r requirements-dev.txt."
        return [Row("join_ms_p95_whep", None, "ms", 350, note=why)]
    tickets = [(camera, _ticket(own, camera)) for camera in node.cameras[: plan.cameras]]
    seen = await whep_browser.look(
        browser, f"http://{node.address}", tickets, joins=plan.joins, lossy_s=plan.lossy_s
    )
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


def _addresses(own: Ground, node: Node, plan: Plan) -> list[str]:
    """Return where each viewer joins."""
    return [
        f"http://{node.address}/media/v1/cameras/{camera}/whep?stream=sub&ticket="
        + _ticket(own, camera)
        for camera in (node.cameras[n % plan.cameras] for n in range(plan.viewers))
    ]


async def _in_turns(own: Ground, node: Node, urls: list[str], plan: Plan) -> dict[str, Cost]:
    """Return what a viewer costs: the product's, its peers', and the floors under all of them.

    They take turns, so that what else the machine does meets them alike.
    """
    addresses = _addresses(own, node, plan)
    found: dict[str, list[Cost]] = {}
    async with _aiortc(own, "stock", urls, viewers=plan.viewers) as (stock, stock_addresses):
        await asyncio.sleep(_SETTLE_S)
        for _ in range(plan.rounds):
            ours = await _cost(node.pid, addresses, plan.seconds)
            found.setdefault("ours", []).append(ours)
            stocks = await _cost(stock, stock_addresses, plan.seconds)
            found.setdefault("stock", []).append(stocks)
            for how in ("runs", "packets"):
                found.setdefault(how, []).append(await _floor(how, plan, ours))
    found["decode"] = [await _peer_cost(own, "decode", urls, _ENCODED, plan.seconds)]
    return {name: min(costs, key=lambda cost: cost.ms) for name, costs in found.items()}


async def _peer_cost(own: Ground, how: str, urls: list[str], viewers: int, seconds: float) -> Cost:
    async with _aiortc(own, how, urls, viewers=viewers) as (pid, addresses):
        return await _cost(pid, addresses, seconds)


async def _cost(pid: int, addresses: list[str], seconds: float) -> Cost:
    """Return what viewers add to a process: with them less without them."""
    idle = await _cores(pid, seconds)
    async with _viewers(addresses) as (begin, end):
        await asyncio.sleep(_WARM_S)
        await begin()
        busy = await _cores(pid, seconds)
        counted = await end()
    return _shared(busy - idle, counted, len(addresses))


def _shared(cores: float, counted: dict[str, Any], viewers: int) -> Cost:
    """Return what each viewer cost and got."""
    packets = sum(counted["packets"])
    return Cost(
        cores * 1000 / viewers,
        packets / counted["seconds"] / viewers,
        counted["octets"] / packets,
    )


@asynccontextmanager
async def _aiortc(
    own: Ground, how: str, urls: list[str], *, viewers: int
) -> AsyncIterator[tuple[int, list[str]]]:
    """Run a peer; give its process and where its viewers join."""
    port = free_port()
    watched = urls[: min(viewers, len(urls))]
    async with live_node.process(
        own.folder / f"{how}.log", f"{_HERE}.whep_peers", how, str(port), *watched
    ) as child:
        await live_node.until_listening(child, port)
        await asyncio.sleep(_WARM_S)
        yield (
            child.pid,
            [f"http://127.0.0.1:{port}/whep/{n % len(watched)}" for n in range(viewers)],
        )


async def _floor(how: str, plan: Plan, ours: Cost) -> Cost:
    """Return what as many packets cost that are only encrypted and sent."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", f"{_HERE}.whep_peers", how, str(plan.viewers)),
        *(str(ours.packets_s), str(round(ours.octets)), str(plan.seconds)),
        stdout=subprocess.PIPE,
    )
    told, _ = await child.communicate()
    found: dict[str, float] = json.loads(told)
    packets_s = found["sent"] / plan.seconds / plan.viewers
    alike = ours.packets_s / packets_s  # whole packets a picture are not quite as many
    return Cost(
        found["cpu_s"] * 1000 / plan.seconds / plan.viewers * alike,
        ours.packets_s,
        ours.octets,
        max(found["sent"] - found["received"], 0) / plan.seconds,
    )


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
