"""GET /regions."""

from typing import Annotated

from fastapi import APIRouter, Depends
from sqlalchemy import select

from dashboard_api import pages
from dashboard_api.dependencies import Centre, Cursor, Limit, Requires
from dashboard_api.permissions import Permission
from dashboard_api.schemas.common import Page
from dashboard_api.schemas.regions import Region
from dashboard_api.sessions import Caller
from models import office

router = APIRouter(tags=["offices"])


@router.get("/regions")
async def list_regions(
    caller: Annotated[Caller, Depends(Requires(Permission.OFFICES_READ))],
    centre: Centre,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[Region]:
    """Regions that are valid now, by code."""
    today = centre.clock.now().date()
    query = select(office.Region).where(
        office.Region.valid_from <= today,
        office.Region.valid_to.is_(None) | (office.Region.valid_to > today),
    )
    if caller.region_id is not None:
        query = query.where(office.Region.id == caller.region_id)
    async with centre.database.read() as session:
        rows, following = await pages.fetch(
            session, query, [office.Region.code], cursor=cursor, limit=limit
        )
    items = [Region.model_validate(row, from_attributes=True) for row in rows]
    return Page(items=items, next_cursor=following)
