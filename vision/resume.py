"""Pure: an office's waiting from the minutes that were written before this process started."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import sqrt
from uuid import UUID

from vision.flow import BLIND_S, SERVICES, Flow, MinuteSoFar, OfficeMinuteDone
from vision.minutes import minute_of
from vision.waiting import Figure, Stretch, spread_of_mean

_MINUTE = timedelta(minutes=1)
_LEAST_KNOWN_S = 10.0  # of a minute, to say anything of the rest of it


def resume(office_id: UUID, past: Sequence[OfficeMinuteDone], now: datetime) -> Flow:
    """Return what is known of an office's waiting; ``past`` are its last minutes in their order.

    What lies before a long blindness is left out: nobody knows who was there in between.
    """
    stretches: list[tuple[datetime, Stretch]] = []
    ends_at: datetime | None = None
    service: Figure | None = None
    for minute in past:
        service = minute.service or service
        if minute.people_mean is None or minute.known_s < _LEAST_KNOWN_S:
            continue
        whole = Stretch(60.0, minute.people_mean, minute.served * 60 / min(minute.known_s, 60.0))
        if minute.minute_at + _MINUTE > now:
            whole = Stretch(minute.known_s, minute.people_mean, minute.served)
        if ends_at is not None and minute.minute_at > ends_at:
            stretches = _bridged(stretches, ends_at, minute.minute_at, whole)
        stretches.append((minute.minute_at, whole))
        ends_at = minute.minute_at + timedelta(seconds=whole.seconds)
    if ends_at is None or (now - ends_at).total_seconds() > BLIND_S:
        return Flow(office_id, services_s=_services(service, past))
    return Flow(
        office_id,
        minutes=tuple(
            MinuteSoFar(
                minute.minute_at,
                known_s=minute.known_s,
                person_s=(minute.people_mean or 0.0) * minute.known_s,
                staffed_s=(minute.staffed_mean or 0.0) * minute.known_s,
                staffed_known_s=0.0 if minute.staffed_mean is None else minute.known_s,
                people_max=minute.people_max,
                served=minute.served,
            )
            for minute in past[-1:]
            if minute.minute_at == minute_of(now)
        ),
        services_s=_services(service, past),
        looked_at=min(ends_at, now),
        stretches=tuple(stretches),
    )


def _bridged(
    stretches: list[tuple[datetime, Stretch]],
    ends_at: datetime,
    begins_at: datetime,
    following: Stretch,
) -> list[tuple[datetime, Stretch]]:
    """Fill a short gap with what was before and after it; forget all before a long one."""
    gap_s = (begins_at - ends_at).total_seconds()
    if gap_s > BLIND_S:
        return []
    before = stretches[-1][1]
    people = (before.people + following.people) / 2
    served = gap_s / 60 * (before.served / before.seconds + following.served / 60) * 30
    return [*stretches, (ends_at, Stretch(gap_s, people, served))]


def _services(service: Figure | None, past: Sequence[OfficeMinuteDone]) -> tuple[float, ...]:
    """Return as many visits as there were, with the mean and the spread that were written."""
    visits = min(SERVICES, sum(minute.served for minute in past))
    if service is None or visits < 2:
        return ()
    spread = spread_of_mean(service) * sqrt(visits)
    pair = (max(0.0, service.value - spread), service.value + min(spread, service.value))
    return pair * (visits // 2)
