"""The disk of a media node will be full soon, with all that retention may delete deleted."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from alerts.facts import StorageFacts
from alerts.rules.base import UNKNOWN, Sign, Verdict
from alerts.times import iso
from models.observations import DiskState, Severity

HEADROOM = timedelta(hours=2)
ENOUGH = timedelta(hours=3)
SHORT_FOR = timedelta(seconds=60)  # a burst of a minute forecasts nothing
_FOREVER_S = timedelta(days=3650).total_seconds()


@dataclass(frozen=True, slots=True)
class RecordingDisk:
    """Fires two hours ahead with the forecast instant; ``recording_stopped`` says when it came."""

    name: ClassVar[str] = "recording_disk"
    severity: ClassVar[Severity] = Severity.WARNING
    reraise_after: ClassVar[timedelta] = timedelta(minutes=10)

    def judge(self, facts: StorageFacts, now: datetime) -> Verdict:
        if facts.headroom_bytes is None or facts.state not in {DiskState.OK, DiskState.FULL}:
            return UNKNOWN
        headroom_s = min(
            max(facts.headroom_bytes, 0) / max(facts.write_bytes_per_s, 1.0), _FOREVER_S
        )
        headroom = timedelta(seconds=headroom_s)
        if facts.state is DiskState.OK and headroom > ENOUGH:
            return Verdict(Sign.CLEAR, hold=SHORT_FOR)
        if facts.state is DiskState.OK and headroom > HEADROOM:
            return Verdict(Sign.BETWEEN)
        details = {
            "node": facts.node,
            "headroom_s": round(headroom_s),
            "full_at": iso(now + headroom),
            "headroom_bytes": facts.headroom_bytes,
            "write_bytes_per_s": round(facts.write_bytes_per_s),
        }
        return Verdict(Sign.FIRING, hold=SHORT_FOR, details=details)
