"""What is recorded, what is missing and what is held."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from dashboard_api.schemas.camera_setup import RecordingSchedule
from dashboard_api.schemas.common import FilledLine, Incoming, Moment, Names, PersonRef
from models.observations import StreamKind


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


class RetentionClass(BaseModel):
    """How long footage of its cameras stays, at least and at most."""

    id: UUID
    code: str
    name: Names
    keep_min_days: float
    keep_max_days: float
    recording_schedule: RecordingSchedule | None


class RetentionClassEdit(Incoming):
    """``recording_schedule`` is of its cameras that have none of their own; null: always."""

    recording_schedule: RecordingSchedule | None


class NodeDisk(BaseModel):
    """A media node's disk; null where the node does not know.

    ``free_bytes`` are above the reserve, ``freeable_bytes`` what retention may still delete.
    """

    node: str
    state: str | None
    detail: str
    free_bytes: int | None
    freeable_bytes: int | None
    write_bytes_per_s: float


class KeptStream(BaseModel):
    """What a stream keeps: asked for, so far, and what fits when all record on as now."""

    camera_id: UUID
    kind: StreamKind
    node: str
    class_id: UUID | None
    keep_min_days: float
    keep_max_days: float
    bytes_per_day: float
    kept_days: float
    feasible_days: float | None


class Retention(BaseModel):
    classes: list[RetentionClass]
    disks: list[NodeDisk]
    streams: list[KeptStream]


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
