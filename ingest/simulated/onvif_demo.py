"""The ONVIF cameras of the demo: one that «Find cameras» finds, one that belongs to an office.

They have loopback addresses of their own (Linux answers on all of 127.0.0.0/8), each on the
control port's number, and point at the halls that the simulated cameras serve.
"""

import asyncio
import socket
import struct

from ingest.onvif.discovery import MULTICAST, PORT
from ingest.simulated.onvif_device import SimulatedOnvifDevice, SimulatedProfile, probe_match
from ingest.simulated.rtsp_server import SimulatedCameras
from ingest.simulated.scenes import SCENES
from models.kit.log import get

log = get(__name__)
FOUND_AT, OWNED_AT = "127.0.0.2", "127.0.0.3"
USER = PASSWORD = "demo"
_PRESETS = {"1": "Күту залы", "2": "1–4 терезе", "3": "Кіреберіс"}
_MOTION = ("tns1:VideoSource/MotionAlarm", "State")
_STILL_S, _MOVING_S = 20.0, 5.0
_ANY = "0.0.0.0"


async def serve_devices(cameras: SimulatedCameras, port: int) -> list[asyncio.Task[None]]:
    """Serve both until their tasks are cancelled; where that cannot be, say so and serve none."""
    tasks = []
    for host, scene in ((FOUND_AT, SCENES[-1]), (OWNED_AT, SCENES[0])):
        profiles = [
            SimulatedProfile(
                kind, "H264", width, height, f"rtsp://{host}:{cameras.port}/{scene.name}/{kind}"
            )
            for kind, width, height in (("main", 1280, 720), ("sub", 640, 360))
        ]
        device = SimulatedOnvifDevice(
            USER, PASSWORD, profiles, presets=dict(_PRESETS), advertised_host=host, port=port
        )
        try:
            await device.start(host)
        except OSError as error:
            log.warning("onvif.not_simulated", host=host, error=str(error))
            continue
        found = await _be_found(device) if host == FOUND_AT else None
        tasks.append(asyncio.create_task(_live(device, found)))
    return tasks


async def _live(device: SimulatedOnvifDevice, found: asyncio.DatagramTransport | None) -> None:
    """Notice some motion from time to time, while somebody listens; close at the end."""
    try:
        while True:
            for value, lasts_s in (("true", _MOVING_S), ("false", _STILL_S)):
                if device.subscribers > 0:
                    device.notices.put_nowait((*_MOTION, value))
                await asyncio.sleep(lasts_s)
    finally:
        if found is not None:
            found.close()
        await device.close()


async def _be_found(device: SimulatedOnvifDevice) -> asyncio.DatagramTransport | None:
    try:
        listening = _multicast_socket()
    except OSError as error:  # no network that knows multicast: it is found by its address only
        log.warning("onvif.not_found_by_all", error=str(error))
        return None
    loop = asyncio.get_running_loop()
    found, _ = await loop.create_datagram_endpoint(lambda: _Answering(device), sock=listening)
    return found


def _multicast_socket() -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((_ANY, PORT))
        group = struct.pack("4s4s", socket.inet_aton(MULTICAST), socket.inet_aton(_ANY))
        try:
            made.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, group)
        except OSError as error:
            log.warning("onvif.no_multicast", error=str(error))
        made.setblocking(False)
    except OSError:
        made.close()
        raise
    return made


class _Answering(asyncio.DatagramProtocol):
    """Answers probes that come from this machine, and nobody else's."""

    def __init__(self, device: SimulatedOnvifDevice) -> None:
        self._device = device

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if b"Probe" in data and _is_ours(addr[0]):
            self._transport.sendto(probe_match(self._device.url, "Ahual demo").encode(), addr)


def _is_ours(host: str) -> bool:
    """Say whether an address is this machine's: what goes there, goes from there."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((host, PORT))
        except OSError:
            return False
        return bool(probe.getsockname()[0] == host)
