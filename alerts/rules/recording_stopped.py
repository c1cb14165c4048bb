"""The disk of a media node refuses recordings: full, read-only, missing, another one, failing."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from alerts.facts import StorageFacts
from alerts.rules.base import UNKNOWN, Sign, Verdict
from models.observations import DiskState, Severity

REFUSED_FOR = timedelta(seconds=4)  # two heartbeats
TAKEN_FOR = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class RecordingStopped:
    """One alert a node; its gaps of recording carry the same reason."""

    name: ClassVar[str] = "recording_stopped"
    severity: ClassVar[Severity] = Severity.CRITICAL
    reraise_after: ClassVar[timedelta] = timedelta(seconds=30)

    def judge(self, facts: StorageFacts, now: datetime) -> Verdict:
        if facts.state is None:
            return UNKNOWN
        if facts.state is DiskState.OK:
            return Verdict(Sign.CLEAR, facts.since, TAKEN_FOR)
        details = {"node": facts.node, "disk": facts.state.value, "disk_detail": facts.detail}
        return Verdict(Sign.FIRING, facts.since, REFUSED_FOR, details)
