"""Nobody sits at a window whose owner published that it is open."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from alerts.facts import WindowFacts
from alerts.rules.base import UNKNOWN, Sign, Verdict
from models.observations import Severity, ZoneState

OPENING_GRACE = timedelta(minutes=5)
PRESENT_FOR = timedelta(seconds=5)  # somebody who walks past does not staff a window


@dataclass(frozen=True, slots=True)
class WindowUnstaffed:
    """Judges the window, never a person: an owner and a number, no name and no face."""

    opening_grace: timedelta = OPENING_GRACE
    name: ClassVar[str] = "window_unstaffed"
    severity: ClassVar[Severity] = Severity.WARNING
    reraise_after: ClassVar[timedelta] = timedelta(seconds=60)

    def judge(self, facts: WindowFacts, now: datetime) -> Verdict:
        if not facts.hours.open:
            return Verdict(Sign.CLEAR, facts.hours.since, details={"closed_by_timetable": True})
        present = [r for r in facts.readings if r.state is ZoneState.OCCUPIED]
        if present:
            return Verdict(Sign.CLEAR, min(r.since for r in present), PRESENT_FOR)
        absent = [r for r in facts.readings if r.state is ZoneState.EMPTY]
        if not absent:
            return UNKNOWN
        since = max(r.since for r in absent)
        hold = facts.unstaffed_after
        opened_at = facts.hours.since
        if opened_at is not None:
            since = max(since, opened_at)
            hold = max(hold, opened_at + self.opening_grace - since)
        return Verdict(
            Sign.FIRING,
            since,
            hold,
            {
                "window_number": facts.number,
                "owner": facts.owner,
                "after_s": facts.unstaffed_after.total_seconds(),
            },
        )
