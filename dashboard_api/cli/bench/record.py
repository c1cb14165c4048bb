"""``./ahual bench record``: what recording costs beside one ffmpeg per camera, and what is lost."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select, update

from dashboard_api.cli import sim
from dashboard_api.cli.bench.cpu import cpu_s, rss_mb
from dashboard_api.cli.bench.ground import Ground, ground
from dashboard_api.cli.bench.live_node import Node, add_cameras, farm, node
from dashboard_api.cli.bench.record_peer import FfmpegCopies, ffmpeg_copies
from dashboard_api.cli.bench.record_rows import RowWatch
from dashboard_api.cli.bench.record_seen import Seen, count_missing
from dashboard_api.cli.bench.report import Row, percentile
from ingest.simulated.loops import LoopSpec
from models.camera import Camera, Stream
from models.kit import bus
from models.kit.clock import SystemClock
from models.kit.database import Database
from models.observations import StreamState

_CAMERAS = 32  # of a site; what costs a node whether it has cameras or not is shared by so few
_MANY = 400
_WARM_UP_S = 4.0
_COUNTED = {True: 8, False: _CAMERAS}  # cameras whose files are decoded
_BESIDE_S = {True: 6.0, False: 60.0}  # by quick: how long ffmpeg records the same streams
_ALONE_S = {True: 8.0, False: 540.0}
_MANY_S = {True: 6.0, False: 30.0}
_LIVE_WITHIN_S = {True: 20.0, False: 90.0}


@dataclass(frozen=True, slots=True)
class _Cost:
    """CPU milliseconds per camera-second.

    Attributes:
        beside: of the node while ffmpeg recorded the same 32 streams.
        ffmpeg: of all ffmpegs meanwhile.
        alone: of the node with 32 cameras and nobody else.
        many: of the same node with 400; None where this machine could not play so many.
    """

    beside: float
    ffmpeg: float
    alone: float
    many: float | None

    @property
    def further(self) -> float | None:
        """What each camera beyond the first 32 costs."""
        if self.many is None:
            return None
        return (self.many * _MANY - self.alone * _CAMERAS) / (_MANY - _CAMERAS)


async def run(quick: bool) -> list[Row]:
    """Record 32 sub cameras beside ffmpeg, then alone, then 400; then decode files of the 32."""
    clock = SystemClock()
    async with ground() as place, farm(place.folder, _MANY) as (rtsp_port, control):
        cameras = await add_cameras(place.database, rtsp_port, _MANY)
        few, further = cameras[:_CAMERAS], cameras[_CAMERAS:]
        await _switch(place.database, further, on=False)
        async with node(place, few) as running:
            async with ffmpeg_copies(place.folder / "peer", rtsp_port, _CAMERAS) as peer:
                await asyncio.sleep(_WARM_UP_S)
                begun_at = clock.now().timestamp()
                beside, theirs = await _beside(running, peer, _BESIDE_S[quick])
            alone, waits = await _alone(running, place, _ALONE_S[quick])
            ended_at = clock.now().timestamp()
            late = (await sim.send(control, "late")).removeprefix("ok ")
            resident = rss_mb(running.pid)
            await _switch(place.database, further, on=True)
            many = await _many(running, place.database, _MANY_S[quick], _LIVE_WITHIN_S[quick])
            cost = _Cost(beside, theirs, alone, many)
            resident_many = rss_mb(running.pid)
        seen = await _seen(place, few[: _COUNTED[quick]], begun_at, ended_at)
    told = f"of {ended_at - begun_at:.0f} s, of {_COUNTED[quick]} cameras; the farm itself was"
    told += f" {late} s late at the most"
    return _rows(cost, waits, (resident, resident_many), seen, told)


async def _switch(database: Database, cameras: Sequence[UUID], *, on: bool) -> None:
    """Switch cameras on or off, as the administrator's page does."""
    async with database.transaction() as session:
        await session.execute(update(Camera).where(Camera.id.in_(cameras)).values(enabled=on))
        bus.announce(session, "config", cameras[0], {"camera_id": str(cameras[0])})


async def _many(
    running: Node, database: Database, for_s: float, live_within_s: float
) -> float | None:
    """Return the node's CPU milliseconds per camera-second once all cameras play; None: not all."""
    clock = SystemClock()
    deadline = clock.monotonic() + live_within_s
    playing = select(func.count()).where(Stream.state == StreamState.LIVE)
    while True:
        async with database.read() as session:
            live = await session.scalar(playing) or 0
        if live >= _MANY:
            break
        if clock.monotonic() > deadline:
            return None
        await asyncio.sleep(0.5)
    await asyncio.sleep(_WARM_UP_S)  # the first GOPs, and what is told of each stream once
    begun, before = clock.monotonic(), cpu_s(running.pid)
    await asyncio.sleep(for_s)
    used_s = cpu_s(running.pid) - before
    return used_s / (clock.monotonic() - begun) / _MANY * 1000


async def _beside(running: Node, peer: FfmpegCopies, for_s: float) -> tuple[float, float]:
    """Return CPU milliseconds per camera-second of the node and of all ffmpegs meanwhile."""
    clock = SystemClock()
    begun, node_before, peer_before = clock.monotonic(), cpu_s(running.pid), peer.cpu_s()
    await asyncio.sleep(for_s)
    lasted_s = clock.monotonic() - begun
    ours, theirs = cpu_s(running.pid) - node_before, peer.cpu_s() - peer_before
    return _per_camera_ms(ours, lasted_s), _per_camera_ms(theirs, lasted_s)


async def _alone(running: Node, place: Ground, for_s: float) -> tuple[float, list[float]]:
    """Return the node's CPU milliseconds per camera-second, and how long rows took in seconds."""
    clock = SystemClock()
    watch = RowWatch(place.settings.recordings_path, place.database)
    begun, before = clock.monotonic(), cpu_s(running.pid)
    await watch.run(for_s)
    return _per_camera_ms(cpu_s(running.pid) - before, clock.monotonic() - begun), watch.waits_s


async def _seen(place: Ground, cameras: list[UUID], begun_at: float, ended_at: float) -> Seen:
    return await asyncio.to_thread(
        count_missing, place.settings.recordings_path, cameras, LoopSpec(), begun_at, ended_at
    )


def _per_camera_ms(used_s: float, lasted_s: float) -> float:
    return used_s / lasted_s / _CAMERAS * 1000


def _rows(
    cost: _Cost, waits: list[float], resident: tuple[float, float], seen: Seen, told: str
) -> list[Row]:
    peer = "one ffmpeg -c copy -f segment per camera"
    starved = "" if cost.many else "; not all of them came up: other work takes the processor"
    return [
        Row(
            "cpu_ms_per_camera_s",
            cost.alone,
            "ms",
            goal=1.0,
            peer=peer,
            peer_value=cost.ffmpeg,
            note=f"what a site of {_CAMERAS} sub cameras pays: the whole node process, nobody"
            " watching, ffmpeg stopped meanwhile",
        ),
        Row(
            "cpu_ms_per_further_camera_s",
            cost.further,
            "ms",
            note=f"what each beyond {_CAMERAS} adds to the same node, up to {_MANY}{starved}",
        ),
        Row(
            f"cpu_ms_per_camera_s_{_MANY}",
            cost.many,
            "ms",
            goal=1.0,
            peer=f"{peer}, {_CAMERAS} of them",
            peer_value=cost.ffmpeg,
            note=f"the same node with {_MANY} sub cameras{starved}",
        ),
        Row(
            "ratio_to_ffmpeg_copy",
            cost.beside / cost.ffmpeg,
            "x",
            goal=0.6,
            note=f"node {cost.beside:.2f} ms beside ffmpeg {cost.ffmpeg:.2f} ms, the same"
            f" {_CAMERAS} streams and time",
        ),
        Row(
            "missing_frames",
            seen.missing,
            "pictures",
            goal=0,
            note=f"burned-in counters of {seen.pictures} pictures decoded from {seen.files} files"
            f" {told}",
        ),
        Row(
            "row_ms_p95",
            percentile(waits, 0.95) * 1000 if waits else None,
            "ms",
            goal=2000,
            note=f"fragment written → row covers it, {len(waits)} fragments, polled at 100 ms",
        ),
        Row("rss_mb", resident[0], "MB", note=f"the node process with {_CAMERAS} cameras"),
        Row(f"rss_mb_{_MANY}", resident[1], "MB", note=f"the node process with {_MANY} cameras"),
    ]
