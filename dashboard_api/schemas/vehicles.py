"""Vans, where they are and where they were."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel

from dashboard_api.schemas.common import Names


class VehiclePosition(BaseModel):
    vehicle_id: UUID
    latitude: float
    longitude: float
    speed_km_h: float | None
    course_deg: float | None
    accuracy_m: float | None
    fixed_at: datetime
    received_at: datetime


class Vehicle(BaseModel):
    """``freshness`` judges the age of the position by the van's own report interval."""

    id: UUID
    plate: str
    name: Names
    region_id: UUID
    report_interval_s: int
    freshness: Literal["online", "stale", "lost", "never"]
    position: VehiclePosition | None


class FlaggedPosition(VehiclePosition):
    """A raw fix; a non-empty ``flags`` says why it is not used for judgement."""

    altitude_m: float | None
    satellites: int | None
    flags: list[str]
    protocol: str


class LineString(BaseModel):
    """RFC 7946: longitude first."""

    type: Literal["LineString"] = "LineString"
    coordinates: list[tuple[float, float]]


class TrackProperties(BaseModel):
    vehicle_id: UUID
    fixed_at: list[datetime]
    speed_km_h: list[float | None]


class Track(BaseModel):
    """The good fixes of a span as one GeoJSON Feature; geometry is null below two fixes."""

    type: Literal["Feature"] = "Feature"
    id: UUID
    geometry: LineString | None
    properties: TrackProperties


class FeatureCollection(BaseModel):
    type: Literal["FeatureCollection"]
    attribution: str
    features: list[dict[str, Any]]
