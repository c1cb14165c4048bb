"""A camera sends no pictures, while its media node and the rest of its office are well."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from alerts.facts import CameraFacts
from alerts.rules.base import UNKNOWN, Sign, Verdict
from models.observations import Severity, StreamState

SILENT_FOR = timedelta(seconds=10)
NODE_SILENT_FOR = timedelta(seconds=15)  # its heartbeat is every 2 s
LIVE_FOR = timedelta(seconds=3)
# What to tell of a camera whose streams fail in different ways: what a person can mend comes first.
_CAUSES = (
    StreamState.AUTH_FAILED,
    StreamState.UNSUPPORTED,
    StreamState.STALLED,
    StreamState.DOWN,
    StreamState.CONNECTING,
)


def node_is_silent(seen_at: datetime | None, watched_since: datetime, now: datetime) -> bool:
    """Say whether a node's heartbeat stopped while we were watching."""
    return seen_at is not None and now - max(seen_at, watched_since) > NODE_SILENT_FOR


@dataclass(frozen=True, slots=True)
class CameraSilent:
    """One alert a camera and outage, whichever of its streams went first."""

    name: ClassVar[str] = "camera_silent"
    severity: ClassVar[Severity] = Severity.CRITICAL
    reraise_after: ClassVar[timedelta] = timedelta(seconds=30)

    def judge(self, facts: CameraFacts, now: datetime) -> Verdict:
        if node_is_silent(facts.node_seen_at, facts.watched_since, now):
            return UNKNOWN  # the node's own alert says it
        if not facts.streams:
            return UNKNOWN
        silent = [r.since for _, r in facts.streams if r.state is not StreamState.LIVE]
        if not silent:
            return Verdict(Sign.CLEAR, max(r.since for _, r in facts.streams), LIVE_FOR)
        if facts.office_offline:
            return Verdict(Sign.BETWEEN)  # the office's own alert says it
        states = {reading.state for _, reading in facts.streams}
        details = {
            "streams": {str(kind): str(reading.state) for kind, reading in facts.streams},
            "cause": next(str(cause) for cause in _CAUSES if cause in states),
        }
        since = min(silent)
        # After our own start a node gets as long to connect as a camera gets to come back.
        hold = max(SILENT_FOR, facts.watched_since + SILENT_FOR - since)
        if facts.patience_until is not None:
            hold = max(hold, facts.patience_until - since)
        return Verdict(Sign.FIRING, since, hold, details)
