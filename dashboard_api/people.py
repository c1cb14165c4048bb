"""Names of accounts, for showing who did something."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from dashboard_api.schemas.common import PersonRef
from models.operator import Operator


async def named(session: AsyncSession, ids: Iterable[UUID | None]) -> dict[UUID, PersonRef]:
    """Return the people by id, in one query."""
    wanted = {i for i in ids if i is not None}
    if not wanted:
        return {}
    rows = await session.execute(
        select(Operator.id, Operator.full_name).where(Operator.id.in_(wanted))
    )
    return {row[0]: PersonRef(id=row[0], full_name=row[1]) for row in rows}
