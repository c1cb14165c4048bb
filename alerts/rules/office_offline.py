"""Every camera of an office fell silent together: its line or its power is gone."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from alerts.facts import OfficeFacts
from alerts.outage import offline_since
from alerts.rules.base import UNKNOWN, Sign, Verdict
from alerts.rules.camera_silent import LIVE_FOR, SILENT_FOR
from models.observations import Severity


@dataclass(frozen=True, slots=True)
class OfficeOffline:
    """One alert an office instead of one a camera; an office of one camera has none."""

    name: ClassVar[str] = "office_offline"
    severity: ClassVar[Severity] = Severity.CRITICAL
    reraise_after: ClassVar[timedelta] = timedelta(seconds=30)

    def judge(self, facts: OfficeFacts, now: datetime) -> Verdict:
        if len(facts.lines) < 2:
            return UNKNOWN
        outage = offline_since(facts.lines)
        if outage is None:
            live = [line.live_since for line in facts.lines if line.live_since is not None]
            return Verdict(Sign.CLEAR, min(live, default=None), LIVE_FOR)
        first, last = outage
        counts_from = max(last, facts.watched_since)
        details = {"cameras": len(facts.lines)}
        return Verdict(Sign.FIRING, first, counts_from + SILENT_FOR - first, details)
