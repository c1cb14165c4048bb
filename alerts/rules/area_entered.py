"""Somebody is where nobody may be."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from alerts.facts import AreaFacts
from alerts.rules.base import UNKNOWN, Sign, Verdict
from models.observations import Severity, ZoneState

INSIDE_FOR = timedelta(seconds=5)  # who crosses the line and turns back did not enter
LEFT_FOR = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class AreaEntered:
    """Judges a restricted zone; who it was is for a person to look up."""

    name: ClassVar[str] = "area_entered"
    severity: ClassVar[Severity] = Severity.WARNING
    reraise_after: ClassVar[timedelta] = timedelta(seconds=60)

    def judge(self, facts: AreaFacts, now: datetime) -> Verdict:
        reading = facts.reading
        if reading is None:
            return UNKNOWN
        if reading.state is ZoneState.OCCUPIED:
            return Verdict(Sign.FIRING, reading.since, INSIDE_FOR, {"people": reading.people})
        return Verdict(Sign.CLEAR, reading.since, LEFT_FOR)
