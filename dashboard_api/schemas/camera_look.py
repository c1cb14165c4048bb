"""What is seen of cameras before they are added: devices found, streams watched, verdicts."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from dashboard_api.schemas.camera_setup import CredentialsIn, OnvifUrl, RtspUrl, Transport
from dashboard_api.schemas.common import FilledLine, Incoming
from ingest.cameras.inspection import Level
from models.observations import StreamKind


class DiscoverIn(Incoming):
    """Without addresses our own network segment is asked; else each address, which may be far."""

    addresses: Annotated[list[FilledLine], Field(max_length=256, default_factory=list)]


class FoundDevice(BaseModel):
    """``url`` is its ONVIF device service; ``camera_id`` is ours, where it is known already."""

    url: str
    address: str
    name: str
    hardware: str
    camera_id: UUID | None


class FoundDevices(BaseModel):
    items: list[FoundDevice]


class InspectIn(Incoming):
    """One of url, onvif_url or camera_id.

    A camera that is known is inspected as it is set up, with its own user and password.
    """

    url: RtspUrl | None = None
    onvif_url: OnvifUrl | None = None
    camera_id: UUID | None = None
    kind: StreamKind | None = None
    transport: Transport = "tcp"
    credentials: CredentialsIn | None = None

    @model_validator(mode="after")
    def _one_of(self) -> Self:
        if sum(given is not None for given in (self.url, self.onvif_url, self.camera_id)) != 1:
            msg = "give one of url, onvif_url, camera_id"
            raise ValueError(msg)
        return self


class Verdict(BaseModel):
    """One finding: a stable code, and the numbers and words of its sentence."""

    level: Level
    code: str
    parameters: dict[str, float | str]


class StreamLook(BaseModel):
    """A stream as it was seen; null: not seen. ``url`` holds no user and password."""

    kind: StreamKind | None
    url: str
    transport: str
    usable: bool
    codec: str | None
    width: int | None
    height: int | None
    frame_rate: float | None
    key_interval_s: float | None
    audio_codec: str | None
    clock_offset_s: float | None
    kbit_s: float | None
    verdicts: list[Verdict]


class ProfileLook(BaseModel):
    token: str
    name: str
    codec: str
    width: int
    height: int
    frame_rate: float | None
    url: str


class DeviceLook(BaseModel):
    """What a device said of itself by ONVIF; the clock offset is its clock minus ours."""

    url: str
    maker: str
    model: str
    firmware: str
    serial: str
    clock_offset_s: float | None
    profiles: list[ProfileLook]
    turns: bool
    tells_events: bool


class Look(BaseModel):
    """``streams`` are those that would be taken, main first; ``device`` is null without ONVIF."""

    device: DeviceLook | None
    streams: list[StreamLook]


class Preset(BaseModel):
    token: str
    name: str


class Turn(BaseModel):
    """Who turns the camera now; others are refused until then."""

    operator_id: UUID
    full_name: str
    until: datetime


class Presets(BaseModel):
    items: list[Preset]
    turn: Turn | None
