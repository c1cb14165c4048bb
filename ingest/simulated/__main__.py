"""Simulated cameras and vans: ``python -m ingest.simulated cameras|farm|vans|render|hour``."""

import argparse
import asyncio
import socket
from pathlib import Path

import uvloop

from ingest.simulated import vans
from ingest.simulated.control import serve_control
from ingest.simulated.farm import Farm
from ingest.simulated.hour import write_set
from ingest.simulated.loops import LoopSpec
from ingest.simulated.onvif_demo import FOUND_AT, OWNED_AT, serve_devices
from ingest.simulated.render import QUALITIES, clip_path, render_all
from ingest.simulated.rtsp_server import SimulatedCameras
from ingest.simulated.scenes import SCENES, scene
from models.kit import log, service


async def _halls(host: str, rtsp_port: int, control_port: int, clips: Path) -> None:
    cameras = SimulatedCameras()
    await cameras.start(_hosts(host), rtsp_port)
    async with cameras:
        for scene in SCENES:
            for quality in QUALITIES:
                kind = quality.kind
                files = {v: clip_path(clips, scene.name, v, kind) for v in scene.variants}
                cameras.add(f"{scene.name}/{kind}", files)
        devices = await serve_devices(cameras, control_port)
        await _serve(cameras, host, control_port)
        for device in devices:
            device.cancel()
        await asyncio.gather(*devices, return_exceptions=True)


def _hosts(host: str) -> list[str]:
    """Return where to listen: also where the ONVIF cameras say that their streams are."""
    hosts = [host]
    for other in (FOUND_AT, OWNED_AT):
        with socket.socket() as trial:
            try:
                trial.bind((other, 0))
            except OSError:
                continue
        hosts.append(other)
    return hosts


async def _farm(chosen: argparse.Namespace) -> None:
    width, _, height = chosen.size.partition("x")
    spec = LoopSpec(int(width), int(height), chosen.fps, chosen.gop_s, chosen.kbit)
    farm = Farm(chosen.clips, chosen.cameras, spec, seed=chosen.seed)
    await farm.start(chosen.host, chosen.rtsp_port)
    async with farm:
        await _serve(farm, chosen.host, chosen.control_port)


async def _serve(cameras: SimulatedCameras, host: str, control_port: int) -> None:
    stop = service.stop_event()
    control = await serve_control(cameras, host, control_port)
    ports = {"rtsp": cameras.port, "control": control.sockets[0].getsockname()[1]}
    log.get(__name__).info("simulated.ready", cameras=len(cameras.names), **ports)
    await stop.wait()
    control.close()


def main() -> None:
    """Read the command line and run until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m ingest.simulated", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    cameras = commands.add_parser("cameras", help="serve the halls over RTSP")
    farm = commands.add_parser("farm", help="serve hundreds of cameras from one loop")
    for command in (cameras, farm):
        command.add_argument("--host", default="127.0.0.1")
        command.add_argument("--rtsp-port", type=int, default=8554)
        command.add_argument("--control-port", type=int, default=8555)
    farm.add_argument("--cameras", type=int, default=400)
    farm.add_argument("--fps", type=int, default=15)
    farm.add_argument("--gop-s", type=float, default=2.0)
    farm.add_argument("--kbit", type=int, default=500)
    farm.add_argument("--size", default="640x360")
    farm.add_argument("--seed", type=int, default=0, help="where in the loop each camera begins")
    render = commands.add_parser("render", help="only encode the clips")
    for command in (cameras, farm, render):
        command.add_argument("--clips", type=Path, required=True, help="folder of encoded clips")
    vans.add_arguments(commands.add_parser("vans", help="drive the fleet"))
    hour = commands.add_parser("hour", help="write a set of a moving hall for vision evaluate")
    hour.add_argument("folder", type=Path)
    hour.add_argument("--scene", default=SCENES[0].name, choices=[each.name for each in SCENES])
    hour.add_argument("--seed", type=int, default=0)
    hour.add_argument("--minutes", type=float, default=60.0)
    hour.add_argument("--per-hour", type=float, default=85.0, help="visitors, of four windows")
    chosen = parser.parse_args()
    log.configure(level="info", log_format="text", process=f"simulated-{chosen.command}")
    if chosen.command == "vans":
        vans.main(chosen)
        return
    if chosen.command == "hour":
        seconds = round(chosen.minutes * 60)
        write_set(
            chosen.folder, scene(chosen.scene), chosen.seed, seconds, per_hour=chosen.per_hour
        )
        return
    if chosen.command == "farm":
        uvloop.run(_farm(chosen))
        return
    render_all(chosen.clips)
    if chosen.command == "cameras":
        asyncio.run(_halls(chosen.host, chosen.rtsp_port, chosen.control_port, chosen.clips))


if __name__ == "__main__":
    main()
