"""A camera sends pictures, but nothing can be seen in them: dark, covered, or always the same."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from alerts.facts import CameraFacts
from alerts.rules.base import UNKNOWN, Sign, Verdict
from alerts.rules.camera_silent import node_is_silent
from models.observations import Severity, StreamState

BLIND_FOR = timedelta(seconds=30)  # somebody who stands before the camera moves on
SEES_FOR = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class CameraBlind:
    """Judges the picture; a camera without any is ``camera_silent``'s business.

    What the camera itself says of being covered or turned away counts too, whatever vision sees.
    """

    name: ClassVar[str] = "camera_blind"
    severity: ClassVar[Severity] = Severity.WARNING
    reraise_after: ClassVar[timedelta] = timedelta(seconds=60)

    def judge(self, facts: CameraFacts, now: datetime) -> Verdict:
        if node_is_silent(facts.node_seen_at, facts.watched_since, now):
            return UNKNOWN
        if any(reading.state is not StreamState.LIVE for _, reading in facts.streams):
            return UNKNOWN
        told = [sight for sight in facts.told if sight.blind is not None]
        if told:
            first = min(told, key=lambda sight: sight.since)
            details = {"sight": first.blind, "told_by": "camera", "source": first.source}
            return Verdict(Sign.FIRING, first.since, BLIND_FOR, details)
        if not facts.sights:
            if not facts.told:
                return UNKNOWN
            return Verdict(Sign.CLEAR, max(sight.since for sight in facts.told), SEES_FOR)
        since = max(sight.since for sight in facts.sights)
        blind = next((sight.blind for sight in facts.sights if sight.blind is not None), None)
        if blind is None or any(sight.blind is None for sight in facts.sights):
            return Verdict(Sign.CLEAR, since, SEES_FOR)
        return Verdict(Sign.FIRING, since, BLIND_FOR, {"sight": blind})
