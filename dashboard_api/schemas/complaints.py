"""Complaints: what a caller tells, the list and the card."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from dashboard_api.schemas.alerts import AlertOut
from dashboard_api.schemas.cameras import ReplayOpening
from dashboard_api.schemas.common import (
    FilledLine,
    Incoming,
    Line,
    Moment,
    NamedRef,
    Names,
    PersonRef,
    Prose,
    WindowRef,
)
from dashboard_api.schemas.evidence import Clip
from models.observations import ComplaintState, OutcomeKind, ZoneKind, ZoneState

Channel = Literal["call_1414", "walk_in", "blog", "social", "mystery_shopper"]


class ComplaintIn(Incoming):
    """``happened_within_s`` is how unsure the caller is of the minute, either way."""

    channel: Channel
    service_code: FilledLine
    description: Prose
    office_id: UUID
    window_number: Annotated[int, Field(ge=1, le=999)] | None = None
    ticket_number: Line | None = None
    happened_at: Moment
    happened_within_s: Annotated[int, Field(ge=0, le=86_400)] = 300
    caller_name: Line | None = None
    caller_phone: Line | None = None


class SkippedDay(BaseModel):
    date: date
    reason: Names


class DueExplanation(BaseModel):
    """Why a deadline is that day: when it was registered and which days do not count."""

    registered_on: date
    skipped: list[SkippedDay]
    due_on: date


class Clock(BaseModel):
    kind: Literal["short_answer", "full_answer"]
    days: int
    working_days: bool
    started_at: datetime
    due_at: datetime
    met_at: datetime | None
    explanation: DueExplanation


class OutcomeOut(BaseModel):
    kind: OutcomeKind
    note: str
    at: datetime
    by: PersonRef


class ComplaintSummary(BaseModel):
    id: UUID
    number: str
    state: ComplaintState
    version: int
    channel: str
    service_code: str
    description: str
    office: NamedRef
    window: WindowRef | None
    happened_at: datetime
    requested_at: datetime
    clocks: list[Clock]
    outcome: OutcomeOut | None


class CardCamera(BaseModel):
    id: UUID
    name: Names
    view: str


class CandidateCamera(BaseModel):
    """A camera that probably saw it, with stable codes for why; open the replay at replay_from."""

    camera: CardCamera
    score: float
    reasons: list[str]
    replay_from: datetime
    at: datetime


class CardHold(BaseModel):
    id: UUID
    camera_ids: list[UUID]
    starts_at: datetime
    ends_at: datetime


class ComplaintUpdate(BaseModel):
    at: datetime
    kind: str
    from_state: str | None
    to_state: str | None
    by: PersonRef | None
    note: str
    data: dict[str, Any]


class Finding(BaseModel):
    """What vision saw in a zone around the stated time."""

    zone_id: UUID
    zone_kind: ZoneKind
    window_number: int | None
    state: ZoneState
    people: int | None
    since: datetime
    at: datetime


class ComplaintCard(ComplaintSummary):
    """All of one complaint. ``allowed_moves`` are the next states; ``code`` is for the caller.

    ``replay`` is there where it was asked for and the caller may watch.
    """

    ticket_number: str | None
    happened_within_s: int
    caller_name: str | None
    caller_phone: str | None
    code: str
    camera_id: UUID | None
    confirmed_at: datetime | None
    closed_at: datetime | None
    cameras: list[CandidateCamera]
    holds: list[CardHold]
    updates: list[ComplaintUpdate]
    alerts: list[AlertOut]
    findings: list[Finding]
    clips: list[Clip]
    allowed_moves: list[ComplaintState]
    replay: ReplayOpening | None = None


class OutcomeIn(Incoming):
    kind: OutcomeKind
    note: Prose


class MoveIn(Incoming):
    """A step of the card. Closing needs the outcome of the service, here or given before."""

    to: ComplaintState
    note: Prose = ""
    outcome: OutcomeIn | None = None


class CommentIn(Incoming):
    note: Annotated[Prose, Field(min_length=1)]


class CameraChoice(Incoming):
    """A person confirms: this camera, this minute."""

    camera_id: UUID
    at: Moment


class ClipIn(Incoming):
    camera_id: UUID
    starts_at: Moment = Field(alias="from")
    ends_at: Moment = Field(alias="to")
    reason: FilledLine

    @model_validator(mode="after")
    def _starts_before_end(self) -> Self:
        if self.starts_at >= self.ends_at:
            msg = "from must be before to"
            raise ValueError(msg)
        return self


class ServiceCode(BaseModel):
    """A category of complaint."""

    code: str
    name: Names
