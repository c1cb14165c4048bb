"""/fleet and what belongs to one van's past and present: replay, exports, the trip it is on."""

import json
from dataclasses import asdict
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from dashboard_api import scope
from dashboard_api.dependencies import Centre
from dashboard_api.permissions import Permission
from dashboard_api.routes.vehicles import From, To, Viewer
from dashboard_api.schemas import fleet as shown
from dashboard_api.schemas.common import Moment
from dashboard_api.spans import refuse_bad_span
from geo import exports, fleet, repository
from geo.reports.lines import ZONE
from geo.van_now import cameras_of, trip_now, trip_then

router = APIRouter(tags=["vans"])
LONGEST_REPLAY = timedelta(hours=12)
LONGEST_EXPORT = timedelta(days=31)
At = Annotated[Moment | None, Query()]
Step = Annotated[int, Query(ge=1, le=3600)]


@router.get("/fleet")
async def read_fleet(caller: Viewer, centre: Centre, at: At = None) -> shown.FleetMoment:
    """Where every van was at an instant, or is now."""
    moment = at or centre.clock.now()
    async with centre.database.read() as session:
        positions = await fleet.fleet_at(session, moment, caller.region_id)
    return shown.FleetMoment.model_validate(
        {"at": moment, "positions": positions}, from_attributes=True
    )


@router.get("/fleet/replay", response_model=shown.FleetReplay)
async def read_replay(
    caller: Viewer, centre: Centre, starts_at: From, ends_at: To, step_s: Step = 1
) -> Response:
    """The tracks of all vans over a span (12 hours at most), thinned to one fix a ``step_s``."""
    refuse_bad_span(starts_at, ends_at, LONGEST_REPLAY)
    part = fleet.ReplayPart(starts_at, ends_at, step_s)
    async with centre.database.read() as session:
        vans = await fleet.replay_json(session, part, caller.region_id)
    head = json.dumps(
        {
            "starts_at": starts_at.isoformat(),
            "ends_at": ends_at.isoformat(),
            "step_s": step_s,
            "scale": fleet.SCALE,
        }
    )
    return Response(f'{head[:-1]}, "vans": {vans}}}', media_type="application/json")


@router.get("/vehicles/{vehicle_id}/now")
async def read_van_now(
    vehicle_id: UUID, caller: Viewer, centre: Centre, at: At = None
) -> shown.VanNow:
    """The trip that a van is on or begins next, with its planned line, stops and estimates.

    With ``at``, the trip that it was on at that moment, as it is known today.
    """
    async with centre.database.read() as session:
        await scope.vehicle(session, vehicle_id, caller)
        trip = (
            await trip_now(session, vehicle_id, centre.clock.now())
            if at is None
            else await trip_then(session, vehicle_id, at)
        )
        cameras = (
            await cameras_of(session, vehicle_id) if caller.may(Permission.CAMERAS_READ) else []
        )
    return shown.VanNow.model_validate(
        {
            "vehicle_id": vehicle_id,
            "trip": None if trip is None else asdict(trip) | {"line": json.loads(trip.line)},
            "cameras": [{"id": camera_id, "name": name} for camera_id, name in cameras],
        }
    )


@router.get("/vehicles/{vehicle_id}/track.gpx", response_class=Response)
async def export_gpx(
    vehicle_id: UUID, caller: Viewer, centre: Centre, starts_at: From, ends_at: To
) -> Response:
    """The good fixes of a span (31 days at most) as GPX 1.1; each gap begins a new segment."""
    refuse_bad_span(starts_at, ends_at, LONGEST_EXPORT)
    async with centre.database.read() as session:
        van = await scope.vehicle(session, vehicle_id, caller)
        points = await repository.track(session, vehicle_id, starts_at, ends_at)
    name = f"{van.plate} {starts_at.astimezone(ZONE):%Y-%m-%d}"
    return _attached(exports.gpx(name, points), "application/gpx+xml", f"{name}.gpx")


@router.get("/vehicles/{vehicle_id}/track.geojson", response_class=Response)
async def export_geojson(
    vehicle_id: UUID, caller: Viewer, centre: Centre, starts_at: From, ends_at: To
) -> Response:
    """The same as a GeoJSON Feature (RFC 7946) with the time of each corner."""
    refuse_bad_span(starts_at, ends_at, LONGEST_EXPORT)
    async with centre.database.read() as session:
        van = await scope.vehicle(session, vehicle_id, caller)
        points = await repository.track(session, vehicle_id, starts_at, ends_at)
    feature = repository.track_feature(vehicle_id, points)
    feature["properties"]["plate"] = van.plate
    name = f"{van.plate} {starts_at.astimezone(ZONE):%Y-%m-%d}.geojson"
    return _attached(json.dumps(feature, ensure_ascii=False), "application/geo+json", name)


def _attached(content: str, media_type: str, name: str) -> Response:
    plain = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in name)
    stem, _, ending = plain.rpartition("-")
    headers = {"Content-Disposition": f'attachment; filename="{stem}.{ending}"'}
    return Response(content, media_type=media_type, headers=headers)
