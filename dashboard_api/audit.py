"""Writes who did or watched what, in the same transaction as the deed."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from models.operator import AuditEntry


def record(
    session: AsyncSession,
    operator_id: UUID | None,
    action: str,
    subject: UUID | str,
    **details: Any,
) -> None:
    """Add one entry; ``details`` must be JSON and hold no secret."""
    session.add(
        AuditEntry(
            operator_id=operator_id, action=action, subject=str(subject)[:300], details=details
        )
    )
