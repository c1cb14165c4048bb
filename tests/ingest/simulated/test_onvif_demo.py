"""The demo's ONVIF cameras, each at an address of its own."""

import asyncio
import socket

from ingest.cameras.address import Credentials
from ingest.onvif.reaching import reach
from ingest.simulated.onvif_demo import FOUND_AT, OWNED_AT, PASSWORD, USER, serve_devices
from ingest.simulated.rtsp_server import SimulatedCameras
from models.kit.clock import SystemClock
from models.kit.settings import Settings


async def test_both_tell_streams_and_positions() -> None:
    with socket.socket() as free:
        free.bind((OWNED_AT, 0))
        port = free.getsockname()[1]
    networks = Settings.model_construct().camera_networks
    async with SimulatedCameras() as cameras:
        tasks = await serve_devices(cameras, port)
        for host in (FOUND_AT, OWNED_AT):
            url = f"http://{host}:{port}/onvif/device_service"
            signs_in = Credentials(USER, PASSWORD)
            async with reach(url, signs_in, networks, SystemClock()) as device:
                seen = await device.look()
                assert len(await device.presets()) == 3
            streams = {profile.url.partition("/hall")[0] for profile in seen.profiles}
            assert streams == {f"rtsp://{host}:{cameras.port}"}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
