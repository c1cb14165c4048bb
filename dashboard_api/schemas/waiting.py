"""Waiting at an office, presence at its windows over a day, and calls of its ticket system."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from dashboard_api.schemas.common import Incoming, Line, Moment
from models.observations import ZoneState


class Band(BaseModel):
    """A length of time; nine times out of ten the truth lies from low to high."""

    value_s: float
    low_s: float
    high_s: float | None


class TicketTruth(BaseModel):
    """What the ticket system says of the last half hour; the difference is seen minus told."""

    wait_s: float
    calls: int
    difference_s: float | None


class Waiting(BaseModel):
    """Waiting as of ``at``; ``served`` and ``staffed`` are of the last minute.

    ``wait`` is the mean of those served in the last half hour, found from the ``flow`` (who waits
    and who goes) or from single ``stays``. ``forecast_s`` is what a newcomer waits in the middle
    case, ``forecast_high_s`` in 9 of 10.
    """

    at: datetime
    wait: Band | None
    wait_from: Literal["flow", "stays"] | None
    forecast_s: float | None
    forecast_high_s: float | None
    service: Band | None
    served: int
    staffed: float | None
    tickets: TicketTruth | None


class PresenceSpan(BaseModel):
    """``empty`` only where no camera saw anybody; what no span covers is unknown."""

    state: ZoneState
    started_at: datetime
    ended_at: datetime


class WindowDay(BaseModel):
    """A window and what was seen there, by time."""

    window_id: UUID
    number: int
    spans: list[PresenceSpan]


class PresenceDay(BaseModel):
    """Presence at an office's windows between two instants: its local day."""

    starts_at: datetime
    ends_at: datetime
    windows: list[WindowDay]


class TicketCallIn(Incoming):
    """One ticket that was called to a window."""

    number: Annotated[Line, Field(min_length=1, max_length=40)]
    taken_at: Moment
    called_at: Moment
    window_number: Annotated[int, Field(ge=1, le=1000)] | None = None

    @model_validator(mode="after")
    def _taken_first(self) -> Self:
        if self.taken_at > self.called_at:
            msg = "taken_at must not be after called_at"
            raise ValueError(msg)
        return self


class TicketCallsIn(Incoming):
    calls: Annotated[list[TicketCallIn], Field(min_length=1, max_length=1000)]


class TicketCallsTaken(BaseModel):
    """``new`` of the calls were not known yet."""

    new: int
