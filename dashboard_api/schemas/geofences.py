"""Areas that vans are watched in."""

from datetime import datetime, time
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from dashboard_api.schemas.common import Incoming, Names
from dashboard_api.schemas.plans import Corner, Zone

FenceRule = Literal["stay_inside", "stay_outside", "note"]


class FenceHours(Incoming):
    """When a fence is watched, in local time; ``to`` before ``from`` goes over midnight."""

    weekdays: list[Annotated[int, Field(ge=1, le=7)]] = Field(min_length=1, max_length=7)
    begins: time = Field(alias="from")
    ends: time = Field(alias="to")
    time_zone: Zone = "Asia/Almaty"

    @model_validator(mode="after")
    def _lasts(self) -> "FenceHours":
        if self.begins == self.ends:
            msg = "from and to must differ; leave the hours out for a fence that always holds"
            raise ValueError(msg)
        return self


class GeofenceIn(Incoming):
    """``polygon``: corners with longitude first; the last need not repeat the first.

    A van has left or entered only ``buffer_m`` beyond the line and after ``hold_s``. No vans
    named: the fence holds for every van of its region, or for all.
    """

    name: Names
    region_id: UUID | None = None
    polygon: list[Corner] = Field(min_length=3, max_length=500)
    rule: FenceRule
    buffer_m: float = Field(50, ge=0, le=5000)
    hold_s: int = Field(60, ge=0, le=3600)
    hours: FenceHours | None = None
    vehicles: list[UUID] = Field([], max_length=1000)


class Geofence(BaseModel):
    id: UUID
    name: Names
    region_id: UUID | None
    polygon: list[tuple[float, float]]
    rule: FenceRule
    buffer_m: float
    hold_s: int
    hours: FenceHours | None
    vehicles: list[UUID]
    made_at: datetime
