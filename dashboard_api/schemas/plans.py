"""Routes with their stops, timetables, trips with plan against fact, crews."""

from datetime import date, datetime, time
from typing import Annotated, Literal
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, Field

from dashboard_api.schemas.common import FilledLine, Incoming, Line, Moment, NamedRef, Names
from dashboard_api.schemas.vehicles import LineString
from models.observations import RouteSource, StopVisitState, TripState

Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]
Corner = tuple[Longitude, Latitude]
CrewRole = Literal["driver", "specialist"]


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        msg = "is no time zone; give an IANA name such as Asia/Almaty"
        raise ValueError(msg) from None
    return name


Zone = Annotated[FilledLine, AfterValidator(_known_zone)]


class StopIn(Incoming):
    """A village; ``arrive_after_s`` counts from the trip's start, ``stay_s`` is its visit."""

    name: Names
    latitude: Latitude
    longitude: Longitude
    arrive_after_s: int = Field(ge=0, le=7 * 86_400)
    stay_s: int = Field(gt=0, le=86_400)
    radius_m: float = Field(150, ge=50, le=1000)
    served_after_s: int = Field(900, ge=0, le=86_400)
    village: str = Field("", max_length=60, pattern=r"^([a-z0-9]+(-[a-z0-9]+)*)?$")


class RouteIn(Incoming):
    """A route as drawn or imported; ``line`` has longitude first, as in GeoJSON."""

    name: Names
    region_id: UUID
    line: list[Corner] = Field(min_length=2, max_length=50_000)
    corridor_m: float = Field(300, ge=25, le=5000)
    source: RouteSource = RouteSource.DRAWN
    stops: list[StopIn] = Field(max_length=200)


class Stop(BaseModel):
    id: UUID
    sequence: int
    name: Names
    village: str
    latitude: float
    longitude: float
    radius_m: float
    progress_m: float
    arrive_after_s: int
    stay_s: int
    served_after_s: int


class RouteSummary(BaseModel):
    """A route without its line; ``trips_ahead`` still follow it."""

    id: UUID
    name: Names
    region_id: UUID
    version: int
    length_m: float
    corridor_m: float
    source: RouteSource
    made_at: datetime
    archived_at: datetime | None
    stops: int
    trips_ahead: int


class Route(BaseModel):
    id: UUID
    name: Names
    region_id: UUID
    version: int
    replaces_id: UUID | None
    length_m: float
    corridor_m: float
    source: RouteSource
    made_at: datetime
    archived_at: datetime | None
    line: LineString
    stops: list[Stop]


class RouteDraft(BaseModel):
    """What was read from a file or a track, to be looked at and stored by POST /routes."""

    name: str
    line: list[tuple[float, float]]
    length_m: float
    source: RouteSource
    corridor_m: float
    stops: list[StopIn]
    remarks: list[str]


class DrivenSpan(Incoming):
    """When a van drove the road that a route is to be made of."""

    vehicle_id: UUID
    starts_at: Moment = Field(alias="from")
    ends_at: Moment = Field(alias="to")


class Visit(BaseModel):
    """Plan against fact of a stop; ``inferred``: the van passed it between two fixes."""

    sequence: int
    stop_id: UUID
    name: Names
    village: str
    progress_m: float
    planned_arrival_at: datetime
    planned_departure_at: datetime
    state: StopVisitState
    arrived_at: datetime | None
    departed_at: datetime | None
    expected_at: datetime | None
    inferred: bool
    people_served: int | None


class CrewRef(BaseModel):
    id: UUID
    full_name: str
    role: CrewRole


class Trip(BaseModel):
    id: UUID
    vehicle_id: UUID
    plate: str
    vehicle_name: Names
    region_id: UUID
    route: NamedRef
    length_m: float
    service_date: date
    planned_start_at: datetime
    planned_end_at: datetime
    state: TripState
    started_at: datetime | None
    ended_at: datetime | None
    progress_m: float | None
    judged_until: datetime | None
    cancelled_why: str
    note: str
    version: int
    timetable_id: UUID | None
    visits: list[Visit]
    crew: list[CrewRef]


class TripIn(Incoming):
    """A single trip beside the timetables."""

    vehicle_id: UUID
    route_id: UUID
    service_date: date
    starts_at: time
    time_zone: Zone = "Asia/Almaty"
    note: Line = ""


class Cancellation(Incoming):
    why: FilledLine


class CrewOfTrip(Incoming):
    """Who goes; ``later``: also on the trips after it of the same timetable, made or not."""

    crew: list[UUID] = Field(max_length=20)
    later: bool = False


class TimetableIn(Incoming):
    """On ``weekdays`` (1 = Monday … 7) of every n-th week, at local time."""

    route_id: UUID
    vehicle_id: UUID
    weekdays: list[Annotated[int, Field(ge=1, le=7)]] = Field(min_length=1, max_length=7)
    every_weeks: int = Field(1, ge=1, le=8)
    starts_at: time
    time_zone: Zone = "Asia/Almaty"
    valid_from: date
    valid_until: date | None = None


class TimetablePreview(TimetableIn):
    """``timetable_id``: the one that this would become; its own trips take no place from it."""

    timetable_id: UUID | None = None


class Timetable(BaseModel):
    id: UUID
    route: NamedRef
    vehicle_id: UUID
    plate: str
    weekdays: list[int]
    every_weeks: int
    starts_at: time
    time_zone: str
    valid_from: date
    valid_until: date | None
    archived_at: datetime | None


class PreviewDay(BaseModel):
    """A day that a timetable would run on; ``taken``: the van has a trip that overlaps."""

    service_date: date
    start_at: datetime
    end_at: datetime
    taken: bool


class CrewIn(Incoming):
    full_name: FilledLine
    role: CrewRole
    phone: Line | None = None
    region_id: UUID


class CrewMember(CrewRef):
    phone: str | None
    region_id: UUID
    archived_at: datetime | None
