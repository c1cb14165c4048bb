"""A worker of a media node stopped its heartbeat: our own process, not a camera."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from alerts.facts import NodeFacts
from alerts.rules.base import UNKNOWN, Sign, Verdict
from alerts.rules.camera_silent import LIVE_FOR, node_is_silent
from models.observations import Severity


@dataclass(frozen=True, slots=True)
class NodeDown:
    """One alert a worker; while it is gone nothing is known of its cameras."""

    name: ClassVar[str] = "node_down"
    severity: ClassVar[Severity] = Severity.CRITICAL
    reraise_after: ClassVar[timedelta] = timedelta(seconds=30)

    def judge(self, facts: NodeFacts, now: datetime) -> Verdict:
        if facts.seen_at is None:
            return UNKNOWN
        if not node_is_silent(facts.seen_at, facts.watched_since, now):
            return Verdict(Sign.CLEAR, facts.seen_at, LIVE_FOR)
        details = {"node": facts.name, "cameras": facts.cameras}
        return Verdict(Sign.FIRING, facts.seen_at, details=details)
