"""Who did or watched what."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel

from dashboard_api.schemas.common import PersonRef


class AuditRecord(BaseModel):
    id: int
    at: datetime
    operator: PersonRef | None
    action: str
    subject: str
    details: dict[str, Any]
