"""The deadlines of a complaint and the sentence that explains them. Pure; policy is data."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from alerts.calendar import Names, WorkingCalendar


@dataclass(frozen=True, slots=True)
class ClockRule:
    """One deadline: so many days after the day of registration."""

    kind: str
    days: int
    working_days: bool


@dataclass(frozen=True, slots=True)
class ClockPolicy:
    """Every deadline of a card; ``ends_at`` is when the last day ends, in the office's zone."""

    version: str
    rules: tuple[ClockRule, ...]
    ends_at: time


# АППК art. 76: 15 working days; the short answer in 3 is the centre's own promise.
POLICY = ClockPolicy(
    version="appk-76.1",
    rules=(ClockRule("short_answer", 3, True), ClockRule("full_answer", 15, True)),
    ends_at=time(18, 0),
)


@dataclass(frozen=True, slots=True)
class SkippedDay:
    """A day that did not count, and why, in the three languages."""

    on: date
    reason: Names


@dataclass(frozen=True, slots=True)
class Deadline:
    """When an answer is due and how that was counted. ``registered_on`` is day 0."""

    rule: ClockRule
    started_at: datetime
    registered_on: date
    skipped: tuple[SkippedDay, ...]
    due_on: date
    due_at: datetime

    def explanation(self, policy: ClockPolicy, calendar: WorkingCalendar) -> dict[str, Any]:
        """Return what the card shows beside the countdown, as JSON."""
        return {
            "registered_on": self.registered_on.isoformat(),
            "skipped": [
                {"date": day.on.isoformat(), "reason": dict(day.reason)} for day in self.skipped
            ],
            "due_on": self.due_on.isoformat(),
            "policy_version": policy.version,
            "calendar_version": calendar.version,
        }


def deadlines(
    received_at: datetime, time_zone: str, calendar: WorkingCalendar, policy: ClockPolicy = POLICY
) -> tuple[Deadline, ...]:
    """Return the deadlines of a card received at that instant at an office of that zone."""
    return tuple(_deadline(rule, received_at, time_zone, calendar, policy) for rule in policy.rules)


def _deadline(
    rule: ClockRule,
    received_at: datetime,
    time_zone: str,
    calendar: WorkingCalendar,
    policy: ClockPolicy,
) -> Deadline:
    zone = ZoneInfo(time_zone)
    received_on = received_at.astimezone(zone).date()
    skipped: list[SkippedDay] = []
    day = registered_on = _next_working(received_on, calendar, skipped)
    counted = 0
    while counted < rule.days:
        day += timedelta(days=1)
        if rule.working_days:
            day = _next_working(day, calendar, skipped)
        counted += 1
    due_on = _next_working(day, calendar, skipped)
    due_at = datetime.combine(due_on, policy.ends_at, zone).astimezone(UTC)
    return Deadline(rule, received_at, registered_on, tuple(skipped), due_on, due_at)


def _next_working(day: date, calendar: WorkingCalendar, skipped: list[SkippedDay]) -> date:
    """Return the day or the first worked one after it, adding the skipped ones to the list."""
    while (reason := calendar.day_off(day)) is not None:
        skipped.append(SkippedDay(day, reason))
        day += timedelta(days=1)
    return day
