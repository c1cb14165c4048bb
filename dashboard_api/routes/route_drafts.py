"""/routes/read and /routes/from-track: a route to look at before it is stored."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import Field

from dashboard_api import scope
from dashboard_api.dependencies import Centre, Requires
from dashboard_api.permissions import Permission
from dashboard_api.routes.vehicles import LONGEST
from dashboard_api.schemas import plans
from dashboard_api.schemas.common import Incoming, Names
from dashboard_api.sessions import Caller
from dashboard_api.spans import refuse_bad_span
from geo import repository
from geo.map_layers import place_names
from geo.plans.driven import CORRIDOR_M, Driven, Stay, line_of_track, stays
from geo.plans.lines import LatLon, along_m, densified
from geo.plans.reading import LONGEST_TEXT, read_route
from models.observations import RouteSource

router = APIRouter(tags=["plans"])
Planner = Annotated[Caller, Depends(Requires(Permission.VANS_PLAN))]


class RouteText(Incoming):
    """The text of a GeoJSON, GPX or CSV file."""

    text: str = Field(max_length=LONGEST_TEXT)


@router.post("/routes/read")
async def read_file(wanted: RouteText, _caller: Planner) -> plans.RouteDraft:
    """Read a file and return what it tells, for a person to look at; nothing is stored."""
    read = read_route(wanted.text)
    return plans.RouteDraft(
        name=read.name,
        line=_corners(read.line),
        length_m=along_m(densified(read.line))[-1],
        source=RouteSource.IMPORTED,
        corridor_m=read.corridor_m,
        stops=[
            plans.StopIn(
                name=Names(**stop.name),
                latitude=stop.latitude,
                longitude=stop.longitude,
                arrive_after_s=stop.arrive_after_s,
                stay_s=stop.stay_s,
            )
            for stop in read.stops
        ],
        remarks=read.remarks,
    )


@router.post("/routes/from-track")
async def draft_from_track(
    wanted: plans.DrivenSpan, caller: Planner, centre: Centre
) -> plans.RouteDraft:
    """Make a route of what a van drove: a simplified line, and a stop where it stayed."""
    refuse_bad_span(wanted.starts_at, wanted.ends_at, LONGEST)
    async with centre.database.read() as session:
        await scope.vehicle(session, wanted.vehicle_id, caller)
        points = await repository.track(
            session, wanted.vehicle_id, wanted.starts_at, wanted.ends_at
        )
    track = [Driven(point.fixed_at, (point.latitude, point.longitude)) for point in points]
    line, remarks = line_of_track(track)
    return plans.RouteDraft(
        name="",
        line=_corners(line),
        length_m=along_m(line)[-1],
        source=RouteSource.DRIVEN,
        corridor_m=CORRIDOR_M,
        stops=[_stop(stay, track[0]) for stay in stays(track)],
        remarks=remarks,
    )


def _corners(line: list[LatLon]) -> list[tuple[float, float]]:
    return [(longitude, latitude) for latitude, longitude in line]


def _stop(stay: Stay, first: Driven) -> plans.StopIn:
    return plans.StopIn(
        name=Names(**place_names(*stay.place)),
        latitude=stay.place[0],
        longitude=stay.place[1],
        arrive_after_s=round((stay.since - first.at).total_seconds()),
        stay_s=max(60, round((stay.until - stay.since).total_seconds())),
    )
