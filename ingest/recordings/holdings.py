"""What each stream has on a node's disk, what it costs a day and how long it may stay."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, any_, exists, not_, select, text, true
from sqlalchemy.ext.asyncio import AsyncSession

from ingest.cameras.schedules import load_schedules
from ingest.recordings.facts import StreamKey
from ingest.recordings.keeping import DAY_S, Demand, Keep, held_s, protected, share
from models.camera import Camera, RetentionClass
from models.observations import StreamKind
from models.recording import Hold, Recording

_NEWEST = 24  # files that tell what a stream writes now: four minutes
_RATES = text(
    "SELECT camera.id AS camera_id, kind.name AS kind, newest.bytes, newest.seconds"
    " FROM camera CROSS JOIN (VALUES ('main'), ('sub')) AS kind (name)"
    " CROSS JOIN LATERAL (SELECT sum(size_bytes) AS bytes,"
    " sum(extract(epoch FROM ended_at - started_at)) AS seconds FROM"
    " (SELECT size_bytes, started_at, ended_at FROM recording WHERE camera_id = camera.id"
    " AND stream_kind = kind.name AND node_name = :node AND closed"
    f" ORDER BY started_at DESC LIMIT {_NEWEST}) AS file) AS newest"
    " WHERE newest.seconds > 0"
)


@dataclass(frozen=True, slots=True)
class Holding:
    """One stream's footage that may be deleted one day; ``oldest_at`` of its oldest such file."""

    stream: StreamKey
    keep: Keep
    class_id: UUID | None
    oldest_at: datetime
    oldest_ends_at: datetime


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a stream costs and how long it can stay.

    Attributes:
        holding: of which stream.
        bytes_per_day: as its newest files say.
        kept_days: age of its oldest footage that no hold keeps.
        feasible_days: what fits when all streams record on like this.
    """

    holding: Holding
    bytes_per_day: float
    kept_days: float
    feasible_days: float


def held() -> ColumnElement[bool]:
    """Say of a recording whether a hold keeps it."""
    return exists(
        select(Hold.id).where(
            Hold.released_at.is_(None),
            Recording.camera_id == any_(Hold.camera_ids),
            Hold.starts_at < Recording.ended_at,
            Hold.ends_at > Recording.started_at,
        )
    )


def deletable(node_name: str) -> tuple[ColumnElement[bool], ...]:
    """Say of a recording whether this node may delete it."""
    return (
        Recording.node_name == node_name,
        Recording.closed.is_(True),
        Recording.deleting_at.is_(None),
        not_(held()),
    )


async def holdings(session: AsyncSession, node_name: str, default: Keep) -> list[Holding]:
    """Return every stream that has deletable footage on the node."""
    found: list[Holding] = []
    for kind in StreamKind:
        oldest = (
            select(Recording.started_at, Recording.ended_at)
            .where(
                Recording.camera_id == Camera.id,
                Recording.stream_kind == kind.value,
                *deletable(node_name),
            )
            .order_by(Recording.started_at)
            .limit(1)
            .lateral()
        )
        query = (
            select(
                Camera.id,
                Camera.retention_class_id,
                RetentionClass.keep_min_days,
                RetentionClass.keep_max_days,
                oldest.c.started_at,
                oldest.c.ended_at,
            )
            .select_from(Camera)
            .join(oldest, true())
            .outerjoin(RetentionClass, RetentionClass.id == Camera.retention_class_id)
        )
        found += [
            Holding(
                StreamKey(row.id, kind),
                default
                if row.keep_max_days is None
                else Keep(row.keep_min_days, row.keep_max_days),
                row.retention_class_id,
                row.started_at,
                row.ended_at,
            )
            for row in await session.execute(query)
        ]
    return found


async def rates(session: AsyncSession, node_name: str) -> dict[StreamKey, float]:
    """Return bytes a second of each stream that recorded on the node, by its newest files."""
    rows = await session.execute(_RATES, {"node": node_name})
    return {
        StreamKey(row.camera_id, StreamKind(row.kind)): float(row.bytes) / float(row.seconds)
        for row in rows
    }


async def _usual_rates(
    session: AsyncSession, node_name: str, now: datetime
) -> dict[StreamKey, float]:
    """Return the same over day and night: less where a camera is not always recorded."""
    schedules = await load_schedules(session, node_name)
    parts = {camera_id: each.part(now.date()) for camera_id, each in schedules.items()}
    return {
        stream: rate * parts.get(stream.camera_id, 1.0)
        for stream, rate in (await rates(session, node_name)).items()
    }


async def standing_holds(session: AsyncSession) -> list[tuple[frozenset[UUID], datetime, datetime]]:
    rows = await session.execute(
        select(Hold.camera_ids, Hold.starts_at, Hold.ends_at).where(Hold.released_at.is_(None))
    )
    return [(frozenset(row.camera_ids), row.starts_at, row.ends_at) for row in rows]


async def freeable_bytes(
    session: AsyncSession, node_name: str, found: Sequence[Holding], now: datetime
) -> int:
    """Estimate what may be deleted without touching holds or what is younger than the minimum."""
    bytes_per_s = await _usual_rates(session, node_name, now)
    holds = await standing_holds(session)
    total = 0.0
    for holding in found:
        end = protected(holding.keep, now)
        camera_id = holding.stream.camera_id
        kept = [(begin, until) for cameras, begin, until in holds if camera_id in cameras]
        span_s = max((end - holding.oldest_at).total_seconds(), 0.0)
        span_s -= held_s(holding.oldest_at, end, kept)
        total += max(span_s, 0.0) * bytes_per_s.get(holding.stream, 0.0)
    return round(total)


async def outlook(
    session: AsyncSession, node_name: str, default: Keep, free_bytes: int, now: datetime
) -> list[Outlook]:
    """Return what every stream of the node can keep when all record on, each in its hours."""
    found = await holdings(session, node_name, default)
    bytes_per_s = await _usual_rates(session, node_name, now)
    demands = [Demand(h.keep, bytes_per_s.get(h.stream, 0.0) * DAY_S) for h in found]
    ages = [(now - h.oldest_at) / timedelta(days=1) for h in found]
    stored = sum(d.bytes_per_day * age for d, age in zip(demands, ages, strict=True))
    days = share(demands, free_bytes + stored)
    return [
        Outlook(holding, demand.bytes_per_day, age, feasible)
        for holding, demand, age, feasible in zip(found, demands, ages, days, strict=True)
    ]
