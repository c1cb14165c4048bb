"""Somebody is in an office that has been closed for a while."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from alerts.facts import ClosedOfficeFacts
from alerts.rules.base import UNKNOWN, Sign, Verdict
from models.observations import Severity, ZoneState

LEAVING = timedelta(minutes=45)  # visitors are served to the end, and staff close the day
INSIDE_FOR = timedelta(minutes=2)
LEFT_FOR = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class PeopleAfterHours:
    """Judges an office by its published hours; without any it says nothing."""

    name: ClassVar[str] = "people_after_hours"
    severity: ClassVar[Severity] = Severity.WARNING
    reraise_after: ClassVar[timedelta] = timedelta(minutes=15)

    def judge(self, facts: ClosedOfficeFacts, now: datetime) -> Verdict:
        if facts.hours.open:
            return Verdict(Sign.CLEAR, facts.hours.since)
        present = [r for r in facts.readings if r.state is ZoneState.OCCUPIED]
        if present:
            since = min(reading.since for reading in present)
            if facts.hours.since is not None:
                since = max(since, facts.hours.since + LEAVING)
            if since > now:
                return Verdict(Sign.BETWEEN)
            people = sum(reading.people or 0 for reading in present)
            return Verdict(Sign.FIRING, since, INSIDE_FOR, {"people": people})
        if not facts.readings:
            return UNKNOWN
        return Verdict(Sign.CLEAR, max(reading.since for reading in facts.readings), LEFT_FOR)
