"""Vans as an administrator sets them up: plates, names, devices, and what strangers send."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field, SecretStr, StringConstraints

from dashboard_api.schemas.common import FilledLine, Incoming, Names
from dashboard_api.schemas.plans import Latitude, Longitude

Plate = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, to_upper=True, min_length=2, max_length=20, pattern=r"^[\w -]+$"
    ),
]


class Base(Incoming):
    """Where a van stands over night."""

    latitude: Latitude
    longitude: Longitude


class VanIn(Incoming):
    """A van.

    ``report_interval_s``: how often its device reports while it drives, ``stop_interval_s`` while
    it is parked. ``office_id``: the van's own office, whose cameras are in it.
    """

    plate: Plate
    name: Names
    region_id: UUID
    report_interval_s: Annotated[int, Field(ge=1, le=3600)] = 30
    stop_interval_s: Annotated[int, Field(ge=1, le=86_400)] = 3600
    speed_limit_km_h: Annotated[float, Field(ge=20, le=200)] = 110.0
    office_id: UUID | None = None
    base: Base | None = None
    base_radius_m: Annotated[float, Field(ge=50, le=5000)] = 300.0


class DeviceIn(Incoming):
    """A tracker or phone, by the identifier it sends (an IMEI, mostly)."""

    identifier: FilledLine
    protocol: FilledLine
    password: SecretStr | None = None


class DeviceChange(Incoming):
    """Another van, protocol or password of a device; null leaves the password, "" ends it."""

    vehicle_id: UUID
    protocol: FilledLine
    password: SecretStr | None = None


class LastRejection(BaseModel):
    """Why the last message that was not taken was not; ``count``: of how many in a week."""

    at: datetime
    reason: str
    detail: str
    count: int


class DeviceOut(BaseModel):
    """A device and how well it reports.

    Attributes:
        identifier: masked but for its end where the caller may not set up devices.
        phone: it is a crew's phone, and goes with its pairing.
        heard_at: when it last said anything; null: not within a week.
        checksum_failed: its messages of the last day with a wrong checksum.
        clock_offset_s: how far its clock is behind ours, the way here included; ahead: negative.
    """

    id: UUID
    identifier: str
    protocol: str
    has_password: bool
    phone: bool
    heard_at: datetime | None
    rejection: LastRejection | None
    checksum_failed: int
    clock_offset_s: float | None


class VanSetup(BaseModel):
    id: UUID
    plate: str
    name: Names
    region_id: UUID
    report_interval_s: int
    stop_interval_s: int
    speed_limit_km_h: float
    office_id: UUID | None
    base: Base | None
    base_radius_m: float
    devices: list[DeviceOut]


class DeviceMessage(BaseModel):
    """A message as it came and what it says.

    Attributes:
        hex: its bytes, for those who set up devices, where no position is in it.
        told: what ``ahual gps decode`` prints, without places for those who see none.
    """

    received_at: datetime
    transport: str
    number: int
    size_bytes: int
    checksum_failed: bool
    rejection: str | None
    hex: str | None
    told: list[dict[str, Any]]


class DeviceMessages(BaseModel):
    """The newest first."""

    items: list[DeviceMessage]


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
