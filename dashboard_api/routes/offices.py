"""/offices: public service centres with what is seen there now."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from sqlalchemy import or_, select

from dashboard_api import office_view, pages, scope
from dashboard_api.dependencies import Centre, Cursor, Limit, Requires
from dashboard_api.permissions import Permission
from dashboard_api.schemas import offices
from dashboard_api.schemas.common import Line, Page
from dashboard_api.sessions import Caller
from models.office import Office

router = APIRouter(tags=["offices"])
Reader = Annotated[Caller, Depends(Requires(Permission.OFFICES_READ))]


@router.get("/offices")
async def list_offices(
    caller: Reader,
    centre: Centre,
    region_id: UUID | None = None,
    q: Annotated[Line | None, Query(description="Part of the code, name or address.")] = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[offices.Office]:
    """Offices by code."""
    query = select(Office).where(scope.offices(caller))
    if region_id is not None:
        query = query.where(Office.region_id == region_id)
    if q is not None and q.strip():
        wanted = q.strip()
        query = query.where(
            or_(
                Office.code.icontains(wanted, autoescape=True),
                Office.address.icontains(wanted, autoescape=True),
                *(
                    Office.name[language].astext.icontains(wanted, autoescape=True)
                    for language in ("kk", "ru", "en")
                ),
            )
        )
    async with centre.database.read() as session:
        rows, following = await pages.fetch(
            session, query, [Office.code], cursor=cursor, limit=limit
        )
        shown = await office_view.show(session, [row.id for row in rows], centre.clock.now())
    return Page(items=shown, next_cursor=following)


@router.get("/offices/{office_id}")
async def read_office(office_id: UUID, caller: Reader, centre: Centre) -> offices.Office:
    async with centre.database.read() as session:
        await scope.office(session, office_id, caller)
        return (await office_view.show(session, [office_id], centre.clock.now()))[0]
