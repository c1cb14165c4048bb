"""The Content-Security-Policy of the web application: itself, its media nodes and own tiles."""

from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request

from dashboard_api.map_ground import ground
from dashboard_api.media import node_url, own_node_url
from dashboard_api.services import Services
from models.camera import MediaNode
from models.kit.log import get

log = get(__name__)


async def content_policy(request: Request, centre: Services) -> str:
    """Return the policy; the page still loads while the database is away."""
    settings = centre.settings
    urls = {own_node_url(request, centre, n) for n in range(settings.media_workers)}
    try:
        async with centre.database.read() as session:
            for node in await session.scalars(select(MediaNode)):
                urls.add(node.public_url or node_url(request, centre, node.port))
    except (SQLAlchemyError, OSError) as error:
        log.warning("policy.nodes_unknown", error=str(error).splitlines()[0])
    media = " ".join(sorted(source for url in urls for source in _sources(url)))
    tiles = " ".join(ground(settings.map_tiles_url).origins)
    return "; ".join(
        [
            "default-src 'self'",
            f"connect-src 'self' {media} {tiles}".rstrip(),
            f"img-src 'self' data: blob: {media} {tiles}".rstrip(),
            f"media-src 'self' blob: {media}",
            "worker-src 'self' blob:",
            "style-src 'self' 'unsafe-inline'",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        ]
    )


def _sources(url: str) -> list[str]:
    """Return a URL's origin for http and for sockets; none where it is not a network address."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc or any(c in url for c in " ;,"):
        return []
    socket_scheme = "wss" if parts.scheme == "https" else "ws"
    return [f"{parts.scheme}://{parts.netloc}", f"{socket_scheme}://{parts.netloc}"]
