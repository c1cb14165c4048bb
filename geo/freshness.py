"""How old is what the map shows of a van; pure."""

from datetime import datetime, timedelta
from enum import StrEnum

ONLINE_AT_LEAST = timedelta(seconds=60)
ONLINE_INTERVALS = 3
STALE_UNTIL = timedelta(minutes=15)


class Freshness(StrEnum):
    """A dispatcher's word for the age of a position."""

    ONLINE = "online"
    STALE = "stale"
    LOST = "lost"
    NEVER = "never"


def freshness(
    fixed_at: datetime | None,
    received_at: datetime | None,
    report_interval_s: float,
    now: datetime,
) -> Freshness:
    """Return how fresh a last position is.

    The age counts from the fix, but never from before it can be true: a device whose clock runs
    ahead is as fresh as its last message.
    """
    if fixed_at is None:
        return Freshness.NEVER
    seen_at = fixed_at if received_at is None else min(fixed_at, received_at)
    age = now - seen_at
    online_until = max(ONLINE_AT_LEAST, ONLINE_INTERVALS * timedelta(seconds=report_interval_s))
    if age <= online_until:
        return Freshness.ONLINE
    return Freshness.STALE if age <= max(STALE_UNTIL, online_until) else Freshness.LOST
