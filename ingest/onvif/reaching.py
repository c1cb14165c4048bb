"""Reach a camera by ONVIF; what speaks it is loaded when the first camera is reached.

The library takes 22 MB and a third of a second, and most processes never ask a camera.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from ingest.cameras.address import Credentials
from ingest.cameras.networks import Network
from models.kit.clock import Clock
from models.kit.later import later

if TYPE_CHECKING:
    from ingest.onvif.device import OnvifCamera

_TIMEOUT_S = 10.0


@asynccontextmanager
async def reach(
    url: str,
    credentials: Credentials | None,
    networks: Sequence[Network],
    clock: Clock,
    *,
    timeout_s: float = _TIMEOUT_S,
) -> AsyncIterator["OnvifCamera"]:
    """Connect to the device service at ``url`` and learn its services.

    ``timeout_s`` is for each answer.

    Raises:
        OutsideNetworks: the host is in no network of cameras.
        OnvifFault: it does not answer by ONVIF, or refuses us.
    """
    device = await later("ingest.onvif.device")
    async with device.connected(url, credentials, networks, clock, timeout_s) as camera:
        yield camera
