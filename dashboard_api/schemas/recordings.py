"""What is recorded, what is missing and what is held."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from dashboard_api.schemas.common import FilledLine, Incoming, Moment, PersonRef


class Span(BaseModel):
    started_at: datetime
    ended_at: datetime


class Gap(BaseModel):
    """``ended_at`` is null while the gap lasts; ``reason`` is a stable code."""

    started_at: datetime
    ended_at: datetime | None
    reason: str


class Timeline(BaseModel):
    recordings: list[Span]
    gaps: list[Gap]


class Hold(BaseModel):
    """Recordings that are not deleted while the hold stands."""

    id: UUID
    camera_ids: list[UUID]
    starts_at: datetime
    ends_at: datetime
    reason: str
    complaint_id: UUID | None
    made_at: datetime
    made_by: PersonRef | None
    released_at: datetime | None


class HoldIn(Incoming):
    camera_ids: Annotated[list[UUID], Field(min_length=1, max_length=100)]
    starts_at: Moment
    ends_at: Moment
    reason: FilledLine
    complaint_id: UUID | None = None

    @model_validator(mode="after")
    def _starts_before_end(self) -> Self:
        if self.starts_at >= self.ends_at:
            msg = "starts_at must be before ends_at"
            raise ValueError(msg)
        return self
