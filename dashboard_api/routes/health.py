"""/healthz, /readyz and /metrics, for the people who run the machines."""

from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import PlainTextResponse, Response

from dashboard_api.dependencies import Centre
from dashboard_api.hub import Hub
from dashboard_api.services import Services

router = APIRouter(tags=["operations"])


@router.get("/healthz", response_class=PlainTextResponse)
async def healthz() -> str:
    """The process answers."""
    return "ok\n"


@router.get("/readyz", response_class=PlainTextResponse)
async def readyz(request: Request, centre: Centre) -> PlainTextResponse:
    """503 while the database does not answer or changes do not reach the live sockets."""
    hub: Hub = request.app.state.hub
    checks = {"database": await _answers(centre), "live": hub.alive}
    lines = "".join(f"{name}: {'ok' if good else 'no'}\n" for name, good in checks.items())
    if all(checks.values()):
        return PlainTextResponse(lines)
    return PlainTextResponse(lines, 503, {"Retry-After": "5"})


async def _answers(centre: Services) -> bool:
    try:
        async with centre.database.read() as session:
            await session.execute(text("SELECT 1"))
    except (SQLAlchemyError, OSError):
        return False
    return True


@router.get("/metrics", response_class=PlainTextResponse)
async def metrics() -> Response:
    """Prometheus text format."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
