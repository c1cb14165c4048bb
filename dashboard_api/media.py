"""Where media nodes are for a browser, and the tickets that open them."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from dashboard_api.origins import is_secure
from dashboard_api.services import Services
from models.camera import Camera, MediaNode
from models.kit.errors import Unavailable
from models.workers import worker_of, worker_url

TICKET_LIFE = timedelta(seconds=60)


def node_url(request: Request, centre: Services, port: int) -> str:
    """Return a worker's address under the host that the browser reached us at."""
    secure = is_secure(str(request.url), centre.settings.api_public_url)
    host = urlsplit(str(request.url)).hostname or "localhost"
    bracketed = f"[{host}]" if ":" in host else host
    return f"{'https' if secure else 'http'}://{bracketed}:{port}"


async def media_url(
    session: AsyncSession, request: Request, centre: Services, camera: Camera
) -> str:
    """Return the address of the worker that owns a camera.

    Raises:
        Unavailable: the camera's node has never reported, or not with this worker.
    """
    return _address(await _workers(session, camera.node_name), request, centre, camera)


async def media_urls(
    session: AsyncSession, request: Request, centre: Services, cameras: Iterable[Camera]
) -> dict[UUID, str]:
    """Return the same for many cameras; those whose node has never reported are left out."""
    workers: dict[str, Sequence[MediaNode]] = {}
    urls: dict[UUID, str] = {}
    for camera in cameras:
        if camera.node_name not in workers:
            workers[camera.node_name] = await _workers(session, camera.node_name)
        with suppress(Unavailable):
            urls[camera.id] = _address(workers[camera.node_name], request, centre, camera)
    return urls


async def _workers(session: AsyncSession, name: str) -> Sequence[MediaNode]:
    query = select(MediaNode).where(MediaNode.name == name).order_by(MediaNode.seen_at.desc())
    return (await session.scalars(query)).all()


def _address(rows: Sequence[MediaNode], request: Request, centre: Services, camera: Camera) -> str:
    name, settings = camera.node_name, centre.settings
    # The newest row says how many there are: after a change, rows of the old number linger.
    workers = rows[0].workers if rows else settings.media_workers
    worker = worker_of(camera.id, workers)
    for row in rows:
        if row.worker == worker:
            return (row.public_url or node_url(request, centre, row.port)).rstrip("/")
    if name != settings.media_node:
        raise Unavailable(f"Worker {worker} of media node {name} has never reported; start it")
    return own_node_url(request, centre, worker)


def own_node_url(request: Request, centre: Services, worker: int) -> str:
    """Return where a worker of this installation's own node will be, before it has reported."""
    settings = centre.settings
    if settings.media_public_url is not None:
        return worker_url(settings.media_public_url, worker, settings.media_workers).rstrip("/")
    return node_url(request, centre, settings.media_port + worker)
