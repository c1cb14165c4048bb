"""/crew: drivers and specialists who go with vans."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from sqlalchemy import select

from dashboard_api import audit, pages, scope
from dashboard_api.dependencies import Centre, Cursor, Limit, Requires
from dashboard_api.permissions import Permission
from dashboard_api.routes.van_routes import refuse_other_region
from dashboard_api.schemas.common import Page
from dashboard_api.schemas.plans import CrewIn, CrewMember
from dashboard_api.sessions import Caller
from models import plan
from models.kit.errors import NotFound
from models.kit.ids import new_id

router = APIRouter(tags=["plans"])
Planner = Annotated[Caller, Depends(Requires(Permission.VANS_PLAN))]


@router.get("/crew")
async def list_crew(
    caller: Planner, centre: Centre, cursor: Cursor = None, limit: Limit = 200
) -> Page[CrewMember]:
    """Who may be sent with a van, by name."""
    query = select(plan.CrewMember).where(plan.CrewMember.archived_at.is_(None))
    if caller.region_id is not None:
        query = query.where(plan.CrewMember.region_id == caller.region_id)
    keys = [plan.CrewMember.full_name, plan.CrewMember.id]
    async with centre.database.read() as session:
        rows, following = await pages.fetch(session, query, keys, cursor=cursor, limit=limit)
    items = [CrewMember.model_validate(row, from_attributes=True) for row in rows]
    return Page(items=items, next_cursor=following)


@router.post("/crew", status_code=201)
async def add_crew_member(wanted: CrewIn, caller: Planner, centre: Centre) -> CrewMember:
    refuse_other_region(caller, wanted.region_id)
    async with centre.database.transaction() as session:
        await scope.region(session, wanted.region_id)
        row = plan.CrewMember(id=new_id(), **wanted.model_dump())
        session.add(row)
        await session.flush()
        audit.record(session, caller.operator_id, "crew.add", row.id)
        return CrewMember.model_validate(row, from_attributes=True)


@router.delete("/crew/{member_id}", status_code=204)
async def archive_crew_member(member_id: UUID, caller: Planner, centre: Centre) -> None:
    """Take somebody off the list; the trips they went on still name them."""
    async with centre.database.transaction() as session:
        row = await session.get(plan.CrewMember, member_id, with_for_update=True)
        if row is None or caller.region_id not in (None, row.region_id):
            raise NotFound(f"There is nobody with the id {member_id}")
        row.archived_at = row.archived_at or centre.clock.now()
        audit.record(session, caller.operator_id, "crew.archive", member_id)
