"""What a village may know of its van: is it here, is it coming, when is it next; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from models.observations import StopVisitState, TripState

COMING_WITHIN = timedelta(hours=6)  # earlier on its way, a village is told the plan only
OVERDUE_FOR = timedelta(hours=3)  # a van that is later than this is not waited for
STALE_AFTER = timedelta(minutes=15)  # what is older is told with its time


@dataclass(frozen=True, slots=True)
class VillageVisit:
    """A planned visit of a village; nothing here is about a person."""

    trip_state: str
    state: str
    planned_arrival_at: datetime
    planned_departure_at: datetime
    arrived_at: datetime | None
    departed_at: datetime | None
    expected_at: datetime | None
    known_at: datetime | None  # until when the van's fixes were judged


@dataclass(frozen=True, slots=True)
class Announcement:
    """What the page says.

    Attributes:
        now: the van is here, on its way here, or nothing is to be said of this moment.
        until: here: the planned end of the stay.
        expected_at: on its way: the estimate, or the plan where there is none.
        planned_at: on its way: the planned arrival.
        known_at: on its way and not heard of lately: when it last was; None while it is fresh.
        following: visits that are still to come, cancelled ones among them.
    """

    now: Literal["here", "on_its_way", "nothing"]
    until: datetime | None
    expected_at: datetime | None
    planned_at: datetime | None
    known_at: datetime | None
    following: tuple[VillageVisit, ...]


def announcement(visits: Sequence[VillageVisit], now: datetime, most: int = 6) -> Announcement:
    """Return what is said at ``now``; ``visits`` in the order of their plan."""
    here = next((visit for visit in visits if _is_here(visit)), None)
    coming = None if here else next((visit for visit in visits if _is_coming(visit, now)), None)
    following = tuple(
        visit
        for visit in visits
        if visit is not coming
        and visit.planned_arrival_at > now
        and visit.state == StopVisitState.PLANNED
        and visit.trip_state in (TripState.PLANNED, TripState.RUNNING, TripState.CANCELLED)
    )[:most]
    if here is not None:
        return Announcement("here", here.planned_departure_at, None, None, None, following)
    if coming is not None:
        stale = coming.known_at is not None and now - coming.known_at > STALE_AFTER
        return Announcement(
            "on_its_way",
            None,
            coming.expected_at or coming.planned_arrival_at,
            coming.planned_arrival_at,
            coming.known_at if stale else None,
            following,
        )
    return Announcement("nothing", None, None, None, None, following)


def _is_here(visit: VillageVisit) -> bool:
    return (
        visit.trip_state == TripState.RUNNING
        and visit.state in (StopVisitState.ARRIVED, StopVisitState.SERVED)
        and visit.departed_at is None
    )


def _is_coming(visit: VillageVisit, now: datetime) -> bool:
    expected_at = visit.expected_at or visit.planned_arrival_at
    return (
        visit.trip_state == TripState.RUNNING
        and visit.state == StopVisitState.PLANNED
        and now - OVERDUE_FOR < expected_at < now + COMING_WITHIN
        and not _is_behind(visit, now)
    )


def _is_behind(visit: VillageVisit, now: datetime) -> bool:
    """Say whether a van that is heard was here unheard: it has an estimate for what is ahead."""
    heard = visit.known_at is not None and now - visit.known_at <= STALE_AFTER
    return heard and visit.expected_at is None and visit.planned_departure_at < now
