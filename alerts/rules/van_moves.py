"""What a van must not do: each movement that a person has to act on is an alert while it lasts.

When a movement counts is judged by geo; here is only which are worth an alarm, and how loud.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.facts import VanFacts
from alerts.rules.base import Sign, Verdict
from geo.judgement.facts import MovementKind
from models.observations import Severity


@dataclass(frozen=True, slots=True)
class VanRule:
    """Fires while a van has a movement of these kinds; ``critical`` None: however bad it is."""

    name: str
    kinds: tuple[MovementKind, ...]
    severity: Severity = Severity.WARNING
    critical: bool | None = None
    reraise_after: timedelta = timedelta(0)

    def judge(self, facts: VanFacts, now: datetime) -> Verdict:
        for move in facts.moves:
            if move.kind in self.kinds and self.critical in {None, move.critical}:
                return Verdict(Sign.FIRING, move.since, details=move.details)
        return Verdict(Sign.CLEAR, now)


_OFF_ROUTE = (MovementKind.OFF_ROUTE,)
_FENCE = (MovementKind.FENCE_ENTERED, MovementKind.FENCE_LEFT)
VAN_RULES = (
    VanRule("van_off_route", _OFF_ROUTE, critical=False),
    VanRule("van_far_off_route", _OFF_ROUTE, Severity.CRITICAL, critical=True),
    VanRule("van_wrong_way", (MovementKind.WRONG_WAY,)),
    VanRule("van_stop_skipped", (MovementKind.SKIPPED,)),
    VanRule("van_late", (MovementKind.LATE,), Severity.INFO),
    VanRule("van_left_early", (MovementKind.EARLY,)),
    VanRule("van_unplanned_stop", (MovementKind.UNPLANNED_STOP,)),
    VanRule("van_no_progress", (MovementKind.NO_PROGRESS,), Severity.INFO),
    VanRule("van_lost", (MovementKind.LOST,)),
    VanRule("van_in_dead_zone", (MovementKind.DEAD_ZONE,), Severity.INFO),
    VanRule("van_overspeed", (MovementKind.OVERSPEED,)),
    VanRule("van_unauthorised", (MovementKind.UNAUTHORISED,), Severity.CRITICAL),
    VanRule("van_power_lost", (MovementKind.POWER_LOST,), Severity.CRITICAL),
    VanRule("van_fence", _FENCE),
)
KINDS = frozenset(kind for rule in VAN_RULES for kind in rule.kinds)
