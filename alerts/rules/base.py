"""What a rule is: facts and an instant in, a verdict out. Durations are the engine's business."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from models.observations import Severity

Judged = TypeVar("Judged", contravariant=True)


class Sign(StrEnum):
    FIRING = "firing"
    BETWEEN = "between"  # inside the band of hysteresis: neither raises nor clears
    CLEAR = "clear"
    UNKNOWN = "unknown"  # nothing is known now, so nothing changes


@dataclass(frozen=True, slots=True)
class Verdict:
    """One look at one subject.

    Attributes:
        sign: what holds now.
        since: when that began, as far as the facts say.
        hold: how long it must last before it counts.
        details: the numbers behind the sentence, as JSON.
    """

    sign: Sign
    since: datetime | None = None
    hold: timedelta = timedelta(0)
    details: dict[str, Any] = field(default_factory=dict)


UNKNOWN = Verdict(Sign.UNKNOWN)


class Rule(Protocol[Judged]):
    """A rule judges one kind of facts; ``reraise_after`` counts from the last end of an alert."""

    @property
    def name(self) -> str: ...

    @property
    def severity(self) -> Severity: ...

    @property
    def reraise_after(self) -> timedelta: ...

    def judge(self, facts: Judged, now: datetime) -> Verdict: ...
