"""What vans did, as it was judged."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel

from geo.judgement.facts import MovementKind
from models.observations import TripState


class Movement(BaseModel):
    """Something that a van did; ``ended_at`` null: it lasts, ``late``: found too late to act."""

    id: UUID
    vehicle_id: UUID
    trip_id: UUID | None
    kind: MovementKind
    started_at: datetime
    ended_at: datetime | None
    latitude: float | None
    longitude: float | None
    details: dict[str, Any]
    late: bool
    made_at: datetime
    revised_at: datetime
    revision: int


class Revision(BaseModel):
    """How a movement changed as fixes came in; what it was and what it is from then on."""

    at: datetime
    change: Literal["said", "amended", "withdrawn"]
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class RevisedMovement(Movement):
    """A movement with its history; a withdrawn one was disproved by fixes that came later."""

    withdrawn_at: datetime | None
    revisions: list[Revision]


class TripJudgement(BaseModel):
    """A trip's timeline: all that was ever said of it."""

    trip_id: UUID
    state: TripState
    judged_until: datetime | None
    movements: list[RevisedMovement]
