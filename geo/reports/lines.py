"""The rows of the four reports, and what a day of them is asked for; pure."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Almaty")


@dataclass(frozen=True, slots=True)
class Scope:
    """Which vans; None limits nothing."""

    region_id: UUID | None = None
    vehicle_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Van:
    """Whose row it is."""

    vehicle_id: UUID
    plate: str
    region_id: UUID
    region: dict[str, str]


@dataclass(frozen=True, slots=True)
class TripLine:
    """A trip: planned and real times, how many of its stops were served."""

    day: date
    van: Van
    route: dict[str, str]
    planned_start_at: datetime
    planned_end_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    state: str
    stops: int
    served: int
    missed: int
    people: int
    driven_m: float
    cancelled_why: str


@dataclass(frozen=True, slots=True)
class VisitLine:
    """A stop of a trip: plan against fact. ``behind_s``: later than planned, None unknown."""

    day: date
    van: Van
    route: dict[str, str]
    sequence: int
    stop: dict[str, str]
    planned_arrival_at: datetime
    planned_departure_at: datetime
    arrived_at: datetime | None
    departed_at: datetime | None
    behind_s: float | None
    stayed_s: float | None
    state: str
    people: int | None


@dataclass(frozen=True, slots=True)
class StayLine:
    """A van stood still; ``stop`` names the planned stop that it stood at."""

    day: date
    van: Van
    since: datetime
    until: datetime
    lasted_s: float
    latitude: float
    longitude: float
    stop: dict[str, str] | None


@dataclass(frozen=True, slots=True)
class MileageLine:
    """What a van drove on a day; ``unseen_m`` of it is a straight line over silence."""

    day: date
    van: Van
    distance_m: float
    unseen_m: float
    moving_s: float
    fastest_km_h: float | None
    first_at: datetime
    last_at: datetime
    fixes: int


Line = TripLine | VisitLine | StayLine | MileageLine


def span_of(day: date) -> tuple[datetime, datetime]:
    """Return when a local day begins and ends, in UTC."""
    begin = datetime.combine(day, time(), ZONE)
    return begin.astimezone(UTC), (begin + timedelta(days=1)).astimezone(UTC)
