"""What rules about «too many people» share: above a limit, and calm again somewhere below it."""

from datetime import timedelta

from alerts.facts import LimitFacts
from alerts.rules.base import UNKNOWN, Sign, Verdict

CALM_FOR = timedelta(seconds=30)


def above_limit(facts: LimitFacts, calm_from: int) -> Verdict:
    """Return FIRING above the limit and CLEAR at ``calm_from`` people or fewer.

    Between the two nothing moves; an unknown count is no verdict.
    """
    reading = facts.reading
    if reading is None or reading.people is None:
        return UNKNOWN
    details = {"people": reading.people, "limit": facts.limit, "for_s": facts.hold.total_seconds()}
    if reading.people > facts.limit:
        return Verdict(Sign.FIRING, reading.since, facts.hold, details)
    if reading.people <= calm_from:
        return Verdict(Sign.CLEAR, reading.since, CALM_FOR, details)
    return Verdict(Sign.BETWEEN, reading.since, details=details)
