"""/vans/{village}: what a village may know of its van, for everybody; also as JSON."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import HTMLResponse

from dashboard_api.dependencies import Centre, Requires
from dashboard_api.panels import qr_rows
from dashboard_api.permissions import Permission
from dashboard_api.schemas.common import Language
from dashboard_api.schemas.villages import PlannedVisit, VillageLink, VillageNews
from dashboard_api.services import Services
from dashboard_api.sessions import Caller
from dashboard_api.village_page import POLICY, refusal_page, village_page
from geo.plans.announced import announcement
from geo.plans.village_visits import village_name, village_visits
from models.kit.errors import NotFound, TooMany
from models.observations import TripState

api = APIRouter(tags=["public"])
page = APIRouter(include_in_schema=False)
router = api
Viewer = Annotated[Caller, Depends(Requires(Permission.VANS_VIEW))]
In = Annotated[Language, Query(alias="lang")]


def _refuse_hurry(request: Request, centre: Services) -> None:
    """Raise TooMany where one address asks more than a village full of phones would."""
    asker = request.client.host if request.client else "unknown"
    now_s = centre.clock.monotonic()
    wait_s = centre.public_throttle.wait_s(asker, now_s)
    if wait_s > 0:
        raise TooMany("Ask once a minute; try again later", retry_after_s=round(wait_s) + 1)
    centre.public_throttle.fail(asker, now_s)


@api.get("/villages/{village}")
async def read_village(village: str, request: Request, centre: Centre) -> VillageNews:
    """When the van is in this village next, and whether it is on its way; no personal data."""
    _refuse_hurry(request, centre)
    now = centre.clock.now()
    async with centre.database.read() as session:
        name = await village_name(session, village)
        said = announcement(await village_visits(session, village, now), now)
    return VillageNews.model_validate(
        {
            "village": village,
            "name": name,
            "now": said.now,
            "until": said.until,
            "expected_at": said.expected_at,
            "planned_at": said.planned_at,
            "known_at": said.known_at,
            "following": [
                PlannedVisit(
                    planned_arrival_at=visit.planned_arrival_at,
                    planned_departure_at=visit.planned_departure_at,
                    cancelled=visit.trip_state == TripState.CANCELLED,
                )
                for visit in said.following
            ],
        }
    )


@api.get("/villages/{village}/link")
async def read_village_link(
    village: str, request: Request, _caller: Viewer, centre: Centre
) -> VillageLink:
    """The address of a village's page, to hand out or to hang up."""
    async with centre.database.read() as session:
        await village_name(session, village)
    origin = centre.settings.api_public_url or str(request.base_url)
    link = f"{origin.rstrip('/')}/vans/{village}"
    return VillageLink(link=link, qr=qr_rows(link))


@page.get("/vans/{village}")
async def show_village(
    village: str, request: Request, centre: Centre, language: In = "kk"
) -> HTMLResponse:
    """The same as a page without scripts, in Kazakh unless another language is asked for."""
    now = centre.clock.now()
    headers = {"Content-Security-Policy": POLICY}
    address = str(request.url.path)
    try:
        _refuse_hurry(request, centre)
        async with centre.database.read() as session:
            name = await village_name(session, village)
            said = announcement(await village_visits(session, village, now), now)
    except NotFound:
        return HTMLResponse(refusal_page("unknown", language, address), 404, headers)
    except TooMany as error:
        headers["Retry-After"] = str(error.retry_after_s)
        return HTMLResponse(refusal_page("busy", language, address), 429, headers)
    headers["Cache-Control"] = "public, max-age=15"
    return HTMLResponse(village_page(village, name, said, now, language), 200, headers)
