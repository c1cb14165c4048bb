"""More people are in a hall than it may hold, for longer than it allows."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from alerts.facts import HallFacts
from alerts.rules.base import Verdict
from alerts.rules.limit import above_limit
from models.observations import Severity

_SLACK = 0.1  # below the limit by so much it is calm again: a crowd swings by more than one


@dataclass(frozen=True, slots=True)
class HallCrowded:
    """Fires above the limit, clears a tenth below it."""

    name: ClassVar[str] = "hall_crowded"
    severity: ClassVar[Severity] = Severity.WARNING
    reraise_after: ClassVar[timedelta] = timedelta(seconds=120)

    def judge(self, facts: HallFacts, now: datetime) -> Verdict:
        return above_limit(facts, max(facts.limit - max(1, round(_SLACK * facts.limit)), 0))
