"""What is to be watched: cameras with their zones, and the media nodes that own them."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.camera import Camera, MediaNode, Zone
from models.kit.errors import InvalidInput, Unavailable
from models.kit.log import get
from models.observations import ZoneKind
from vision.watch import Plan, WatchedCamera
from vision.zones import watched_zone

log = get(__name__)


async def load(session: AsyncSession) -> Plan:
    """Return every enabled camera that has a zone; a zone that cannot be judged is left out."""
    rows = await session.execute(
        select(Camera, Zone)
        .join(Zone, Zone.camera_id == Camera.id)
        .where(Camera.enabled)
        .order_by(Camera.id, Zone.id)
    )
    plan: Plan = {}
    for camera, zone in rows:
        known = plan.get(camera.id)
        windows = dict(known.windows) if known else {}
        if zone.window_id is not None:
            windows[zone.id] = zone.window_id
        try:
            judged = watched_zone(zone.id, ZoneKind(zone.kind), zone.polygon)
        except InvalidInput as error:
            log.warning("zone.refused", camera=camera.code, zone=zone.name, error=error.detail)
            continue
        zones = (*known.zones, judged) if known else (judged,)
        plan[camera.id] = WatchedCamera(
            camera.id, camera.office_id, camera.node_name, zones, windows
        )
    return plan


async def node_address(session: AsyncSession, name: str) -> str:
    """Return ws://host:port (or wss://…) of a media node.

    Raises:
        Unavailable: the node has never started.
    """
    query = select(MediaNode.public_url, MediaNode.port).where(MediaNode.name == name)
    row = (await session.execute(query)).one_or_none()
    if row is None:
        msg = f"media node {name} has not started yet; start ingest with AHUAL_MEDIA_NODE={name}"
        raise Unavailable(msg)
    public_url, port = row
    if public_url is None:
        return f"ws://127.0.0.1:{port}"
    return "ws" + str(public_url).removeprefix("http").rstrip("/")
