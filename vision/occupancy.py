"""Pure: looks at a zone → what is so, and a ZoneObservation when that changed.

Presence (operator, visitor, …): present after 2 of 3 looks, away after 10 s without anybody.
Queue, hall: the median of the last five looks, told when it changed and held for two looks.
Both: unknown after 5 s without a usable picture. The first usable look settles a state at once,
except that nobody is there: that takes three looks.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from statistics import median_low
from uuid import UUID

from models.observations import ZoneKind, ZoneObservation, ZoneState

UNKNOWN_AFTER = timedelta(seconds=5)
AWAY_AFTER = timedelta(seconds=10)
AWAY_LOOKS = 3  # an absence rests on this many looks, however far apart they were
PRESENT_OF = 3
PRESENT_LOOKS = 2
MEDIAN_OF = 5
HELD_LOOKS = 2
COUNTED = frozenset({ZoneKind.QUEUE, ZoneKind.QUEUE_TAIL, ZoneKind.HALL})


@dataclass(frozen=True, slots=True)
class Occupancy:
    """What is known of one zone.

    Attributes:
        state: None until the first usable look, or until blindness has lasted.
        people: None exactly when the state is None or UNKNOWN.
        since: when the present state (queue: the present number) began.
        usable_at: the last usable look, or when watching began.
        recent: (at, people) of the last usable looks, oldest first.
        candidate, candidate_since, candidate_looks: a number of people waiting to be believed.
        before: what this process had concluded before it was restarted a moment ago.
    """

    zone_id: UUID
    kind: ZoneKind
    usable_at: datetime
    state: ZoneState | None = None
    people: int | None = None
    since: datetime | None = None
    recent: tuple[tuple[datetime, int], ...] = ()
    candidate: int | None = None
    candidate_since: datetime | None = None
    candidate_looks: int = 0
    before: ZoneObservation | None = None


Step = tuple[Occupancy, ZoneObservation | None]


def observe(zone: Occupancy, people: int | None, at: datetime, *, doubt: bool = False) -> Step:
    """Take one look; ``people`` is None where no usable picture exists. Call at least each second.

    A look in ``doubt`` settles nothing; an absence that later looks are sure of began with it.

    A look that is not later than the last usable one is ignored; one that is much earlier means
    that the clock was set back, and watching goes on from there.
    """
    if zone.usable_at - at > UNKNOWN_AFTER:
        zone = replace(zone, usable_at=at, recent=(), candidate_since=None, candidate_looks=0)
    if people is None:
        return _blind(zone, at)
    if zone.recent and at <= zone.recent[-1][0]:
        return zone, None
    if doubt:
        return _doubted(zone, at), None
    keep = MEDIAN_OF if zone.kind in COUNTED else max(PRESENT_OF, AWAY_LOOKS)
    settled = zone.state in (ZoneState.OCCUPIED, ZoneState.EMPTY)
    recent = (*(zone.recent if settled else ()), (at, people))[-keep:]
    zone = replace(zone, usable_at=at, recent=recent)
    if not settled and not people and zone.kind not in COUNTED:
        # One look without somebody may have missed them, and an absence is an accusation.
        looks = zone.candidate_looks + 1
        since = zone.candidate_since or at
        if looks < AWAY_LOOKS:
            return replace(zone, candidate_since=since, candidate_looks=looks, recent=()), None
        first = min(since, _first_since(zone, people, since))
        return _become(replace(zone, before=None), people, since=first, at=at)
    if not settled:
        return _become(
            replace(zone, before=None), people, since=_first_since(zone, people, at), at=at
        )
    return _queue(zone, at) if zone.kind in COUNTED else _presence(zone, at)


def _first_since(zone: Occupancy, people: int, at: datetime) -> datetime:
    """Return since when it has been so: a restart is no reason to count from anew."""
    before = zone.before
    if zone.state is not None or before is None or before.people is None:
        return at
    same = before.people == people if zone.kind in COUNTED else bool(before.people) == bool(people)
    return min(before.since, at) if same else at


def _blind(zone: Occupancy, at: datetime) -> Step:
    if zone.state is ZoneState.UNKNOWN or at - zone.usable_at <= UNKNOWN_AFTER:
        return zone, None
    blind = Occupancy(
        zone.zone_id,
        zone.kind,
        usable_at=zone.usable_at,
        state=ZoneState.UNKNOWN,
        since=zone.usable_at,
    )
    return blind, _tell(blind, at)


def _doubted(zone: Occupancy, at: datetime) -> Occupancy:
    if zone.state is not ZoneState.OCCUPIED:
        return replace(zone, usable_at=at)
    since, looks = zone.candidate_since or at, zone.candidate_looks + 1
    return replace(zone, usable_at=at, candidate_since=since, candidate_looks=looks)


def _presence(zone: Occupancy, at: datetime) -> Step:
    people = zone.recent[-1][1]
    if zone.state is ZoneState.OCCUPIED:
        if people:
            return replace(zone, candidate_since=None, candidate_looks=0), None
        gone_since = zone.candidate_since or at
        looks = zone.candidate_looks + 1
        if at - gone_since >= AWAY_AFTER and looks >= AWAY_LOOKS:
            return _become(zone, 0, since=gone_since, at=at)
        return replace(zone, candidate_since=gone_since, candidate_looks=looks), None
    seen = [(moment, count) for moment, count in zone.recent[-PRESENT_OF:] if count]
    if len(seen) >= PRESENT_LOOKS:
        return _become(zone, seen[-1][1], since=seen[0][0], at=at)
    return zone, None


def _queue(zone: Occupancy, at: datetime) -> Step:
    middle = median_low(count for _, count in zone.recent)
    if middle == zone.people:
        return replace(zone, candidate=None, candidate_since=None, candidate_looks=0), None
    if middle != zone.candidate or zone.candidate_since is None:
        waiting = replace(zone, candidate=middle, candidate_since=at, candidate_looks=1)
        return waiting, None
    if zone.candidate_looks + 1 < HELD_LOOKS:
        return replace(zone, candidate_looks=zone.candidate_looks + 1), None
    return _become(zone, middle, since=zone.candidate_since, at=at)


def _become(zone: Occupancy, people: int, *, since: datetime, at: datetime) -> Step:
    changed = replace(
        zone,
        state=ZoneState.OCCUPIED if people else ZoneState.EMPTY,
        people=people,
        since=since,
        candidate=None,
        candidate_since=None,
        candidate_looks=0,
    )
    return changed, _tell(changed, at)


def _tell(zone: Occupancy, at: datetime) -> ZoneObservation:
    return ZoneObservation(
        zone_id=zone.zone_id,
        kind=zone.kind,
        state=zone.state or ZoneState.UNKNOWN,
        people=zone.people,
        since=zone.since or zone.usable_at,
        at=at,
    )
