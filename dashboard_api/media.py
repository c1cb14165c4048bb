"""Where media nodes are for a browser, and the tickets that open them."""

from datetime import timedelta
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from dashboard_api.origins import is_secure
from dashboard_api.services import Services
from models.camera import MediaNode
from models.kit.errors import Unavailable

TICKET_LIFE = timedelta(seconds=60)


def node_url(request: Request, centre: Services, port: int) -> str:
    """Return a node's address under the host that the browser reached us at."""
    secure = is_secure(str(request.url), centre.settings.api_public_url)
    host = urlsplit(str(request.url)).hostname or "localhost"
    bracketed = f"[{host}]" if ":" in host else host
    return f"{'https' if secure else 'http'}://{bracketed}:{port}"


async def media_url(
    session: AsyncSession, request: Request, centre: Services, node_name: str
) -> str:
    """Return the address of the node that owns a camera.

    Raises:
        Unavailable: the node has never reported.
    """
    query = select(MediaNode).where(MediaNode.name == node_name)
    node = (await session.execute(query)).scalar_one_or_none()
    if node is not None:
        return (node.public_url or node_url(request, centre, node.port)).rstrip("/")
    settings = centre.settings
    if node_name != settings.media_node:
        raise Unavailable(f"The media node {node_name} has never reported; start it")
    return (settings.media_public_url or node_url(request, centre, settings.media_port)).rstrip("/")
