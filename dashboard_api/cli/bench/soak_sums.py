"""What a soak's samples say: how fast something grows, and how sure that is. Pure."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

LIVE = "ahual_camera_live"


@dataclass(frozen=True, slots=True)
class Growth:
    """A straight line through samples; ``error`` is its standard error, both an hour."""

    per_hour: float
    error: float


def growth(samples: Sequence[tuple[float, float]]) -> Growth:
    """Return the least-squares slope of (seconds, value) samples.

    Raises:
        ValueError: fewer than three samples, or all at one time.
    """
    count = len(samples)
    middle_s = sum(at for at, _ in samples) / max(count, 1)
    middle = sum(value for _, value in samples) / max(count, 1)
    spread = sum((at - middle_s) ** 2 for at, _ in samples)
    if count < 3 or not spread:
        msg = "a slope needs three samples at different times"
        raise ValueError(msg)
    slope = sum((at - middle_s) * (value - middle) for at, value in samples) / spread
    rest = sum((value - middle - slope * (at - middle_s)) ** 2 for at, value in samples)
    return Growth(slope * 3600, math.sqrt(rest / (count - 2) / spread) * 3600)


def figures(metrics: str) -> dict[str, float]:
    """Return the samples of a node's /metrics page without labels, by name, and the sum LIVE."""
    found = {LIVE: 0.0}
    for line in metrics.splitlines():
        name, _, value = line.rpartition(" ")
        if name.startswith(LIVE + "{"):
            found[LIVE] += float(value)
        elif name and "{" not in name and not line.startswith("#"):
            found[name] = float(value)
    return found


def shift_ms(before: Mapping[int, float], after: Mapping[int, float]) -> float:
    """Return how far the lag of any camera moved between two looks, in ms; lags in seconds.

    Raises:
        ValueError: no camera was seen both times.
    """
    both = before.keys() & after.keys()
    if not both:
        msg = "no camera was seen both times"
        raise ValueError(msg)
    return max(abs(after[camera] - before[camera]) for camera in both) * 1000
