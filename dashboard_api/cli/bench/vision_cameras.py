"""``python -m dashboard_api.cli.bench.vision_cameras CLIPS CAMERAS RTSP_PORT CONTROL_PORT``.

Serves that many cameras of a busy hall; the control port turns them to the empty one.
"""

import asyncio
import sys
from pathlib import Path
from random import Random

import uvloop

from dashboard_api.cli.bench.vision_scene import WALKING, make_clips
from ingest.simulated.control import serve_control
from ingest.simulated.farm import farm_name
from ingest.simulated.rtsp_server import SimulatedCameras
from models.kit import service


async def _run(clips: Path, cameras: int, rtsp_port: int, control_port: int) -> None:
    made = await asyncio.to_thread(make_clips, clips)
    first = {WALKING: made[WALKING], **made}
    places = Random(0)  # spreads key pictures, guards nothing
    stop = service.stop_event()
    simulated = SimulatedCameras(seed=0)
    await simulated.start("127.0.0.1", rtsp_port)
    async with simulated:
        for n in range(cameras):
            simulated.add(farm_name(n), first, phase=places.random())
        control = await serve_control(simulated, "127.0.0.1", control_port)
        await stop.wait()
        control.close()


if __name__ == "__main__":
    uvloop.run(_run(Path(sys.argv[1]), *(int(word) for word in sys.argv[2:5])))
