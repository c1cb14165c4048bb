"""Alerts and their history."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from dashboard_api.schemas.common import Incoming, NamedRef, Names, PersonRef, Prose
from models.observations import AlertState, Severity


class AlertWindow(BaseModel):
    id: UUID
    number: int
    name: Names
    owner: str


class ComplaintRef(BaseModel):
    id: UUID
    number: str


class AlertOut(BaseModel):
    """Something a person must act on; ``active`` says whether the condition still holds."""

    id: UUID
    rule: str
    severity: Severity
    state: AlertState
    active: bool
    subject: str
    office: NamedRef | None
    window: AlertWindow | None
    camera: NamedRef | None
    vehicle_id: UUID | None
    complaint_id: UUID | None
    since_at: datetime
    raised_at: datetime
    cleared_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: PersonRef | None
    resolved_at: datetime | None
    details: dict[str, Any]
    complaints: list[ComplaintRef]


class AlertUpdate(BaseModel):
    at: datetime
    kind: str
    by: PersonRef | None
    note: str


class AlertHistory(AlertOut):
    updates: list[AlertUpdate]


class AlertNote(Incoming):
    note: Prose = ""
