"""What a van must not do: each movement that a person has to act on is an alert while it lasts.

When a movement counts is judged by geo; here is only which are worth an alarm, and how loud.
"""

from datetime import datetime, timedelta
from typing import ClassVar

from alerts.facts import VanFacts
from alerts.rules.base import Rule, Sign, Verdict
from geo.judgement.facts import MovementKind
from models.observations import Severity


class VanRule:
    """Fires while a van has a movement of these kinds; ``critical`` None: however bad it is."""

    name: ClassVar[str]
    severity: ClassVar[Severity] = Severity.WARNING
    reraise_after: ClassVar[timedelta] = timedelta(0)
    kinds: ClassVar[tuple[MovementKind, ...]]
    critical: ClassVar[bool | None] = None

    def judge(self, facts: VanFacts, now: datetime) -> Verdict:
        for move in facts.moves:
            if move.kind in self.kinds and self.critical in {None, move.critical}:
                return Verdict(Sign.FIRING, move.since, details=move.details)
        return Verdict(Sign.CLEAR, now)


class OffRoute(VanRule):
    name = "van_off_route"
    kinds = (MovementKind.OFF_ROUTE,)
    critical = False


class FarOffRoute(VanRule):
    name = "van_far_off_route"
    severity = Severity.CRITICAL
    kinds = (MovementKind.OFF_ROUTE,)
    critical = True


class WrongWay(VanRule):
    name = "van_wrong_way"
    kinds = (MovementKind.WRONG_WAY,)


class StopSkipped(VanRule):
    name = "van_stop_skipped"
    kinds = (MovementKind.SKIPPED,)


class Late(VanRule):
    name = "van_late"
    severity = Severity.INFO
    kinds = (MovementKind.LATE,)


class LeftEarly(VanRule):
    name = "van_left_early"
    kinds = (MovementKind.EARLY,)


class UnplannedStop(VanRule):
    name = "van_unplanned_stop"
    kinds = (MovementKind.UNPLANNED_STOP,)


class NoProgress(VanRule):
    name = "van_no_progress"
    severity = Severity.INFO
    kinds = (MovementKind.NO_PROGRESS,)


class Lost(VanRule):
    name = "van_lost"
    kinds = (MovementKind.LOST,)


class InDeadZone(VanRule):
    name = "van_in_dead_zone"
    severity = Severity.INFO
    kinds = (MovementKind.DEAD_ZONE,)


class Overspeed(VanRule):
    name = "van_overspeed"
    kinds = (MovementKind.OVERSPEED,)


class Unauthorised(VanRule):
    name = "van_unauthorised"
    severity = Severity.CRITICAL
    kinds = (MovementKind.UNAUTHORISED,)


class PowerLost(VanRule):
    name = "van_power_lost"
    severity = Severity.CRITICAL
    kinds = (MovementKind.POWER_LOST,)


class Fence(VanRule):
    name = "van_fence"
    kinds = (MovementKind.FENCE_ENTERED, MovementKind.FENCE_LEFT)


VAN_RULES: tuple[Rule[VanFacts], ...] = (
    OffRoute(),
    FarOffRoute(),
    WrongWay(),
    StopSkipped(),
    Late(),
    LeftEarly(),
    UnplannedStop(),
    NoProgress(),
    Lost(),
    InDeadZone(),
    Overspeed(),
    Unauthorised(),
    PowerLost(),
    Fence(),
)
KINDS = frozenset(kind for rule in VAN_RULES if isinstance(rule, VanRule) for kind in rule.kinds)
