"""More people are in a hall than it may hold, for longer than it allows."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from alerts.facts import HallFacts
from alerts.rules.base import UNKNOWN, Sign, Verdict
from models.observations import Severity

CALM_FOR = timedelta(seconds=30)
_SLACK = 0.1  # below the limit by so much it is calm again: a crowd swings by more than one


@dataclass(frozen=True, slots=True)
class HallCrowded:
    """Fires above the limit, clears a tenth below it."""

    name: ClassVar[str] = "hall_crowded"
    severity: ClassVar[Severity] = Severity.WARNING
    reraise_after: ClassVar[timedelta] = timedelta(seconds=120)

    def judge(self, facts: HallFacts, now: datetime) -> Verdict:
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
        if reading.people <= facts.limit - max(1, round(_SLACK * facts.limit)) or facts.limit == 0:
            return Verdict(Sign.CLEAR, reading.since, CALM_FOR, details)
        return Verdict(Sign.BETWEEN, reading.since, details=details)
