"""``./ahual bench record``: what recording costs beside one ffmpeg per camera, and what is lost."""

import asyncio
from uuid import UUID

from dashboard_api.cli.bench.cpu import cpu_s, rss_mb
from dashboard_api.cli.bench.ground import Ground, ground
from dashboard_api.cli.bench.live_node import Node, add_cameras, farm, node
from dashboard_api.cli.bench.record_peer import FfmpegCopies, ffmpeg_copies
from dashboard_api.cli.bench.record_rows import RowWatch
from dashboard_api.cli.bench.record_seen import Seen, count_missing
from dashboard_api.cli.bench.report import Row, percentile
from ingest.simulated.loops import LoopSpec
from models.kit.clock import SystemClock

_CAMERAS = 32
_WARM_UP_S = 4.0
_BESIDE_S = {True: 12.0, False: 60.0}  # by quick: how long ffmpeg records the same streams
_ALONE_S = {True: 12.0, False: 540.0}


async def run(quick: bool) -> list[Row]:
    """Record 32 sub cameras: first beside ffmpeg, then alone; then decode what was written."""
    clock = SystemClock()
    async with ground() as place, farm(place.folder, _CAMERAS) as (rtsp_port, _):
        cameras = await add_cameras(place.database, rtsp_port, _CAMERAS)
        async with node(place, cameras) as running:
            async with ffmpeg_copies(place.folder / "peer", rtsp_port, _CAMERAS) as peer:
                await asyncio.sleep(_WARM_UP_S)
                begun_at = clock.now().timestamp()
                ours_beside, theirs = await _beside(running, peer, _BESIDE_S[quick])
            alone, waits = await _alone(running, place, _ALONE_S[quick])
            ended_at = clock.now().timestamp()
            resident = rss_mb(running.pid)
        seen = await _seen(place, cameras, begun_at, ended_at)
    return _rows(ours_beside, theirs, alone, waits, resident, seen, ended_at - begun_at)


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
    ours_beside: float,
    theirs: float,
    alone: float,
    waits: list[float],
    resident: float,
    seen: Seen,
    lasted_s: float,
) -> list[Row]:
    peer = "one ffmpeg -c copy -f segment per camera"
    return [
        Row(
            "cpu_ms_per_camera_s",
            alone,
            "ms",
            goal=1.0,
            peer=peer,
            peer_value=theirs,
            note=f"the whole node process, {_CAMERAS} sub cameras, ffmpeg stopped meanwhile",
        ),
        Row(
            "ratio_to_ffmpeg_copy",
            ours_beside / theirs,
            "x",
            goal=0.6,
            note=f"node {ours_beside:.2f} ms beside ffmpeg {theirs:.2f} ms, same streams and time",
        ),
        Row(
            "missing_frames",
            seen.missing,
            "pictures",
            goal=0,
            note=f"burned-in counters of {seen.pictures} pictures decoded from {seen.files} files"
            f" of {lasted_s:.0f} s",
        ),
        Row(
            "row_ms_p95",
            percentile(waits, 0.95) * 1000 if waits else None,
            "ms",
            goal=2000,
            note=f"fragment written → row covers it, {len(waits)} fragments, polled at 100 ms",
        ),
        Row("rss_mb", resident, "MB", note="the node process"),
    ]
