"""Vans as an administrator sets them up: plates, names, devices, and what strangers send."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, SecretStr, StringConstraints

from dashboard_api.schemas.common import FilledLine, Incoming, Names

Plate = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, to_upper=True, min_length=2, max_length=20, pattern=r"^[\w -]+$"
    ),
]


class VanIn(Incoming):
    """A van. ``report_interval_s``: how often its device reports while it drives."""

    plate: Plate
    name: Names
    region_id: UUID
    report_interval_s: Annotated[int, Field(ge=1, le=3600)] = 30


class DeviceIn(Incoming):
    """A tracker or phone, by the identifier it sends (an IMEI, mostly)."""

    identifier: FilledLine
    protocol: FilledLine
    password: SecretStr | None = None


class DeviceOut(BaseModel):
    id: UUID
    identifier: str
    protocol: str
    has_password: bool


class VanSetup(BaseModel):
    id: UUID
    plate: str
    name: Names
    region_id: UUID
    report_interval_s: int
    devices: list[DeviceOut]


class ProtocolOut(BaseModel):
    """What a device is told: where it has to report to."""

    name: str
    title: str
    port: int
    transports: list[str]


class DevicesSetup(BaseModel):
    vans: list[VanSetup]
    protocols: list[ProtocolOut]


class UnknownDevice(BaseModel):
    """A device that reports here and that no van has; ``messages`` are those that were kept."""

    identifier: str
    protocol: str
    last_seen_at: datetime
    messages: int


class UnknownDevices(BaseModel):
    items: list[UnknownDevice]
