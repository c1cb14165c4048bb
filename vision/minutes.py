"""Pure: looks of one zone rolled up by the minute."""

from dataclasses import dataclass, replace
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Minute:
    """What one minute held so far. ``people`` figures are over the known looks only.

    ``looked_at`` is the last look, usable or not.
    """

    minute_at: datetime
    looks: int = 0
    known_looks: int = 0
    people_sum: int = 0
    people_max: int = 0
    occupied_looks: int = 0
    looked_at: datetime | None = None

    @property
    def people_mean(self) -> float | None:
        return self.people_sum / self.known_looks if self.known_looks else None

    @property
    def occupied_share(self) -> float | None:
        return self.occupied_looks / self.known_looks if self.known_looks else None


def minute_of(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def add(
    minute: Minute | None, people: int | None, at: datetime
) -> tuple[Minute | None, Minute | None]:
    """Take one look (``people`` None: nothing usable); return the present and a finished minute.

    A look from an earlier minute than the present one is counted in the present one.
    """
    finished = None
    if minute is None:
        minute = Minute(minute_of(at))
    elif minute_of(at) > minute.minute_at:
        finished, minute = minute, Minute(minute_of(at))
    looked_at = max(at, minute.looked_at or at)
    if people is None:
        return replace(minute, looks=minute.looks + 1, looked_at=looked_at), finished
    return (
        replace(
            minute,
            looks=minute.looks + 1,
            looked_at=looked_at,
            known_looks=minute.known_looks + 1,
            people_sum=minute.people_sum + people,
            people_max=max(minute.people_max, people),
            occupied_looks=minute.occupied_looks + (people > 0),
        ),
        finished,
    )
