"""Cameras, their streams and zones, and media tickets."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from dashboard_api.schemas.common import Incoming, Line, Moment, Names
from models.observations import (
    Anchor,
    NoticeKind,
    StreamKind,
    StreamState,
    ZoneKind,
    ZoneState,
)

Corner = tuple[Annotated[float, Field(ge=0, le=1)], Annotated[float, Field(ge=0, le=1)]]
View = Literal["hall", "window", "entrance"]


class StreamStatus(BaseModel):
    kind: StreamKind
    state: StreamState
    since: datetime
    detail: str
    codec: str | None
    width: int | None
    height: int | None
    recorded: bool


class ZoneSighting(BaseModel):
    """The newest observation of a zone; ``people`` is null exactly when unknown."""

    state: ZoneState
    people: int | None
    since: datetime
    at: datetime


class Zone(BaseModel):
    id: UUID
    kind: ZoneKind
    name: str
    polygon: list[Corner]
    anchor: Anchor
    zoom: bool
    window_id: UUID | None
    window_number: int | None
    queue_limit: int | None
    queue_for_s: int | None
    observation: ZoneSighting | None


class Camera(BaseModel):
    """A camera without its RTSP addresses, which hold credentials and never leave the server."""

    id: UUID
    code: str
    name: Names
    view: str
    office_id: UUID
    office_name: Names
    enabled: bool
    streams: list[StreamStatus]
    zones: list[Zone]


class ZoneIn(Incoming):
    """A zone to keep (``id`` given) or to add. An operator zone needs its window.

    ``anchor``: by which point of a body somebody is in it. ``zoom``: people in it are small, so it
    is looked at once more, larger.
    """

    id: UUID | None = None
    kind: ZoneKind
    name: Line
    polygon: Annotated[list[Corner], Field(min_length=3, max_length=64)]
    anchor: Anchor = Anchor.FOOT
    zoom: bool = False
    window_id: UUID | None = None
    queue_limit: Annotated[int, Field(ge=0, le=1000)] | None = None
    queue_for_s: Annotated[int, Field(ge=0, le=86_400)] | None = None

    @model_validator(mode="after")
    def _operator_has_window(self) -> Self:
        if self.kind is ZoneKind.OPERATOR and self.window_id is None:
            msg = "an operator zone needs window_id"
            raise ValueError(msg)
        return self


class ZonesIn(Incoming):
    """Every zone of the camera; those left out are removed."""

    zones: Annotated[list[ZoneIn], Field(max_length=100)]


class TicketRequest(Incoming):
    """``replay`` needs from and to; ``reason`` is kept in the audit trail."""

    purpose: Literal["live", "replay", "talk"]
    starts_at: Moment | None = Field(None, alias="from")
    ends_at: Moment | None = Field(None, alias="to")
    reason: Line = ""

    @model_validator(mode="after")
    def _replay_has_span(self) -> Self:
        if self.purpose == "replay":
            if self.starts_at is None or self.ends_at is None:
                msg = "a replay ticket needs from and to"
                raise ValueError(msg)
            if self.starts_at >= self.ends_at:
                msg = "from must be before to"
                raise ValueError(msg)
        return self


class MediaTicket(BaseModel):
    """What a player passes to the media node at ``media_url`` before ``expires_at``."""

    ticket: str
    expires_at: datetime
    media_url: str


class ReplayOpening(MediaTicket):
    """A replay ticket that came with a complaint's card: for which camera and which span."""

    camera_id: UUID
    starts_at: datetime
    ends_at: datetime


class CameraNotice(BaseModel):
    """What a camera noticed by itself; ``ended_at`` is null while it lasts.

    ``source`` is the camera's name of the part that noticed it.
    """

    id: int
    kind: NoticeKind
    source: str
    started_at: datetime
    ended_at: datetime | None
