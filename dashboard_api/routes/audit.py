"""GET /audit: who did or watched what."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from sqlalchemy import select

from dashboard_api import pages, people
from dashboard_api.dependencies import Centre, Cursor, Limit, Requires
from dashboard_api.permissions import Permission
from dashboard_api.schemas.audit import AuditRecord
from dashboard_api.schemas.common import Line, Page
from dashboard_api.sessions import Caller
from models.operator import AuditEntry

router = APIRouter(tags=["audit"])


@router.get("/audit")
async def list_audit(
    _caller: Annotated[Caller, Depends(Requires(Permission.AUDIT_READ))],
    centre: Centre,
    action: Annotated[Line | None, Query(description="e.g. camera.live")] = None,
    subject: Annotated[Line | None, Query(description="The id of what it was done to.")] = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[AuditRecord]:
    """Newest first."""
    query = select(AuditEntry)
    if action is not None:
        query = query.where(AuditEntry.action == action)
    if subject is not None:
        query = query.where(AuditEntry.subject == subject)
    async with centre.database.read() as session:
        rows, following = await pages.fetch(
            session, query, [AuditEntry.id], cursor=cursor, limit=limit, newest_first=True
        )
        known = await people.named(session, [row.operator_id for row in rows])
    items = [
        AuditRecord(
            id=row.id,
            at=row.at,
            operator=known.get(row.operator_id) if row.operator_id else None,
            action=row.action,
            subject=row.subject,
            details=row.details,
        )
        for row in rows
    ]
    return Page(items=items, next_cursor=following)
