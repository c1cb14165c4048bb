"""More people wait than the zone's limit, for longer than it allows."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from alerts.facts import QueueFacts
from alerts.rules.base import UNKNOWN, Sign, Verdict
from models.observations import Severity

CALM_FOR = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class QueueTooLong:
    """Fires above the limit, clears one below it for half a minute; at the limit nothing moves."""

    name: ClassVar[str] = "queue_too_long"
    severity: ClassVar[Severity] = Severity.WARNING
    reraise_after: ClassVar[timedelta] = timedelta(seconds=60)

    def judge(self, facts: QueueFacts, now: datetime) -> Verdict:
        reading = facts.reading
        if reading is None or reading.people is None:
            return UNKNOWN
        details = {
            "people": reading.people,
            "limit": facts.limit,
            "for_s": facts.hold.total_seconds(),
        }
        if reading.people > facts.limit:
            return Verdict(Sign.FIRING, reading.since, facts.hold, details)
        if reading.people <= max(facts.limit - 1, 0):
            return Verdict(Sign.CLEAR, reading.since, CALM_FOR, details)
        return Verdict(Sign.BETWEEN, reading.since, details=details)
