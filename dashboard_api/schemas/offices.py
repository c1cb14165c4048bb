"""Offices with their windows and what is seen there now."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from dashboard_api.schemas.common import Names
from dashboard_api.schemas.regions import Region
from dashboard_api.schemas.waiting import Waiting
from models.observations import ZoneState


class Presence(BaseModel):
    """Whether somebody is at the window, since when; ``unknown`` is not absence."""

    state: ZoneState
    since: datetime


class Window(BaseModel):
    id: UUID
    number: int
    owner: str
    name: Names
    open_now: bool
    presence: Presence | None


class OfficeCamera(BaseModel):
    id: UUID
    code: str
    name: Names
    view: str


class Office(BaseModel):
    """``queue`` is how many people wait now; null while no queue zone has a usable picture.

    ``waiting`` is how long, with its band; null while nobody looks.
    """

    id: UUID
    code: str
    name: Names
    address: str
    phone: str | None
    time_zone: str
    latitude: float
    longitude: float
    region: Region
    queue: int | None
    waiting: Waiting | None
    windows: list[Window]
    cameras: list[OfficeCamera]
