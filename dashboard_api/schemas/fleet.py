"""The fleet at a moment, its past for a replay, and what a van is doing."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel

from dashboard_api.schemas.common import Names
from dashboard_api.schemas.vehicles import VehiclePosition


class FleetMoment(BaseModel):
    """Each van's newest good fix of the 24 hours before ``at``."""

    at: datetime
    positions: list[VehiclePosition]


class VanFixes(BaseModel):
    """A van's fixes as lists of equal length.

    ``seconds`` count from ``from``, the first may be negative; coordinates are in 1/``scale``
    degree.
    """

    vehicle_id: UUID
    seconds: list[int]
    longitudes: list[int]
    latitudes: list[int]
    speeds: list[int | None]


class FleetReplay(BaseModel):
    """A part of the past to play: one fix a van and ``step_s`` at most."""

    starts_at: datetime
    ends_at: datetime
    step_s: int
    scale: int
    vans: list[VanFixes]


class VisitNow(BaseModel):
    sequence: int
    name: Names
    latitude: float
    longitude: float
    radius_m: float
    state: Literal["planned", "arrived", "served", "passed", "skipped"]
    planned_arrival_at: datetime
    planned_departure_at: datetime
    arrived_at: datetime | None
    departed_at: datetime | None
    expected_at: datetime | None


class TripNow(BaseModel):
    """``line`` is the planned line as a GeoJSON geometry, thinned for drawing."""

    id: UUID
    state: Literal["planned", "running", "done", "missed"]
    route_id: UUID
    route_name: Names
    corridor_m: float
    line: dict[str, Any]
    planned_start_at: datetime
    planned_end_at: datetime
    progress_m: float | None
    length_m: float
    visits: list[VisitNow]


class VanCamera(BaseModel):
    id: UUID
    name: Names


class VanNow(BaseModel):
    """The trip that a van is on, else its next within 12 hours; cameras of its own office."""

    vehicle_id: UUID
    trip: TripNow | None
    cameras: list[VanCamera]


class MapGround(BaseModel):
    """What lies under the vans: the product's own ground, or the installation's own tiles.

    ``fault`` says why own tiles cannot be shown; then the product's own ground is. Nothing but
    ``origins`` may be asked for tiles.
    """

    kind: Literal["builtin", "style", "xyz", "pmtiles"]
    url: str | None
    origins: list[str]
    fault: Literal["missing", "not_archive"] | None
    attribution: str
    max_zoom: int
