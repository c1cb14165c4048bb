"""More people wait than the zone's limit, for longer than it allows."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from alerts.facts import QueueFacts
from alerts.rules.base import Verdict
from alerts.rules.limit import above_limit
from models.observations import Severity


@dataclass(frozen=True, slots=True)
class QueueTooLong:
    """Fires above the limit, clears one below it for half a minute; at the limit nothing moves."""

    name: ClassVar[str] = "queue_too_long"
    severity: ClassVar[Severity] = Severity.WARNING
    reraise_after: ClassVar[timedelta] = timedelta(seconds=60)

    def judge(self, facts: QueueFacts, now: datetime) -> Verdict:
        return above_limit(facts, max(facts.limit - 1, 0))
