"""A vision process stopped its heartbeat: nobody looks at its cameras, so nothing is noticed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from alerts.facts import VisionFacts
from alerts.rules.base import Sign, Verdict
from alerts.rules.camera_silent import LIVE_FOR, node_is_silent
from models.observations import Severity

RESTARTED_WITHIN = timedelta(seconds=15)  # beyond the silence itself: it loads its weights anew


@dataclass(frozen=True, slots=True)
class VisionDown:
    """One alert a process; its cameras' zones are unknown meanwhile, not empty."""

    name: ClassVar[str] = "vision_down"
    severity: ClassVar[Severity] = Severity.CRITICAL
    reraise_after: ClassVar[timedelta] = timedelta(seconds=60)

    def judge(self, facts: VisionFacts, now: datetime) -> Verdict:
        if not node_is_silent(facts.seen_at, facts.watched_since, now):
            return Verdict(Sign.CLEAR, facts.seen_at, LIVE_FOR)
        silent_since = max(facts.seen_at, facts.watched_since)
        hold = silent_since + 2 * RESTARTED_WITHIN - facts.seen_at
        details = {"node": facts.name, "cameras": facts.cameras}
        return Verdict(Sign.FIRING, facts.seen_at, hold, details)
