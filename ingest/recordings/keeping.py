"""How long footage stays, fairly by camera: every one keeps the same share of its maximum. Pure.

A camera never falls below its minimum while another is above its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

DAY_S = 86_400.0
_STEPS = 50  # of the bisection: a share exact to 1e-15


@dataclass(frozen=True, slots=True)
class Keep:
    """At least and at most, in days."""

    min_days: float
    max_days: float


@dataclass(frozen=True, slots=True)
class Demand:
    """What a stream's recording costs: bytes a day, and how long it should stay."""

    keep: Keep
    bytes_per_day: float


def expired(keep: Keep, now: datetime) -> datetime:
    """Return the instant before which footage goes in any case."""
    return now - timedelta(days=keep.max_days)


def protected(keep: Keep, now: datetime) -> datetime:
    """Return the instant after which footage goes only where nothing else can."""
    return now - timedelta(days=keep.min_days)


def claim(keep: Keep, oldest_at: datetime, now: datetime) -> tuple[bool, float]:
    """Return how strongly a stream's oldest footage must make room; the greatest goes first."""
    age_days = (now - oldest_at).total_seconds() / DAY_S
    if age_days > keep.min_days:
        return True, age_days / keep.max_days
    return False, age_days


def share(demands: Sequence[Demand], room_bytes: float) -> list[float]:
    """Return the days that each stream can keep in that room, in order of ``demands``."""
    least = sum(d.bytes_per_day * d.keep.min_days for d in demands)
    if least > room_bytes:
        part = max(room_bytes, 0.0) / least
        return [d.keep.min_days * part for d in demands]
    low, high = 0.0, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        cost = sum(d.bytes_per_day * _days(d.keep, middle) for d in demands)
        low, high = (middle, high) if cost <= room_bytes else (low, middle)
    return [_days(d.keep, high if high == 1.0 else low) for d in demands]


def _days(keep: Keep, part: float) -> float:
    return max(keep.min_days, part * keep.max_days)


def held_s(begin: datetime, end: datetime, holds: Sequence[tuple[datetime, datetime]]) -> float:
    """Return the seconds of [begin, end) that at least one hold covers."""
    total, reached = 0.0, begin
    for starts_at, ends_at in sorted(holds):
        since, until = max(starts_at, reached), min(ends_at, end)
        if until > since:
            total += (until - since).total_seconds()
            reached = until
    return total
