"""How long to wait before asking a camera again. Pure."""

from collections.abc import Callable
from dataclasses import dataclass

FIRST_S = 1.0
LONGEST_S = 30.0
GOOD_AFTER_S = 30.0
_JITTER = 0.2  # cameras behind one switch must not come back in step


@dataclass(frozen=True, slots=True)
class Backoff:
    """How many tries failed in a row."""

    failures: int = 0

    def failed(self, good_for_s: float, chance: Callable[[], float]) -> tuple["Backoff", float]:
        """Return the next state and the seconds to wait.

        Args:
            good_for_s: how long this try gave pictures; 30 s of them forget all failures.
            chance: returns a number in [0, 1).
        """
        failures = 0 if good_for_s >= GOOD_AFTER_S else self.failures
        wait_s = min(FIRST_S * 2 ** min(failures, 10), LONGEST_S)
        return Backoff(failures + 1), wait_s * (1 - _JITTER * chance())
