"""The days and times of a timetable; pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

BACK_KM_H = 50.0  # where nothing is known of the road behind the last stop
_WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Pattern:
    """When a van drives: on ``weekdays`` (1 = Monday … 7) of every n-th week.

    Weeks count from the one that ``valid_from`` lies in. ``starts_at`` is local time.
    """

    weekdays: frozenset[int]
    every_weeks: int
    starts_at: time
    time_zone: str
    valid_from: date
    valid_until: date | None  # the last day

    def runs_on(self, day: date) -> bool:
        if day < self.valid_from or (self.valid_until is not None and day > self.valid_until):
            return False
        weeks = (_monday(day) - _monday(self.valid_from)) // _WEEK
        return day.isoweekday() in self.weekdays and weeks % self.every_weeks == 0

    def days(self, first: date, last: date) -> Iterator[date]:
        """Yield the days from ``first`` to ``last``, both in."""
        day = max(first, self.valid_from)
        while day <= last:
            if self.runs_on(day):
                yield day
            day += timedelta(days=1)

    def start_of(self, day: date) -> datetime:
        """Return when the trip of that day starts, in UTC."""
        return datetime.combine(day, self.starts_at, ZoneInfo(self.time_zone)).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class PlannedStop:
    """A stop as the plan of a trip needs it."""

    id: UUID
    sequence: int
    arrive_after_s: int
    stay_s: int
    progress_m: float


@dataclass(frozen=True, slots=True)
class PlannedVisit:
    """When a van is meant to be at a stop."""

    sequence: int
    stop_id: UUID
    arrival_at: datetime
    departure_at: datetime


@dataclass(frozen=True, slots=True)
class PlannedTrip:
    """One drive of a day; it ends where the line ends."""

    service_date: date
    start_at: datetime
    end_at: datetime
    visits: tuple[PlannedVisit, ...]


def planned_trip(
    service_date: date, start_at: datetime, stops: Sequence[PlannedStop], length_m: float
) -> PlannedTrip:
    """Return the trip that starts at ``start_at``; the way home is taken at BACK_KM_H."""
    visits = tuple(
        PlannedVisit(
            stop.sequence,
            stop.id,
            start_at + timedelta(seconds=stop.arrive_after_s),
            start_at + timedelta(seconds=stop.arrive_after_s + stop.stay_s),
        )
        for stop in stops
    )
    done_at = max((visit.departure_at for visit in visits), default=start_at)
    rest_m = length_m - max((stop.progress_m for stop in stops), default=0.0)
    back = timedelta(seconds=round(max(rest_m, 0.0) / (BACK_KM_H / 3.6)))
    return PlannedTrip(
        service_date, start_at, max(done_at + back, start_at + timedelta(minutes=1)), visits
    )


def local_day(moment: datetime, time_zone: str) -> date:
    return moment.astimezone(ZoneInfo(time_zone)).date()


def _monday(day: date) -> date:
    return day - timedelta(days=day.isoweekday() - 1)
