"""Simulated cameras and vans: ``python -m ingest.simulated cameras|vans|render``."""

import argparse
import asyncio
from pathlib import Path

from ingest.simulated import vans
from ingest.simulated.control import serve_control
from ingest.simulated.render import QUALITIES, clip_path, render_all
from ingest.simulated.rtsp_server import SimulatedCameras
from ingest.simulated.scenes import SCENES
from models.kit import log, service


async def _cameras(host: str, rtsp_port: int, control_port: int, clips: Path) -> None:
    stop = service.stop_event()
    cameras = SimulatedCameras()
    await cameras.start(host, rtsp_port)
    async with cameras:
        for scene in SCENES:
            for quality in QUALITIES:
                kind = quality.kind
                files = {v: clip_path(clips, scene.name, v, kind) for v in scene.variants}
                cameras.add(f"{scene.name}/{kind}", files)
        control = await serve_control(cameras, host, control_port)
        ports = {"rtsp": cameras.port, "control": control.sockets[0].getsockname()[1]}
        log.get(__name__).info("simulated.ready", cameras=cameras.names, **ports)
        await stop.wait()
        control.close()


def main() -> None:
    """Read the command line and run until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m ingest.simulated", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    cameras = commands.add_parser("cameras", help="serve the halls over RTSP")
    cameras.add_argument("--host", default="127.0.0.1")
    cameras.add_argument("--rtsp-port", type=int, default=8554)
    cameras.add_argument("--control-port", type=int, default=8555)
    render = commands.add_parser("render", help="only encode the clips")
    for command in (cameras, render):
        command.add_argument("--clips", type=Path, required=True, help="folder of encoded clips")
    vans.add_arguments(commands.add_parser("vans", help="drive the fleet"))
    chosen = parser.parse_args()
    log.configure(level="info", log_format="text", process=f"simulated-{chosen.command}")
    if chosen.command == "vans":
        vans.main(chosen)
        return
    render_all(chosen.clips)
    if chosen.command == "cameras":
        asyncio.run(_cameras(chosen.host, chosen.rtsp_port, chosen.control_port, chosen.clips))


if __name__ == "__main__":
    main()
