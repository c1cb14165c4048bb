"""/van-rules and /dead-zones: what vans are judged by, for the fleet and for single vans."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from dashboard_api import audit, scope
from dashboard_api.dependencies import Centre, Requires
from dashboard_api.permissions import Permission
from dashboard_api.schemas import van_rules as schemas
from dashboard_api.sessions import Caller
from geo.judgement.plan import RULES
from geo.judgement.rules import DEAD_ZONE_CELL_DEG, DEAD_ZONE_SILENCES, LOST_S
from geo.map_layers import place_names
from models.kit.errors import Forbidden
from models.movement import DeadZone
from models.van_rules import VanRules
from models.vehicle import Vehicle

router = APIRouter(tags=["plans"])
Viewer = Annotated[Caller, Depends(Requires(Permission.VANS_VIEW))]
Planner = Annotated[Caller, Depends(Requires(Permission.VANS_PLAN))]
Cell = Annotated[str, Path(pattern=r"^-?\d{1,5}:-?\d{1,5}$")]
_NUMBERS = tuple(name for name in schemas.VanRules.model_fields if name != "working_hours")


def _defaults() -> schemas.VanRules:
    hours = RULES.working_hours
    return schemas.VanRules.model_validate(
        {
            "working_hours": {
                "weekdays": sorted(hours.weekdays),
                "from": hours.begins,
                "to": hours.ends,
                "time_zone": hours.time_zone,
            },
            **{name: int(getattr(RULES, name)) for name in _NUMBERS},
        }
    )


def _shown(row: VanRules | None) -> schemas.VanRules:
    if row is None:
        return schemas.VanRules()
    return schemas.VanRules.model_validate(
        {name: getattr(row, name) for name in schemas.VanRules.model_fields}
    )


def _refuse_region(caller: Caller) -> None:
    if caller.region_id is not None:
        raise Forbidden("This holds for vans of all regions; ask somebody of the centre.")


async def _put(
    session: AsyncSession, vehicle_id: UUID | None, wanted: schemas.VanRules, now: datetime
) -> list[str]:
    """Store what differs, or nothing where nothing does; return the names of what changed."""
    query = select(VanRules).where(VanRules.vehicle_id.is_not_distinct_from(vehicle_id))
    row = (await session.execute(query.with_for_update())).scalar_one_or_none()
    columns: dict[str, Any] = {name: getattr(wanted, name) for name in _NUMBERS}
    hours = wanted.working_hours
    columns["working_hours"] = hours and hours.model_dump(mode="json", by_alias=True)
    changed = [name for name in columns if columns[name] != (getattr(row, name) if row else None)]
    if row is not None and not any(value is not None for value in columns.values()):
        await session.delete(row)
    elif changed:
        if row is None:
            row = VanRules(vehicle_id=vehicle_id)
            session.add(row)
        for name, value in columns.items():
            setattr(row, name, value)
        row.changed_at = now
    await session.flush()
    return changed


@router.get("/van-rules")
async def read_van_rules(caller: Viewer, centre: Centre) -> schemas.RulesOfVans:
    """What vans are judged by: the product's numbers, the fleet's, and those of single vans."""
    query = select(VanRules).outerjoin(Vehicle, Vehicle.id == VanRules.vehicle_id)
    if caller.region_id is not None:
        mine = Vehicle.region_id == caller.region_id
        query = query.where(VanRules.vehicle_id.is_(None) | mine)
    async with centre.database.read() as session:
        rows = (await session.execute(query.order_by(Vehicle.plate))).scalars().all()
    return schemas.RulesOfVans(
        defaults=_defaults(),
        fleet=_shown(next((row for row in rows if row.vehicle_id is None), None)),
        vans=[
            schemas.OwnRules(vehicle_id=row.vehicle_id, rules=_shown(row))
            for row in rows
            if row.vehicle_id is not None
        ],
    )


@router.put("/van-rules")
async def put_fleet_rules(
    wanted: schemas.VanRules, caller: Planner, centre: Centre
) -> schemas.VanRules:
    """Say what all vans are judged by from now on; what is past stays as it was judged."""
    _refuse_region(caller)
    async with centre.database.transaction() as session:
        changed = await _put(session, None, wanted, centre.clock.now())
        audit.record(session, caller.operator_id, "van_rules.change", "fleet", changed=changed)
    return wanted


@router.put("/vehicles/{vehicle_id}/rules")
async def put_rules_of_van(
    vehicle_id: UUID, wanted: schemas.VanRules, caller: Planner, centre: Centre
) -> schemas.VanRules:
    """Say in what a van is judged by numbers of its own."""
    async with centre.database.transaction() as session:
        await scope.vehicle(session, vehicle_id, caller)
        changed = await _put(session, vehicle_id, wanted, centre.clock.now())
        audit.record(session, caller.operator_id, "van_rules.change", vehicle_id, changed=changed)
    return wanted


@router.get("/dead-zones")
async def read_dead_zones(_caller: Viewer, centre: Centre) -> schemas.DeadZones:
    """Where vans fell silent in the last 90 days and came back, the most often first."""
    query = select(DeadZone).order_by(DeadZone.silences.desc(), DeadZone.cell)
    async with centre.database.read() as session:
        return schemas.DeadZones(items=[_zone(row) for row in await session.scalars(query)])


@router.put("/dead-zones/{cell}")
async def decide_dead_zone(
    cell: Cell, wanted: schemas.ZoneDecided, caller: Planner, centre: Centre
) -> schemas.DeadZone:
    """Say that a cell is a dead zone or none, whatever is counted; null leaves it to that."""
    _refuse_region(caller)
    async with centre.database.transaction() as session:
        row = await session.get(DeadZone, cell, with_for_update=True)
        if row is None:
            row = DeadZone(cell=cell, silences=0, longest_s=LOST_S, last_at=centre.clock.now())
            session.add(row)
        row.decision = wanted.decision
        await session.flush()
        audit.record(
            session, caller.operator_id, "dead_zone.decide", cell, decision=wanted.decision
        )
        return _zone(row)


def _zone(row: DeadZone) -> schemas.DeadZone:
    south, west = (int(part) * DEAD_ZONE_CELL_DEG for part in row.cell.split(":"))
    middle = (south + DEAD_ZONE_CELL_DEG / 2, west + DEAD_ZONE_CELL_DEG / 2)
    counted = row.silences >= DEAD_ZONE_SILENCES
    return schemas.DeadZone.model_validate(
        {
            "cell": row.cell,
            "name": place_names(*middle),
            "south": round(south, 4),
            "west": round(west, 4),
            "side_deg": DEAD_ZONE_CELL_DEG,
            "silences": row.silences,
            "longest_s": row.longest_s,
            "last_at": row.last_at,
            "decision": row.decision,
            "known": row.decision == "known" or (row.decision is None and counted),
        }
    )
