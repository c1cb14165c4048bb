"""From verdicts to alerts: pending, firing, clearing, with hold times and no doubles. Pure.

Time comes only with the calls. A verdict of UNKNOWN stops the stopwatch and changes nothing else;
time that nobody saw counts neither for nor against.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from alerts.rules.base import Sign, Verdict


class Phase(StrEnum):
    QUIET = "quiet"
    PENDING = "pending"  # the condition holds, not yet long enough
    FIRING = "firing"
    CLEARING = "clearing"  # the condition ended, not yet long enough


@dataclass(frozen=True, slots=True)
class Watch:
    """Where one rule stands with one subject.

    Attributes:
        phase: see Phase.
        began_at: when the condition began; what the alert says.
        run_since: start of the stopwatch of PENDING and CLEARING, moved on by unseen time.
        frozen_at: when the unknown began, None while we know.
        ended_at: when the last alert ended, for the interval before the next one.
    """

    phase: Phase = Phase.QUIET
    began_at: datetime | None = None
    run_since: datetime | None = None
    frozen_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Raised:
    """An alert has to be raised; its condition began at ``since``."""

    since: datetime
    at: datetime
    details: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Cleared:
    """The alert's condition has ended for good."""

    at: datetime


Transition = Raised | Cleared


def step(
    watch: Watch, verdict: Verdict, now: datetime, reraise_after: timedelta
) -> tuple[Watch, Transition | None]:
    """Take one look at a subject; ``now`` never goes back between two looks."""
    if verdict.sign is Sign.UNKNOWN:
        return (replace(watch, frozen_at=now) if watch.frozen_at is None else watch), None
    was_frozen_at = watch.frozen_at
    watch = _thaw(watch, now)
    if verdict.sign is Sign.FIRING:
        return _firing(watch, verdict, now, reraise_after, was_frozen_at)
    if verdict.sign is Sign.CLEAR:
        return _clear(watch, verdict, now)
    if watch.phase is Phase.PENDING:
        return Watch(ended_at=watch.ended_at), None
    if watch.phase is Phase.CLEARING:
        return replace(watch, phase=Phase.FIRING, run_since=None), None
    return watch, None


def resume_firing(began_at: datetime) -> Watch:
    """The watch of an alert that was open before this process started."""
    return Watch(Phase.FIRING, began_at=began_at)


def dismiss(watch: Watch, now: datetime) -> Watch:
    """A person resolved the alert: forget it; it may come again after the interval."""
    if watch.phase in {Phase.FIRING, Phase.CLEARING}:
        return Watch(frozen_at=watch.frozen_at, ended_at=now)
    return watch


def _thaw(watch: Watch, now: datetime) -> Watch:
    if watch.frozen_at is None:
        return watch
    run_since = watch.run_since
    if run_since is not None:
        run_since += now - max(watch.frozen_at, run_since)
    return replace(watch, frozen_at=None, run_since=run_since)


def _firing(
    watch: Watch,
    verdict: Verdict,
    now: datetime,
    reraise_after: timedelta,
    was_frozen_at: datetime | None,
) -> tuple[Watch, Transition | None]:
    if watch.phase is Phase.FIRING:
        return watch, None
    if watch.phase is Phase.CLEARING:
        return replace(watch, phase=Phase.FIRING, run_since=None), None
    if watch.phase is Phase.QUIET:
        began_at = min(verdict.since or now, now)
        if was_frozen_at is not None and began_at <= was_frozen_at:
            began_at = now  # what it says of the unseen time is no evidence
        watch = replace(watch, phase=Phase.PENDING, began_at=began_at, run_since=began_at)
    began_at = watch.began_at or now
    if now - (watch.run_since or now) < verdict.hold:
        return watch, None
    if watch.ended_at is not None and now - watch.ended_at < reraise_after:
        return watch, None
    raised = Raised(began_at, now, verdict.details)
    return replace(watch, phase=Phase.FIRING, run_since=None), raised


def _clear(watch: Watch, verdict: Verdict, now: datetime) -> tuple[Watch, Transition | None]:
    if watch.phase is Phase.QUIET:
        return watch, None
    if watch.phase is Phase.PENDING:
        return Watch(ended_at=watch.ended_at), None
    if watch.phase is Phase.FIRING:
        since = verdict.since
        if since is None or not (watch.began_at or now) <= since <= now:
            since = now  # an older word than the alert cannot be its end
        watch = replace(watch, phase=Phase.CLEARING, run_since=since)
    if now - (watch.run_since or now) < verdict.hold:
        return watch, None
    return Watch(ended_at=now), Cleared(now)
