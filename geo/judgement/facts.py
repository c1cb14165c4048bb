"""What judgement says: movements, trips and visits; and the book that it is said in."""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid5

from models.observations import StopVisitState, TripState


class MovementKind(StrEnum):
    """What a van may be found to do."""

    OFF_ROUTE = "off_route"
    WRONG_WAY = "wrong_way"
    ARRIVED = "arrived"  # lasts while it stays
    PASSED = "passed"
    SERVED = "served"
    SKIPPED = "skipped"  # lasts until the stop is visited after all
    DEPARTED = "departed"
    EARLY = "early"
    LATE = "late"  # lasts until it arrives
    UNPLANNED_STOP = "unplanned_stop"
    NO_PROGRESS = "no_progress"
    LOST = "lost"
    DEAD_ZONE = "dead_zone"  # silent where others were silent before
    OVERSPEED = "overspeed"
    UNAUTHORISED = "unauthorised"
    POWER_LOST = "power_lost"
    FENCE_ENTERED = "fence_entered"
    FENCE_LEFT = "fence_left"


@dataclass(frozen=True, slots=True)
class MovementFact:
    """A movement; ``known`` is the time of the fix, or of the clock, that first told of it."""

    id: str
    kind: MovementKind
    trip_id: str | None
    started: float
    ended: float | None
    latitude: float
    longitude: float
    known: float
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class VisitFact:
    """Plan against fact of one stop; times are Unix seconds."""

    sequence: int
    state: StopVisitState = StopVisitState.PLANNED
    arrived: float | None = None
    departed: float | None = None
    expected: float | None = None
    inferred: bool = False


@dataclass(frozen=True, slots=True)
class TripFact:
    """How a trip goes."""

    id: str
    state: TripState
    started: float | None
    ended: float | None
    progress_m: float | None
    judged_until: float | None
    visits: tuple[VisitFact, ...]


@dataclass(slots=True)
class Book:
    """Movements as they are said. One that ended is final; open ones may still change.

    ``changed`` holds what was said since it was last taken; None: it turned out not to be so.
    """

    vehicle_id: str
    open: dict[str, MovementFact] = field(default_factory=dict)
    changed: dict[str, MovementFact | None] = field(default_factory=dict)

    def begin(
        self,
        kind: MovementKind,
        started: float,
        place: tuple[float, float],
        known: float,
        *,
        trip_id: str | None = None,
        about: str = "",
        **details: Any,
    ) -> str:
        """Say that a movement began; ``about`` and the trip make its identity, else its start."""
        identity = f"{kind}/{trip_id or ''}/{about or repr(started)}"
        movement_id = str(uuid5(UUID(self.vehicle_id), identity))
        latitude, longitude = round(place[0], 6), round(place[1], 6)
        fact = MovementFact(
            movement_id, kind, trip_id, started, None, latitude, longitude, known, details
        )
        self.open[movement_id] = self.changed[movement_id] = fact
        return movement_id

    def add(self, movement_id: str, **details: Any) -> None:
        """Say more of an open movement."""
        fact = self.open[movement_id]
        merged = replace(fact, details={**fact.details, **details})
        self.open[movement_id] = self.changed[movement_id] = merged

    def end(self, movement_id: str, ended: float, **details: Any) -> None:
        """Say when an open movement ended; it is final then."""
        fact = self.open.pop(movement_id)
        self.changed[movement_id] = replace(
            fact, ended=max(ended, fact.started), details={**fact.details, **details}
        )

    def moment(
        self,
        kind: MovementKind,
        at: float,
        place: tuple[float, float],
        known: float,
        *,
        trip_id: str | None = None,
        about: str = "",
        **details: Any,
    ) -> None:
        """Say something that has no length."""
        movement_id = self.begin(kind, at, place, known, trip_id=trip_id, about=about, **details)
        self.end(movement_id, at)

    def take_back(self, movement_id: str) -> None:
        """Say that an open movement was none."""
        del self.open[movement_id]
        self.changed[movement_id] = None

    def take(self) -> dict[str, MovementFact | None]:
        """Return what was said since the last call."""
        said, self.changed = self.changed, {}
        return said
