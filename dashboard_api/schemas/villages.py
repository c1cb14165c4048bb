"""What everybody may know of a village's van."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from dashboard_api.schemas.common import Names


class PlannedVisit(BaseModel):
    planned_arrival_at: datetime
    planned_departure_at: datetime
    cancelled: bool


class VillageLink(BaseModel):
    """The address of a village's page; ``qr`` is it as rows of 0 and 1 (dark), border included."""

    link: str
    qr: list[str]


class VillageNews(BaseModel):
    """``known_at`` is set where the van was not heard of lately: the estimate is that old."""

    village: str
    name: Names
    now: Literal["here", "on_its_way", "nothing"]
    until: datetime | None
    expected_at: datetime | None
    planned_at: datetime | None
    known_at: datetime | None
    following: list[PlannedVisit]
