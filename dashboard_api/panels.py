"""Crews' phones: paired by a link that is shown once, known by the SHA-256 of its token."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

import cv2
from fastapi import Depends, Request
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from dashboard_api.dependencies import Centre
from dashboard_api.services import Services
from models.kit.errors import NotFound, TooMany, Unauthenticated
from models.kit.ids import new_id
from models.plan import VanPanel
from models.vehicle import Device

PAGE = "/van"
PANEL_DEVICE = "panel-"
_SEEN_EVERY = timedelta(minutes=1)
_QUIET_MODULES = 4  # around the code, or no phone finds it


@dataclass(frozen=True, slots=True)
class Paired:
    """A new panel; ``link`` holds its token, which nobody can read again."""

    panel: VanPanel
    link: str
    qr: list[str]


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def device_of(panel_id: UUID) -> str:
    """Return the identifier under which a panel's positions reach the receiver."""
    return f"{PANEL_DEVICE}{panel_id}"


async def pair(
    session: AsyncSession, vehicle_id: UUID, *, by: UUID, origin: str, now: datetime
) -> Paired:
    """Make a panel of a van with a tracker of its own."""
    token = secrets.token_urlsafe(32)
    panel = VanPanel(
        id=new_id(), vehicle_id=vehicle_id, token_sha256=_digest(token), made_at=now, made_by_id=by
    )
    session.add(panel)
    session.add(Device(vehicle_id=vehicle_id, identifier=device_of(panel.id), protocol="osmand"))
    await session.flush()
    link = f"{origin.rstrip('/')}{PAGE}#{token}"
    return Paired(panel, link, qr_rows(link))


async def revoke(
    session: AsyncSession, vehicle_id: UUID, panel_id: UUID, now: datetime
) -> VanPanel:
    """End a panel and its tracker; what it reported stays.

    Raises:
        NotFound: this van has no such panel.
    """
    panel = await session.get(VanPanel, panel_id, with_for_update=True)
    if panel is None or panel.vehicle_id != vehicle_id:
        raise NotFound(f"This van has no panel {panel_id}")
    panel.revoked_at = panel.revoked_at or now
    await session.execute(delete(Device).where(Device.identifier == device_of(panel_id)))
    return panel


def qr_rows(text: str) -> list[str]:
    """Return a QR code as rows of 0 and 1 (dark) with its quiet border."""
    parameters = cv2.QRCodeEncoder.Params()
    parameters.correction_level = cv2.QRCODE_ENCODER_CORRECT_LEVEL_M
    code = cv2.QRCodeEncoder.create(parameters).encode(text)
    side = _QUIET_MODULES * "0"
    rows = [side + "".join("0" if light else "1" for light in row) + side for row in code]
    blank = ["0" * len(rows[0])] * _QUIET_MODULES
    return [*blank, *rows, *blank]


def _refuse_hurry(panel: VanPanel, centre: Services) -> None:
    now_s = centre.clock.monotonic()
    wait_s = centre.panel_throttle.wait_s(str(panel.id), now_s)
    if wait_s > 0:
        msg = "This phone asks too often; what it holds is sent a little later"
        raise TooMany(msg, retry_after_s=round(wait_s) + 1)
    centre.panel_throttle.fail(str(panel.id), now_s)


async def current_panel(request: Request, centre: Centre) -> VanPanel:
    """Return the panel whose token the request bears.

    Raises:
        Unauthenticated: no token, an unknown or a revoked one.
        TooMany: it asks far more often than a crew needs; it keeps what it has and sends it later.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated("Pair this phone first: open the link that a dispatcher gives you")
    now = centre.clock.now()
    query = select(VanPanel).where(
        VanPanel.token_sha256 == _digest(token.strip()), VanPanel.revoked_at.is_(None)
    )
    async with centre.database.read() as session:
        panel = (await session.execute(query)).scalar_one_or_none()
    if panel is None:
        raise Unauthenticated("This phone is not paired any more; ask a dispatcher for a new link")
    _refuse_hurry(panel, centre)
    if panel.seen_at is None or panel.seen_at < now - _SEEN_EVERY:
        async with centre.database.transaction() as session:
            await session.execute(
                update(VanPanel).where(VanPanel.id == panel.id).values(seen_at=now)
            )
    return panel


Panel = Annotated[VanPanel, Depends(current_panel)]
