"""Setting up cameras: what an administrator sends and sees. Passwords only come in."""

from datetime import time
from typing import Annotated, Any, Literal, Self, TypeVar
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    Field,
    SecretStr,
    StringConstraints,
    model_validator,
)

from dashboard_api.schemas.cameras import StreamStatus, View
from dashboard_api.schemas.common import FilledLine, Incoming, Line, Names
from ingest.cameras.schedule import ScheduleKind
from models.observations import StreamKind

RtspUrl = Annotated[str, StringConstraints(max_length=500, pattern=r"^rtsps?://[^\s\x00]+$")]
OnvifUrl = Annotated[str, StringConstraints(max_length=500, pattern=r"^https?://[^\s\x00]+$")]
Transport = Literal["tcp", "udp", "http"]


class CredentialsIn(Incoming):
    """Who signs in to the camera; kept sealed and never shown again."""

    user: FilledLine
    password: Annotated[SecretStr, Field(max_length=200)]


class StreamEdit(Incoming):
    """A stream as it shall be; without ``url`` a stream that is there keeps its address."""

    kind: StreamKind
    url: RtspUrl | None = None
    recorded: bool = True
    transport: Transport = "tcp"


class StreamIn(StreamEdit):
    """A stream of a new camera. A user and password in ``url`` are taken out of it and sealed."""

    url: RtspUrl


S = TypeVar("S", bound=StreamEdit)


def _one_a_kind(streams: list[S]) -> list[S]:
    if len({stream.kind for stream in streams}) < len(streams):
        msg = "give at most one main and one sub stream"
        raise ValueError(msg)
    return streams


class DeviceIn(Incoming):
    """What the device said of itself when it was inspected; shown, never judged."""

    maker: Line
    model: Line
    firmware: Line
    serial: Line


class ScheduledHours(Incoming):
    """Local times of an ISO weekday; an end that is not after the start is of the next day."""

    weekday: Annotated[int, Field(ge=1, le=7)]
    starts_at: time
    ends_at: time


class RecordingSchedule(Incoming):
    """When a camera is recorded; ``hours`` are of kind hours. A hold is stronger."""

    kind: ScheduleKind
    hours: Annotated[list[ScheduledHours], Field(max_length=50, default_factory=list)]

    @model_validator(mode="after")
    def _hours_of_their_kind(self) -> Self:
        if (self.kind is ScheduleKind.HOURS) is not bool(self.hours):
            msg = "give hours with kind hours, and with no other"
            raise ValueError(msg)
        return self


class CameraIn(Incoming):
    """A new camera. ``node_name`` is the media node that owns it; unset means ours.

    Without a ``recording_schedule`` that of its retention class counts, else always.
    """

    office_id: UUID
    code: FilledLine
    name: Names
    view: View = "hall"
    node_name: FilledLine | None = None
    retention_class_id: UUID | None = None
    recording_schedule: RecordingSchedule | None = None
    onvif_url: OnvifUrl | None = None
    device: DeviceIn | None = None
    credentials: CredentialsIn | None = None
    streams: Annotated[
        list[StreamIn], Field(min_length=1, max_length=2), AfterValidator(_one_a_kind)
    ]


class CameraEdit(Incoming):
    """A camera as it shall be. ``credentials`` left out are kept, null forgets them.

    Where an address moves to another host, they must be given again: they are for the old one.
    """

    name: Names
    view: View
    enabled: bool
    node_name: FilledLine | None = None
    retention_class_id: UUID | None = None
    recording_schedule: RecordingSchedule | None = None
    onvif_url: OnvifUrl | None = None
    credentials: CredentialsIn | None = None
    streams: Annotated[
        list[StreamEdit], Field(min_length=1, max_length=2), AfterValidator(_one_a_kind)
    ]


class StreamSetup(StreamStatus):
    """A stream with its address, which holds no user and password, and what was measured of it.

    Frame rate is pictures a second; the clock offset is the camera's clock minus the node's.
    """

    address: str
    transport: Transport
    frame_rate: float | None
    key_interval_s: float | None
    audio_codec: str | None
    clock_offset_s: float | None


class CameraSetup(BaseModel):
    """All that an administrator sets of a camera; ``device`` is what ONVIF said of itself."""

    id: UUID
    code: str
    name: Names
    view: str
    office_id: UUID
    enabled: bool
    node_name: str
    retention_class_id: UUID | None
    recording_schedule: RecordingSchedule | None
    onvif_url: str | None
    device: dict[str, Any] | None
    has_credentials: bool
    streams: list[StreamSetup]
