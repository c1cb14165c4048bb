"""Hands a phone's positions to the OsmAnd receiver, so that one writer stores all positions."""

import ipaddress
import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import httpx

from dashboard_api.panels import device_of
from dashboard_api.schemas.panels import PanelFix
from models.kit.errors import Unavailable
from models.kit.log import get
from models.kit.settings import Settings

log = get(__name__)
_PATIENCE_S = 20.0  # the receiver itself gives up after 15
_RETRY_S = 10


def receiver_url(settings: Settings) -> str:
    """Return where the receiver is reached; one that listens everywhere is here too."""
    host = settings.gps_host
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return f"http://{host}:{settings.osmand_port}/"
    if address.is_unspecified:
        host = "127.0.0.1" if address.version == 4 else "::1"
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.osmand_port}/"


def batch(panel_id: UUID, fixes: Sequence[PanelFix]) -> bytes:
    """Return positions as the newer Traccar Client sends them; what is unknown is left out."""
    return json.dumps(
        {"device_id": device_of(panel_id), "location": [_location(fix) for fix in fixes]}
    ).encode()


def _location(fix: PanelFix) -> dict[str, Any]:
    coords = {
        "latitude": fix.latitude,
        "longitude": fix.longitude,
        "accuracy": fix.accuracy_m,
        "speed": fix.speed_m_s,
        "heading": fix.course_deg,
        "altitude": fix.altitude_m,
    }
    return {
        "timestamp": fix.fixed_at.isoformat(),
        "coords": {name: value for name, value in coords.items() if value is not None},
    }


async def forward(settings: Settings, panel_id: UUID, fixes: Sequence[PanelFix]) -> None:
    """Return once the positions are committed.

    Raises:
        Unavailable: the receiver is away or did not take them; the phone sends them again.
    """
    try:
        async with httpx.AsyncClient(timeout=_PATIENCE_S, trust_env=False) as client:
            answer = await client.post(
                receiver_url(settings),
                content=batch(panel_id, fixes),
                headers={"Content-Type": "application/json"},
            )
    except httpx.HTTPError as error:
        log.warning("panel.receiver_away", error=type(error).__name__)
        msg = "Positions cannot be stored now; they are sent again"
        raise Unavailable(msg, retry_after_s=_RETRY_S) from error
    if answer.status_code != 200:
        log.warning("panel.fixes_refused", status=answer.status_code, answer=answer.text[:200])
        msg = "Positions were not stored; they are sent again"
        raise Unavailable(msg, retry_after_s=_RETRY_S)
