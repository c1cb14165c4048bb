"""When a camera is recorded: always, in hours, or never; a hold is stronger. Pure.

In doubt it is recorded: public holidays count as other days, an office without published hours is
always open, and its hours begin earlier and end later than they say.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

MARGIN = timedelta(minutes=30)  # around an office's hours: who opens and closes it is seen
_LAST_MINUTE = time(23, 59)
_WEEK = timedelta(days=7)


class ScheduleKind(StrEnum):
    ALWAYS = "always"
    OFFICE_HOURS = "office_hours"
    HOURS = "hours"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Hours:
    """Local times; an end that is not after the start is of the next day."""

    starts_at: time
    ends_at: time


@dataclass(frozen=True)
class Schedule:
    """When one camera is recorded.

    Attributes:
        time_zone: IANA name of the office's.
        weekly: by ISO weekday.
        dated: instead of a weekday's, on that date.
        margin: that is added at both ends.
        held: spans that are recorded whatever the hours say.
    """

    time_zone: str = "UTC"
    weekly: Mapping[int, Sequence[Hours]] = field(default_factory=dict)
    dated: Mapping[date, Sequence[Hours]] = field(default_factory=dict)
    margin: timedelta = timedelta(0)
    held: Sequence[tuple[datetime, datetime]] = ()

    def wants(self, at: datetime) -> bool:
        """Say whether to record at that instant."""
        if any(start <= at < end for start, end in self.held):
            return True
        zone = ZoneInfo(self.time_zone)
        today = at.astimezone(zone).date()
        return any(
            _instant(day, hours.starts_at, zone) - self.margin
            <= at
            < _end(day, hours, zone) + self.margin
            for day in (today - timedelta(days=1), today, today + timedelta(days=1))
            for hours in self.dated.get(day, self.weekly.get(day.isoweekday(), ()))
        )

    def part(self, first: date) -> float:
        """Return which part of the week from ``first`` is recorded, 0 to 1, without any hold."""
        zone = ZoneInfo(self.time_zone)
        begin = _instant(first, time(0), zone)
        end = reached = begin
        end += _WEEK
        recorded = timedelta(0)
        spans = sorted(
            (_instant(day, hours.starts_at, zone), _end(day, hours, zone))
            for day in (first + timedelta(days=n) for n in range(-1, 8))
            for hours in self.dated.get(day, self.weekly.get(day.isoweekday(), ()))
        )
        for starts_at, ends_at in spans:
            since = max(starts_at - self.margin, reached)
            until = min(ends_at + self.margin, end)
            if until > since:
                recorded += until - since
                reached = until
        return recorded / _WEEK

    def to_json(self) -> str:
        return json.dumps(
            {
                "time_zone": self.time_zone,
                "weekly": {day: _told(hours) for day, hours in self.weekly.items()},
                "dated": {day.isoformat(): _told(hours) for day, hours in self.dated.items()},
                "margin_s": self.margin.total_seconds(),
                "held": [[start.isoformat(), end.isoformat()] for start, end in self.held],
            }
        )

    @classmethod
    def from_json(cls, text: str) -> "Schedule":
        told = json.loads(text)
        return cls(
            told["time_zone"],
            {int(day): hours_of(rows) for day, rows in told["weekly"].items()},
            {date.fromisoformat(day): hours_of(rows) for day, rows in told["dated"].items()},
            timedelta(seconds=told["margin_s"]),
            tuple((datetime.fromisoformat(a), datetime.fromisoformat(b)) for a, b in told["held"]),
        )


def hours_of(rows: Sequence[Any]) -> tuple[Hours, ...]:
    """Return pairs of ISO times as hours."""
    return tuple(Hours(time.fromisoformat(a), time.fromisoformat(b)) for a, b in rows)


def _told(hours: Sequence[Hours]) -> list[list[str]]:
    return [[each.starts_at.isoformat(), each.ends_at.isoformat()] for each in hours]


def _instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, zone)


def _end(day: date, hours: Hours, zone: ZoneInfo) -> datetime:
    if hours.ends_at >= _LAST_MINUTE:
        return _instant(day + timedelta(days=1), time(0), zone)
    following = timedelta(days=hours.ends_at <= hours.starts_at)
    return _instant(day + following, hours.ends_at, zone)
