"""/geofences: areas that vans must stay in, stay out of, or that are only noted."""

import json
from collections import defaultdict
from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from dashboard_api import audit, scope
from dashboard_api.dependencies import Centre, Requires
from dashboard_api.permissions import Permission
from dashboard_api.routes.van_routes import refuse_other_region
from dashboard_api.schemas.common import Page
from dashboard_api.schemas.geofences import Geofence, GeofenceIn
from dashboard_api.sessions import Caller
from models import plan
from models.kit.errors import Forbidden, InvalidInput, NotFound
from models.kit.ids import new_id
from models.vehicle import Vehicle

router = APIRouter(tags=["plans"])
Viewer = Annotated[Caller, Depends(Requires(Permission.VANS_VIEW))]
Planner = Annotated[Caller, Depends(Requires(Permission.VANS_PLAN))]


@router.get("/geofences")
async def list_geofences(caller: Viewer, centre: Centre) -> Page[Geofence]:
    """Every fence that is watched; those without a region hold everywhere."""
    async with centre.database.read() as session:
        return Page(items=await _found(session, caller), next_cursor=None)


async def _found(session: AsyncSession, caller: Caller, only: UUID | None = None) -> list[Geofence]:
    query = (
        select(plan.Geofence, func.ST_AsGeoJSON(plan.Geofence.geom))
        .where(plan.Geofence.archived_at.is_(None))
        .order_by(plan.Geofence.made_at, plan.Geofence.id)
    )
    if caller.region_id is not None:
        query = query.where(
            plan.Geofence.region_id.is_(None) | (plan.Geofence.region_id == caller.region_id)
        )
    if only is not None:
        query = query.where(plan.Geofence.id == only)
    vans: dict[UUID, list[UUID]] = defaultdict(list)
    for row in await session.execute(
        select(plan.GeofenceVehicle.geofence_id, plan.GeofenceVehicle.vehicle_id)
    ):
        vans[row[0]].append(row[1])
    return [
        Geofence.model_validate(
            {
                "id": fence.id,
                "name": fence.name,
                "region_id": fence.region_id,
                "polygon": [corner[:2] for corner in json.loads(area)["coordinates"][0]],
                "rule": fence.rule,
                "buffer_m": fence.buffer_m,
                "hold_s": fence.hold_s,
                "hours": fence.calendar,
                "vehicles": sorted(vans[fence.id]),
                "made_at": fence.made_at,
            }
        )
        for fence, area in (await session.execute(query)).all()
    ]


async def _area(session: AsyncSession, wanted: GeofenceIn) -> str:
    """Return the polygon as EWKT.

    Raises:
        InvalidInput: it has no area, or its edges cross.
    """
    corners = [*wanted.polygon]
    if corners[0] != corners[-1]:
        corners.append(corners[0])
    if len(set(corners)) < 3:
        raise InvalidInput("An area needs three different corners", field="polygon")
    text = ",".join(f"{longitude:.7f} {latitude:.7f}" for longitude, latitude in corners)
    area = f"SRID=4326;POLYGON(({text}))"
    geometry = func.ST_GeomFromEWKT(area)
    valid, size = (
        await session.execute(select(func.ST_IsValid(geometry), func.ST_Area(geometry)))
    ).one()
    if not valid or not size:
        raise InvalidInput(
            "The edges of the area cross each other; move the corners apart", field="polygon"
        )
    return area


def _facts(wanted: GeofenceIn, area: str) -> dict[str, Any]:
    hours = wanted.hours
    return {
        "name": wanted.name.model_dump(),
        "region_id": wanted.region_id,
        "geom": area,
        "rule": wanted.rule,
        "buffer_m": wanted.buffer_m,
        "hold_s": wanted.hold_s,
        "calendar": None
        if hours is None
        else {
            "weekdays": sorted(set(hours.weekdays)),
            "from": f"{hours.begins:%H:%M}",
            "to": f"{hours.ends:%H:%M}",
            "time_zone": hours.time_zone,
        },
    }


async def _checked(session: AsyncSession, wanted: GeofenceIn, caller: Caller) -> None:
    if wanted.region_id is not None:
        refuse_other_region(caller, wanted.region_id)
        await scope.region(session, wanted.region_id)
    elif caller.region_id is not None:
        raise Forbidden("A fence for the whole country is made by a dispatcher of the centre")
    known = select(Vehicle.id).where(Vehicle.id.in_(wanted.vehicles))
    if wanted.region_id is not None:
        known = known.where(Vehicle.region_id == wanted.region_id)
    if missing := set(wanted.vehicles) - set((await session.execute(known)).scalars()):
        raise InvalidInput(
            f"No van of this region has the id {min(missing)}; choose from GET /vehicles",
            field="vehicles",
        )


async def _put_vans(session: AsyncSession, fence_id: UUID, vans: Sequence[UUID]) -> None:
    table = plan.GeofenceVehicle
    await session.execute(delete(table).where(table.geofence_id == fence_id))
    session.add_all(table(geofence_id=fence_id, vehicle_id=van) for van in sorted(set(vans)))
    await session.flush()


@router.post("/geofences", status_code=201)
async def add_geofence(
    wanted: GeofenceIn, caller: Planner, centre: Centre, response: Response
) -> Geofence:
    """Store a fence; its vans are judged by it from their next fix on."""
    async with centre.database.transaction() as session:
        await _checked(session, wanted, caller)
        area = await _area(session, wanted)
        row = plan.Geofence(id=new_id(), made_at=centre.clock.now(), **_facts(wanted, area))
        session.add(row)
        await session.flush()
        await _put_vans(session, row.id, wanted.vehicles)
        audit.record(session, caller.operator_id, "geofence.add", row.id, rule=wanted.rule)
        response.headers["Location"] = f"/api/v1/geofences/{row.id}"
        return (await _found(session, caller, row.id))[0]


async def _open(session: AsyncSession, fence_id: UUID, caller: Caller) -> plan.Geofence:
    row = await session.get(plan.Geofence, fence_id, with_for_update=True)
    seen = row is not None and caller.region_id in (None, row.region_id)
    if row is None or row.archived_at is not None or not seen:
        raise NotFound(f"There is no fence {fence_id}")
    return row


@router.put("/geofences/{fence_id}")
async def replace_geofence(
    fence_id: UUID, wanted: GeofenceIn, caller: Planner, centre: Centre
) -> Geofence:
    """Put a new fence in the place of the old one, so that the past is judged by what it was."""
    async with centre.database.transaction() as session:
        old = await _open(session, fence_id, caller)
        await _checked(session, wanted, caller)
        area = await _area(session, wanted)
        now = centre.clock.now()
        old.archived_at = now
        row = plan.Geofence(id=new_id(), made_at=now, **_facts(wanted, area))
        session.add(row)
        await session.flush()
        await _put_vans(session, row.id, wanted.vehicles)
        audit.record(
            session, caller.operator_id, "geofence.replace", row.id, replaces=str(fence_id)
        )
        return (await _found(session, caller, row.id))[0]


@router.delete("/geofences/{fence_id}", status_code=204)
async def archive_geofence(fence_id: UUID, caller: Planner, centre: Centre) -> None:
    """Stop watching a fence; what was found by it stays."""
    async with centre.database.transaction() as session:
        row = await _open(session, fence_id, caller)
        row.archived_at = centre.clock.now()
        audit.record(session, caller.operator_id, "geofence.archive", fence_id)
