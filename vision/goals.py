"""Pure: what a simulated hour must show, against what was told of it."""

from dataclasses import dataclass

from vision.evaluation import Told
from vision.scores import TELLS_S

QUEUE_MAE = 0.7  # people
WAIT_SHARE = 0.1
HINDERED_S = 10.0
HINDERED = frozenset({"covered", "defocused"})


@dataclass(frozen=True, slots=True)
class Goal:
    """``met`` is None where the set has no truth for it."""

    name: str
    told: str
    met: bool | None

    def line(self) -> str:
        verdict = {True: "met", False: "MISSED", None: "not known"}[self.met]
        return f"{verdict:<9}  {self.name}: {self.told}"


def goals(told: Told) -> list[Goal]:
    """Return each goal with what was measured."""
    seats = [each for each in told.presence if each.name in {one.zone for one in told.absences}]
    slowest = max((_or_never(one.found_s) for one in told.absences), default=None)
    hindered = [_or_never(one.found_s) for one in told.blind if one.what in HINDERED]
    mae = max((each.error.mae for each in told.counts), default=None)
    share = told.wait.share if told.wait else None
    return [
        Goal(
            "absences invented, none",
            str(told.absent_falsely),
            told.absent_falsely == 0 if told.presence else None,
        ),
        Goal(
            f"absences told within {TELLS_S:g} s, all",
            f"slowest of {len(told.absences)} at {len(seats)} places {_after(slowest)}",
            None if slowest is None else slowest <= TELLS_S,
        ),
        Goal(
            f"people in a queue, off by {QUEUE_MAE:g} on average at most",
            _shown(mae),
            None if mae is None else mae <= QUEUE_MAE,
        ),
        Goal(
            f"mean wait, within {WAIT_SHARE:.0%}",
            "–" if share is None else f"{share:+.1%}",
            None if share is None else abs(share) <= WAIT_SHARE,
        ),
        Goal(
            f"covered and defocused found within {HINDERED_S:g} s, always",
            f"slowest of {len(hindered)} {_after(max(hindered, default=None))}",
            None if not hindered else max(hindered) <= HINDERED_S,
        ),
        Goal(
            "told blind while it saw, never",
            f"{told.blind_falsely} looks",
            told.blind_falsely == 0,
        ),
    ]


def _or_never(found_s: float | None) -> float:
    return float("inf") if found_s is None else found_s


def _after(seconds: float | None) -> str:
    return "never" if seconds == float("inf") else f"after {_shown(seconds)} s"


def _shown(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}".rstrip("0").rstrip(".")
