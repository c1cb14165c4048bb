"""What was judged as rows: movements with their revisions, trips with visits, snapshots."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from geo.judgement.engine import VERSION, Knowledge
from geo.judgement.facts import MovementFact, TripFact
from geo.judgement.rules import TOO_LATE_S
from geo.judging.fixes import moment
from models.kit.bus import announce

_COLUMNS = """
    id, vehicle_id, trip_id, kind, started_at, ended_at, ST_Y(geom), ST_X(geom), details, late,
    withdrawn_at
"""
_BY_IDS = text(f"SELECT {_COLUMNS} FROM movement WHERE id = ANY(CAST(:ids AS uuid[]))")
_SINCE = text(f"""
    SELECT {_COLUMNS} FROM movement
    WHERE vehicle_id = :vehicle_id AND withdrawn_at IS NULL
      AND (started_at > :since OR CAST(:open AS boolean) AND ended_at IS NULL)
""")
_PLACE = "ST_SetSRID(ST_MakePoint(CAST(:longitude AS float8), CAST(:latitude AS float8)), 4326)"
_INSERT = text(f"""
    INSERT INTO movement (id, vehicle_id, trip_id, kind, started_at, ended_at, geom, details, late,
                          made_at, revised_at, revision)
    VALUES (:id, :vehicle_id, :trip_id, :kind, :started_at, :ended_at, {_PLACE},
            CAST(:details AS jsonb), :late, :now, :now, 1)
""")
_AMEND = text(f"""
    UPDATE movement SET started_at = :started_at, ended_at = :ended_at, geom = {_PLACE},
           details = CAST(:details AS jsonb), revised_at = :now, revision = revision + 1,
           withdrawn_at = NULL
    WHERE id = :id
""")
_WITHDRAW = text("""
    UPDATE movement SET withdrawn_at = :now, revised_at = :now, revision = revision + 1
    WHERE id = :id
""")
_REVISION = text("""
    INSERT INTO movement_revision (movement_id, at, change, before, after)
    VALUES (:id, :now, :change, CAST(:before AS jsonb), CAST(:after AS jsonb))
""")
_TRIPS = text("""
    UPDATE trip t SET state = f.state, started_at = f.started_at, ended_at = f.ended_at,
           progress_m = f.progress_m, judged_until = f.judged_until
    FROM unnest(CAST(:id AS uuid[]), CAST(:state AS text[]), CAST(:started_at AS timestamptz[]),
                CAST(:ended_at AS timestamptz[]), CAST(:progress_m AS float8[]),
                CAST(:judged_until AS timestamptz[]))
         AS f(id, state, started_at, ended_at, progress_m, judged_until)
    WHERE t.id = f.id AND t.state <> 'cancelled'
""")
_VISITS = text("""
    UPDATE stop_visit v SET state = f.state, arrived_at = f.arrived_at,
           departed_at = f.departed_at, expected_at = f.expected_at, inferred = f.inferred
    FROM unnest(CAST(:trip_id AS uuid[]), CAST(:sequence AS int[]), CAST(:state AS text[]),
                CAST(:arrived_at AS timestamptz[]), CAST(:departed_at AS timestamptz[]),
                CAST(:expected_at AS timestamptz[]), CAST(:inferred AS boolean[]))
         AS f(trip_id, sequence, state, arrived_at, departed_at, expected_at, inferred)
    WHERE v.trip_id = f.trip_id AND v.sequence = f.sequence
      AND (v.state, v.arrived_at, v.departed_at, v.expected_at, v.inferred)
          IS DISTINCT FROM
          (f.state, f.arrived_at, f.departed_at, f.expected_at, f.inferred)
""")
_KEEP = text("""
    INSERT INTO judgement_snapshot (vehicle_id, at, version, knowledge)
    SELECT vehicle_id, at, :version, CAST(knowledge AS jsonb)
    FROM unnest(CAST(:vehicle_id AS uuid[]), CAST(:at AS timestamptz[]),
                CAST(:knowledge AS text[])) AS kept(vehicle_id, at, knowledge)
    ON CONFLICT (vehicle_id, at) DO UPDATE
    SET version = excluded.version, knowledge = excluded.knowledge
""")
_FORGET_AFTER = text("DELETE FROM judgement_snapshot WHERE vehicle_id = :vehicle_id AND at > :at")
_SNAPSHOTS = text("""
    SELECT at, knowledge FROM judgement_snapshot
    WHERE vehicle_id = :vehicle_id AND at <= :at AND version = :version ORDER BY at DESC LIMIT 1
""")
_BACK = 2 * 86400.0  # no movement is told of longer after it began, but those that are still open


@dataclass(frozen=True, slots=True)
class Row:
    """A stored movement."""

    fact: MovementFact
    vehicle_id: UUID
    late: bool
    withdrawn: bool

    @property
    def content(self) -> dict[str, Any]:
        return _content(self.fact)


async def stored_since(
    session: AsyncSession, vehicle_id: UUID, known_after: float, *, and_open: bool
) -> dict[str, Row]:
    """Return the movements of a van that hold and were told of after a time.

    ``and_open``: also those that last, whenever they were told of.
    """
    since = moment(max(known_after - _BACK, 0.0))
    asked = {"vehicle_id": vehicle_id, "since": since, "open": and_open}
    rows = [_row(row) for row in await session.execute(_SINCE, asked)]
    return {
        row.fact.id: row
        for row in rows
        if row.fact.known > known_after or (and_open and row.fact.ended is None)
    }


async def write_movements(
    session: AsyncSession,
    said: Iterable[tuple[UUID, Mapping[str, MovementFact | None]]],
    now: datetime,
) -> int:
    """Say, amend and withdraw movements so that the rows are as given; return how many changed.

    None withdraws. What is stored so already is left alone.
    """
    wanted = [(van, key, fact) for van, facts in said for key, fact in facts.items()]
    if not wanted:
        return 0
    answer = await session.execute(_BY_IDS, {"ids": [key for _, key, _ in wanted]})
    stored = {row.fact.id: row for row in map(_row, answer)}
    changed = 0
    for vehicle_id, key, fact in wanted:
        if await _write(session, vehicle_id, stored.get(key), fact, now):
            changed += 1
    return changed


async def _write(
    session: AsyncSession,
    vehicle_id: UUID,
    stored: Row | None,
    fact: MovementFact | None,
    now: datetime,
) -> bool:
    before = None if stored is None or stored.withdrawn else stored.content
    after = None if fact is None else _content(fact)
    if before == after:
        return False
    told = fact or (stored.fact if stored else None)
    if told is None:
        return False
    late = stored.late if stored else now.timestamp() - told.known > TOO_LATE_S
    if fact is None:
        change = "withdrawn"
        await session.execute(_WITHDRAW, {"id": told.id, "now": now})
    else:
        change = "said" if before is None else "amended"
        values = _values(fact, vehicle_id, late=late, now=now)
        await session.execute(_INSERT if stored is None else _AMEND, values)
    await session.execute(
        _REVISION,
        {
            "id": told.id,
            "now": now,
            "change": change,
            "before": None if before is None else json.dumps(before),
            "after": None if after is None else json.dumps(after),
        },
    )
    announce(session, "movement", told.id, _announced(told, vehicle_id, fact is None, late=late))
    return True


async def write_trips(session: AsyncSession, facts: Sequence[TripFact]) -> None:
    """Bring trips and their visits to what is known; a cancelled trip stays so."""
    if not facts:
        return
    await session.execute(
        _TRIPS,
        {
            "id": [fact.id for fact in facts],
            "state": [str(fact.state) for fact in facts],
            "started_at": [_moment(fact.started) for fact in facts],
            "ended_at": [_moment(fact.ended) for fact in facts],
            "progress_m": [fact.progress_m for fact in facts],
            "judged_until": [_moment(fact.judged_until) for fact in facts],
        },
    )
    visits = [(fact.id, visit) for fact in facts for visit in fact.visits]
    await session.execute(
        _VISITS,
        {
            "trip_id": [trip_id for trip_id, _ in visits],
            "sequence": [visit.sequence for _, visit in visits],
            "state": [str(visit.state) for _, visit in visits],
            "arrived_at": [_moment(visit.arrived) for _, visit in visits],
            "departed_at": [_moment(visit.departed) for _, visit in visits],
            "expected_at": [_moment(visit.expected) for _, visit in visits],
            "inferred": [visit.inferred for _, visit in visits],
        },
    )


def announce_trip(session: AsyncSession, vehicle_id: UUID, fact: TripFact) -> None:
    """Tell the screens how a trip goes."""
    visits = [
        {
            "sequence": visit.sequence,
            "state": str(visit.state),
            "arrived_at": _iso(visit.arrived),
            "departed_at": _iso(visit.departed),
            "expected_at": _iso(visit.expected),
        }
        for visit in fact.visits
    ]
    announce(
        session,
        "trip",
        fact.id,
        {
            "id": fact.id,
            "vehicle_id": str(vehicle_id),
            "state": str(fact.state),
            "progress_m": fact.progress_m,
            "visits": visits,
        },
    )


async def keep_snapshots(
    session: AsyncSession, kept: Iterable[tuple[UUID, float, Knowledge]]
) -> None:
    """Keep what was known before the full hours given."""
    rows = list(kept)
    if rows:
        await session.execute(
            _KEEP,
            {
                "vehicle_id": [vehicle_id for vehicle_id, _, _ in rows],
                "at": [moment(at) for _, at, _ in rows],
                "version": VERSION,
                "knowledge": [json.dumps(knowledge) for _, _, knowledge in rows],
            },
        )


async def forget_snapshots(session: AsyncSession, vehicle_id: UUID, after: float) -> None:
    """Forget what was known after a time: it was wrong."""
    await session.execute(_FORGET_AFTER, {"vehicle_id": vehicle_id, "at": moment(after)})


async def newest_snapshot(
    session: AsyncSession, vehicle_id: UUID, until: float
) -> tuple[float, Knowledge] | None:
    """Return the newest snapshot until then with its hour; None where there is none."""
    asked = {"vehicle_id": vehicle_id, "at": moment(until), "version": VERSION}
    row = (await session.execute(_SNAPSHOTS, asked)).first()
    return None if row is None else (row[0].timestamp(), row[1])


def _row(row: Any) -> Row:
    movement_id, vehicle_id, trip_id, kind, started, ended, latitude, longitude, details = row[:9]
    known = datetime.fromisoformat(details.pop("known_at")).timestamp()
    fact = MovementFact(
        str(movement_id),
        kind,
        None if trip_id is None else str(trip_id),
        started.timestamp(),
        None if ended is None else ended.timestamp(),
        latitude,
        longitude,
        known,
        details,
    )
    return Row(fact, vehicle_id, row[9], row[10] is not None)


def _content(fact: MovementFact) -> dict[str, Any]:
    return {
        "kind": str(fact.kind),
        "trip_id": fact.trip_id,
        "started_at": _iso(fact.started),
        "ended_at": _iso(fact.ended),
        "latitude": fact.latitude,
        "longitude": fact.longitude,
        "known_at": _iso(fact.known),
        "details": _readable(fact.details),
    }


def _readable(details: dict[str, Any]) -> dict[str, Any]:
    """Return details with their times as everybody else writes them."""
    return {
        key: _iso(value) if key.endswith("_at") and isinstance(value, float) else value
        for key, value in details.items()
    }


def _values(fact: MovementFact, vehicle_id: UUID, *, late: bool, now: datetime) -> dict[str, Any]:
    return {
        "id": fact.id,
        "vehicle_id": vehicle_id,
        "trip_id": fact.trip_id,
        "kind": str(fact.kind),
        "started_at": moment(fact.started),
        "ended_at": _moment(fact.ended),
        "latitude": fact.latitude,
        "longitude": fact.longitude,
        "details": json.dumps({**_readable(fact.details), "known_at": _iso(fact.known)}),
        "late": late,
        "now": now,
    }


def _announced(
    fact: MovementFact, vehicle_id: UUID, withdrawn: bool, *, late: bool
) -> dict[str, Any]:
    return {
        "id": fact.id,
        "vehicle_id": str(vehicle_id),
        "trip_id": fact.trip_id,
        "kind": str(fact.kind),
        "started_at": _iso(fact.started),
        "ended_at": _iso(fact.ended),
        "latitude": fact.latitude,
        "longitude": fact.longitude,
        "late": late,
        "withdrawn": withdrawn,
    }


def _moment(t: float | None) -> datetime | None:
    return None if t is None else moment(t)


def _iso(t: float | None) -> str | None:
    return None if t is None else moment(t).isoformat()
