"""Pure: how long people wait, each figure with the band that it lies in four times out of five.

The headline needs no identity (Little's law): person-seconds waited ÷ people who were served.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean, pstdev

_Z80 = 1.2816  # of the normal distribution: 80 % lie within
# How well people are counted: hidden ones and double boxes, measured on halls with known truth.
_LENGTH_ERROR = 0.08
_SERVED_ERROR = 0.04
_STAY_ERROR = 0.05
LEAST_SERVED = 3
LEAST_STAYS = 3
LEAST_SERVICES = 3


@dataclass(frozen=True, slots=True)
class Figure:
    """A length of time in seconds; ``high`` is None where nothing bounds it from above."""

    value: float
    low: float
    high: float | None
    samples: int


def by_flow(person_s: float, served: int, first: int, last: int) -> Figure | None:
    """Return the mean wait; ``first`` and ``last`` are the queue's lengths at the span's ends.

    Who came is who was served and what the queue grew by; the mean of both takes the ends' part.
    None where too few were served to say anything.
    """
    through = served + (last - first) / 2
    if served < LEAST_SERVED or through <= 0:
        return None
    # At its ends the span cuts through waits: what was waited outside it is missing.
    ends = 0.5 * sqrt(first + last + 1)
    spread = _Z80 * sqrt(_LENGTH_ERROR**2 + _SERVED_ERROR**2 + (ends / through) ** 2)
    wait = person_s / through
    return Figure(wait, max(0.0, wait * (1 - spread)), wait * (1 + spread), served)


def by_stays(stays_s: Sequence[float]) -> Figure | None:
    """Return the mean of single stays: for sparse scenes, where nobody hides another."""
    return _mean(stays_s, LEAST_STAYS)


def service_time(services_s: Sequence[float]) -> Figure | None:
    """Return how long a visitor stands at a window."""
    return _mean(services_s, LEAST_SERVICES)


def _mean(lengths_s: Sequence[float], least: int) -> Figure | None:
    if len(lengths_s) < least:
        return None
    mean = fmean(lengths_s)
    error = _Z80 * sqrt(pstdev(lengths_s) ** 2 / len(lengths_s) + (_STAY_ERROR * mean) ** 2)
    return Figure(mean, max(0.0, mean - error), mean + error, len(lengths_s))


@dataclass(frozen=True, slots=True)
class Forecast:
    """What somebody who comes now will wait: in the middle case, and in 9 of 10, in seconds."""

    p50_s: float
    p90_s: float


def forecast(length: int, services_s: Sequence[float], staffed: int, busy: int) -> Forecast | None:
    """Return the newcomer's wait; None without a staffed window or known service times.

    ``busy`` of the ``staffed`` windows serve somebody. The newcomer waits until everybody ahead
    has gone to a window and one more is free.
    """
    if staffed <= 0 or len(services_s) < LEAST_SERVICES:
        return None
    leave_first = length + 1 - (staffed - min(busy, staffed))
    if leave_first <= 0:
        return Forecast(0.0, 0.0)
    mean = fmean(services_s)
    # Windows finish one by one; those that serve now are on average half way through.
    middle = max(0.0, leave_first - 0.5) * mean / staffed
    spread = sqrt(leave_first) * pstdev(services_s) / staffed
    spread = sqrt(spread**2 + (_LENGTH_ERROR * middle) ** 2 + (mean / staffed) ** 2 / 12)
    return Forecast(middle, middle + _Z80 * spread)
