"""/holds: footage that must not be deleted."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from dashboard_api import audit, pages, people, scope
from dashboard_api.dependencies import Centre, Cursor, Limit, Requires
from dashboard_api.permissions import Permission
from dashboard_api.schemas import recordings
from dashboard_api.schemas.common import Page
from dashboard_api.sessions import Caller
from models.camera import Camera
from models.kit.errors import Conflict, NotFound
from models.recording import Hold

router = APIRouter(tags=["media"])


async def _shown(session: AsyncSession, holds: list[Hold]) -> list[recordings.Hold]:
    known = await people.named(session, [hold.made_by for hold in holds])
    return [
        recordings.Hold(
            id=hold.id,
            camera_ids=hold.camera_ids,
            starts_at=hold.starts_at,
            ends_at=hold.ends_at,
            reason=hold.reason,
            complaint_id=hold.complaint_id,
            made_at=hold.made_at,
            made_by=known.get(hold.made_by) if hold.made_by else None,
            released_at=hold.released_at,
        )
        for hold in holds
    ]


def _visible(caller: Caller) -> scope.Condition:
    """A hold is seen by those who may see one of its cameras."""
    seen = select(Camera.id).where(scope.cameras(caller), Camera.id == Hold.camera_ids.any_())
    return seen.exists()


@router.get("/holds")
async def list_holds(
    caller: Annotated[Caller, Depends(Requires(Permission.HOLDS_MAKE))],
    centre: Centre,
    standing: bool = True,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[recordings.Hold]:
    """Newest first; ``standing=false`` includes released ones."""
    query = select(Hold).where(_visible(caller))
    if standing:
        query = query.where(Hold.released_at.is_(None))
    async with centre.database.read() as session:
        rows, following = await pages.fetch(
            session,
            query,
            [Hold.made_at, Hold.id],
            cursor=cursor,
            limit=limit,
            newest_first=True,
        )
        return Page(items=await _shown(session, rows), next_cursor=following)


@router.post("/holds", status_code=201)
async def make_hold(
    wanted: recordings.HoldIn,
    caller: Annotated[Caller, Depends(Requires(Permission.HOLDS_MAKE))],
    centre: Centre,
) -> recordings.Hold:
    """Keep these cameras' recordings of the span until the hold is released."""
    async with centre.database.transaction() as session:
        for camera_id in wanted.camera_ids:
            await scope.camera(session, camera_id, caller)
        if wanted.complaint_id is not None:
            await scope.complaint(session, wanted.complaint_id, caller)
        hold = Hold(**wanted.model_dump(), made_by=caller.operator_id, made_at=centre.clock.now())
        session.add(hold)
        await session.flush()
        audit.record(session, caller.operator_id, "hold.make", hold.id, reason=wanted.reason)
        return (await _shown(session, [hold]))[0]


@router.delete("/holds/{hold_id}", status_code=204)
async def release_hold(
    hold_id: UUID,
    caller: Annotated[Caller, Depends(Requires(Permission.HOLDS_RELEASE))],
    centre: Centre,
) -> None:
    """Let retention delete the footage again; the person who made the hold may not."""
    async with centre.database.transaction() as session:
        query = select(Hold).where(Hold.id == hold_id, _visible(caller)).with_for_update()
        hold = (await session.execute(query)).scalar_one_or_none()
        if hold is None:
            raise NotFound(f"There is no hold {hold_id}")
        if hold.released_at is not None:
            raise Conflict("This hold was released already")
        if hold.made_by == caller.operator_id:
            raise Conflict("You made this hold; another auditor must release it")
        hold.released_at, hold.released_by = centre.clock.now(), caller.operator_id
        audit.record(session, caller.operator_id, "hold.release", hold.id)
