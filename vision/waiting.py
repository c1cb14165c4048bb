"""Pure: how long people wait, each figure with the band that it lies in nine times out of ten.

The headline needs no identity: how many wait, and how many have gone to a window, over time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean, pstdev

_Z90 = 1.6449  # of the normal distribution: 90 % lie within
_P90 = 1.2816  # and 90 % lie below
# How well people are counted: hidden ones and double boxes, measured on halls with known truth.
_LENGTH_ERROR = 0.05
# One visit too many or too few shifts all waits by the time between two visits; at the end of a
# span it has shifted this share of them.
_VISIT_ERROR = 0.2
_STAY_ERROR = 0.05
_STEP_ERROR_S = 2.0  # between the queue's edge and a window, and between two looks
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


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some seconds with so many waiting on average; ``served`` people went to a window in them."""

    seconds: float
    people: float
    served: float


def by_flow(stretches: Sequence[Stretch], before: int = 0) -> Figure | None:
    """Return the mean wait of those who went to a window after the first ``before`` stretches.

    Who went is a curve over time, and who came is that curve and the queue's length on top. As
    people go in the order in which they came, the area between the curves, from the first to the
    last of those who went, is what they waited: also while the queue grows or melts away, where
    person-seconds by people served would count waits that are not over. Whoever stood in the queue
    at the very beginning came at an unknown time and is left out. None where too few went.
    """
    if not stretches:
        return None
    first = max(stretches[0].people, sum(stretch.served for stretch in stretches[:before]))
    last = sum(stretch.served for stretch in stretches)
    through = last - first
    if through < LEAST_SERVED:
        return None
    waited_s = gone = 0.0
    for stretch in stretches:
        went = gone + stretch.served / 2
        here = min(went + stretch.people, last) - max(went, first)
        waited_s += stretch.seconds * max(0.0, here)
        gone += stretch.served
    wait = waited_s / through
    apart_s = sum(stretch.seconds for stretch in stretches[before:]) / through
    spread = _Z90 * sqrt(
        (wait * _LENGTH_ERROR) ** 2 + (apart_s * _VISIT_ERROR) ** 2 + _STEP_ERROR_S**2
    )
    return Figure(wait, max(0.0, wait - spread), wait + spread, round(through))


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
    error = _Z90 * sqrt(pstdev(lengths_s) ** 2 / len(lengths_s) + (_STAY_ERROR * mean) ** 2)
    return Figure(mean, max(0.0, mean - error), mean + error, len(lengths_s))


def spread_of_mean(figure: Figure) -> float:
    """Return how far a mean of ``_mean`` may be off because single lengths differ."""
    half = (figure.value - figure.low) / _Z90
    return sqrt(max(0.0, half**2 - (_STAY_ERROR * figure.value) ** 2))


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
    return Forecast(middle, middle + _P90 * spread)
