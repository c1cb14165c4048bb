"""Pure: looks at one office's queues and windows → its waiting, minute by minute."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from vision.minutes import minute_of
from vision.visits import FORGOTTEN_AFTER
from vision.waiting import (
    Figure,
    Forecast,
    Stretch,
    by_flow,
    by_stays,
    forecast,
    service_time,
)

SPAN_MINUTES = 30  # the figures are about those who went to a window in them
KEPT_MINUTES = 90  # who goes now may have come before the span
STRETCH_S = 10.0
SERVICES = 60  # of the last visits, for the service time
_LONGEST_STEP_S = 3.0  # a longer time between looks was not seen
TURNOVER_S = FORGOTTEN_AFTER.total_seconds()
BLIND_S = 300.0  # after longer blindness nobody knows who was there before
_SHORTEST_STAY_S = 5.0  # who crosses a queue's place does not wait


@dataclass(frozen=True, slots=True)
class Now:
    """An office at one look. ``waiting`` is None where a queue cannot be seen.

    Attributes:
        staffed: windows with an operator; None while none is known.
        busy: windows with a visitor.
        began: visits that began with this look.
        services_s, stays_s: lengths of visits and of waits that ended with this look.
        has_spots: whether visits can be seen here at all.
    """

    waiting: int | None
    staffed: int | None
    busy: int = 0
    began: int = 0
    services_s: tuple[float, ...] = ()
    stays_s: tuple[float, ...] = ()
    has_spots: bool = False


@dataclass(frozen=True, slots=True)
class MinuteSoFar:
    """What the present minute held until now; of those before only the stays are asked for."""

    minute_at: datetime
    known_s: float = 0.0
    person_s: float = 0.0
    staffed_s: float = 0.0
    staffed_known_s: float = 0.0
    people_max: int | None = None
    served: int = 0
    stays_s: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Flow:
    """What is known of the waiting at one office.

    ``stretches`` are what was seen, without gaps, each with the time of its beginning; ``unseen_s``
    is how long nothing is seen since the last one.
    """

    office_id: UUID
    minutes: tuple[MinuteSoFar, ...] = ()  # the last one is under way
    services_s: tuple[float, ...] = ()
    looked_at: datetime | None = None
    now: Now | None = None
    stretches: tuple[tuple[datetime, Stretch], ...] = ()
    unseen_s: float = 0.0


@dataclass(frozen=True, slots=True)
class OfficeMinuteDone:
    """One finished minute with what was known at its end."""

    office_id: UUID
    minute_at: datetime
    known_s: float
    served: int
    people_mean: float | None
    people_max: int | None
    staffed_mean: float | None
    wait: Figure | None
    wait_from: str | None
    forecast: Forecast | None
    service: Figure | None


def look(flow: Flow, now: Now, at: datetime) -> tuple[Flow, OfficeMinuteDone | None]:
    """Take one look; a look that is not later than the last one changes nothing but the state."""
    finished = None
    minutes = flow.minutes
    if not minutes or minute_of(at) > minutes[-1].minute_at:
        finished = _finished(flow) if minutes else None
        minutes = (*minutes, MinuteSoFar(minute_of(at)))
        oldest = minute_of(at) - timedelta(minutes=SPAN_MINUTES)
        minutes = tuple(minute for minute in minutes if minute.minute_at >= oldest)
    step_s = (at - flow.looked_at).total_seconds() if flow.looked_at else 0.0
    present = _add(minutes[-1], flow.now, now, step_s if 0 < step_s <= _LONGEST_STEP_S else 0.0)
    flow = _stretched(flow, now, max(0.0, step_s), at)
    services_s = (*flow.services_s, *now.services_s)[-SERVICES:]
    return (
        replace(
            flow,
            minutes=(*minutes[:-1], present),
            services_s=services_s,
            looked_at=at,
            now=now,
        ),
        finished,
    )


def finish(flow: Flow) -> OfficeMinuteDone | None:
    """Return the minute under way, at shutdown."""
    return _finished(flow) if flow.minutes else None


def _add(minute: MinuteSoFar, before: Now | None, now: Now, step_s: float) -> MinuteSoFar:
    """Add the time since the last look, over which things were as that look saw them."""
    if before is not None and before.waiting is not None:
        minute = replace(
            minute,
            known_s=minute.known_s + step_s,
            person_s=minute.person_s + step_s * before.waiting,
        )
    if before is not None and before.staffed is not None:
        minute = replace(
            minute,
            staffed_s=minute.staffed_s + step_s * before.staffed,
            staffed_known_s=minute.staffed_known_s + step_s,
        )
    if now.waiting is not None:
        minute = replace(
            minute,
            people_max=max(minute.people_max or 0, now.waiting),
        )
    stays = tuple(stay for stay in now.stays_s if stay >= _SHORTEST_STAY_S)
    return replace(minute, served=minute.served + now.began, stays_s=(*minute.stays_s, *stays))


def _stretched(flow: Flow, now: Now, step_s: float, at: datetime) -> Flow:
    """Add the time since the last look to what was seen, and what a short blindness hid."""
    before, unseen_s = flow.now, flow.unseen_s
    seen = before is not None and before.waiting is not None and step_s <= _LONGEST_STEP_S
    if not seen:
        unseen_s += step_s
    if now.waiting is None:
        return replace(flow, unseen_s=unseen_s)
    stretches = flow.stretches
    if unseen_s > BLIND_S:
        stretches = ()
    elif unseen_s and stretches:
        # As many waited as before and after, and people went as fast as they did when seen. After a
        # short blindness it is seen who went: somebody else is at a window.
        known_s = sum(stretch.seconds for _, stretch in stretches)
        pace = sum(stretch.served for _, stretch in stretches) / max(known_s, STRETCH_S)
        people = (stretches[-1][1].people + now.waiting) / 2
        served = pace * unseen_s if unseen_s >= TURNOVER_S else 0.0
        hidden = Stretch(unseen_s, people, served)
        stretches = (*stretches, (at - timedelta(seconds=unseen_s), hidden))
    people = before.waiting if seen and before and before.waiting is not None else now.waiting
    newest = Stretch(step_s if seen else 0.0, people, now.began)
    oldest = at - timedelta(minutes=KEPT_MINUTES)
    if stretches and stretches[-1][1].seconds + newest.seconds <= STRETCH_S:
        began_at, last = stretches[-1]
        stretches = (*stretches[:-1], (began_at, _joined(last, newest)))
    else:
        stretches = (*(each for each in stretches if each[0] >= oldest), (at, newest))
    return replace(flow, stretches=stretches, unseen_s=0.0)


def _joined(one: Stretch, other: Stretch) -> Stretch:
    seconds = one.seconds + other.seconds
    people = one.people
    if seconds:
        people = (one.people * one.seconds + other.people * other.seconds) / seconds
    return Stretch(seconds, people, one.served + other.served)


def wait(flow: Flow) -> tuple[Figure | None, str | None]:
    """Return the mean wait of the last half hour, and how it was found."""
    if flow.now is not None and flow.now.has_spots and flow.stretches:
        since = flow.stretches[-1][0] - timedelta(minutes=SPAN_MINUTES)
        before = sum(began_at < since for began_at, _ in flow.stretches)
        figure = by_flow([stretch for _, stretch in flow.stretches], before)
        if figure is not None:
            return figure, "flow"
    figure = by_stays([stay for minute in flow.minutes for stay in minute.stays_s])
    return figure, None if figure is None else "stays"


def _finished(flow: Flow) -> OfficeMinuteDone:
    minute, now = flow.minutes[-1], flow.now
    figure, source = wait(flow)
    newcomer = None
    if now is not None and now.waiting is not None and now.staffed is not None:
        newcomer = forecast(now.waiting, flow.services_s, now.staffed, now.busy)
    return OfficeMinuteDone(
        flow.office_id,
        minute.minute_at,
        minute.known_s,
        minute.served,
        minute.person_s / minute.known_s if minute.known_s else None,
        minute.people_max,
        minute.staffed_s / minute.staffed_known_s if minute.staffed_known_s else None,
        figure,
        source,
        newcomer,
        service_time(flow.services_s),
    )
