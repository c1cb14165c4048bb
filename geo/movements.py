"""Movements as they are shown: what vans did, and how each came to be said as it is."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from geo.judgement.facts import MovementKind
from models.movement import Movement, MovementRevision
from models.vehicle import Vehicle

LONGEST = timedelta(days=7)  # of a movement that has ended


@dataclass(frozen=True, slots=True)
class RevisionSeen:
    """One step of a movement's history: said, amended or withdrawn."""

    at: datetime
    change: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class MovementSeen:
    """A movement; ``revisions`` only where they were asked for."""

    id: UUID
    vehicle_id: UUID
    trip_id: UUID | None
    kind: str
    started_at: datetime
    ended_at: datetime | None
    latitude: float | None
    longitude: float | None
    details: dict[str, Any]
    late: bool
    made_at: datetime
    revised_at: datetime
    revision: int
    withdrawn_at: datetime | None
    revisions: tuple[RevisionSeen, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class MovementsWanted:
    """Which movements: those that touch the span; None limits nothing."""

    starts_at: datetime
    ends_at: datetime
    vehicle_id: UUID | None = None
    region_id: UUID | None = None
    kinds: Sequence[MovementKind] | None = None


_SEEN = select(
    Movement.id,
    Movement.vehicle_id,
    Movement.trip_id,
    Movement.kind,
    Movement.started_at,
    Movement.ended_at,
    func.ST_Y(Movement.geom),
    func.ST_X(Movement.geom),
    Movement.details,
    Movement.late,
    Movement.made_at,
    Movement.revised_at,
    Movement.revision,
    Movement.withdrawn_at,
)


async def find_movements(
    session: AsyncSession,
    wanted: MovementsWanted,
    *,
    before: tuple[datetime, UUID] | None = None,
    limit: int,
) -> list[MovementSeen]:
    """Return movements that hold, newest first; ``before``: the last one seen."""
    query = _SEEN.where(
        Movement.withdrawn_at.is_(None),
        Movement.started_at < wanted.ends_at,
        or_(
            Movement.ended_at.is_(None),
            and_(
                # Without a bound, a page that is not full would be looked for in all history.
                Movement.started_at >= wanted.starts_at - LONGEST,
                or_(Movement.started_at >= wanted.starts_at, Movement.ended_at >= wanted.starts_at),
            ),
        ),
    )
    if wanted.vehicle_id is not None:
        query = query.where(Movement.vehicle_id == wanted.vehicle_id)
    elif wanted.region_id is not None:
        near = select(Vehicle.id).where(Vehicle.region_id == wanted.region_id)
        query = query.where(Movement.vehicle_id.in_(near))
    if wanted.kinds is not None:
        query = query.where(Movement.kind.in_([str(kind) for kind in wanted.kinds]))
    if before is not None:
        query = query.where(tuple_(Movement.started_at, Movement.id) < tuple_(*before))
    order = (Movement.started_at.desc(), Movement.id.desc())
    return await _read(session, query.order_by(*order).limit(limit))


async def trip_judgement(session: AsyncSession, trip_id: UUID) -> list[MovementSeen]:
    """Return everything that was ever said of a trip, in order, withdrawn or not."""
    query = _SEEN.where(Movement.trip_id == trip_id).order_by(Movement.started_at, Movement.id)
    found = await _read(session, query)
    steps: dict[UUID, list[RevisionSeen]] = defaultdict(list)
    for row in await session.scalars(
        select(MovementRevision)
        .where(MovementRevision.movement_id.in_([movement.id for movement in found]))
        .order_by(MovementRevision.id)
    ):
        steps[row.movement_id].append(RevisionSeen(row.at, row.change, row.before, row.after))
    return [replace(movement, revisions=tuple(steps[movement.id])) for movement in found]


async def _read(session: AsyncSession, query: Select[Any]) -> list[MovementSeen]:
    return [MovementSeen(*row) for row in await session.execute(query)]
