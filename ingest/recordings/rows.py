"""Writes and settles the rows of recordings and gaps; every statement may be repeated safely."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from ingest.recordings.facts import GapFact, GapReason, SegmentFact, StreamKey, pack_gops, stream_of
from models.kit.errors import InvalidInput
from models.observations import StreamKind
from models.recording import Recording

_NODE_GAP = timedelta(seconds=1)  # as the recorder: a hole from here on needs its reason

_COLUMNS = (
    "INSERT INTO recording (camera_id, stream_kind, node_name, epoch, path, started_at, ended_at,"
    " size_bytes, init_bytes, codec, gops, closed, sha256)"
)
# All rows as one value: each parameter of a statement costs the driver more than a row does so.
_VALUES = (
    "file.path, file.started_at, file.ended_at, file.size_bytes, file.init_bytes, file.codec,"
    " decode(file.gops, 'hex'), file.closed, file.sha256 FROM jsonb_to_recordset(CAST(:files AS"
    " jsonb)) AS file (camera_id uuid, stream_kind text, node_name text, epoch bigint, path text,"
    " started_at timestamptz, ended_at timestamptz, size_bytes bigint, init_bytes integer,"
    " codec text, gops text, closed boolean, sha256 text) JOIN camera ON camera.id = file.camera_id"
)
_ON_CONFLICT = (
    " ON CONFLICT (node_name, path) DO UPDATE SET ended_at = excluded.ended_at,"
    " size_bytes = excluded.size_bytes, gops = excluded.gops, closed = excluded.closed,"
    " sha256 = excluded.sha256, epoch = excluded.epoch WHERE recording.epoch <= excluded.epoch"
)
# Refused where another node took the camera since (a newer epoch) or the camera was deleted.
_UPSERT = text(
    f"{_COLUMNS} SELECT camera.id, file.stream_kind, file.node_name, file.epoch, {_VALUES}"
    " WHERE NOT EXISTS (SELECT 1 FROM camera_lease"
    f" WHERE camera_lease.camera_id = camera.id AND camera_lease.epoch > file.epoch) {_ON_CONFLICT}"
)
# What lies on our disk of a camera that now belongs to another node: its lease stays theirs.
_ADOPT = text(
    f"{_COLUMNS} SELECT camera.id, file.stream_kind, file.node_name, COALESCE((SELECT lease.epoch"
    " FROM camera_lease AS lease WHERE lease.camera_id = camera.id), 1),"
    f" {_VALUES} {_ON_CONFLICT}"
)
_INSERT_GAP = text(
    "INSERT INTO recording_gap (camera_id, stream_kind, started_at, ended_at, reason)"
    " SELECT camera.id, CAST(:stream_kind AS varchar), CAST(:started_at AS timestamptz),"
    " CAST(:ended_at AS timestamptz), CAST(:reason AS varchar) FROM camera"
    " WHERE camera.id = :camera_id AND NOT EXISTS (SELECT 1 FROM recording_gap AS known"
    " WHERE known.camera_id = :camera_id AND known.stream_kind = CAST(:stream_kind AS varchar)"
    " AND known.started_at = CAST(:started_at AS timestamptz))"
)
_CLOSE_GAP = text(
    "UPDATE recording_gap SET ended_at = :ended_at WHERE camera_id = :camera_id"
    " AND stream_kind = :stream_kind AND started_at = :started_at"
)

_BEFORE = (
    "camera_id = told.camera_id AND stream_kind = told.stream_kind AND started_at < told.first_at"
)
# What is known begins in order and lasts seconds: of months of it, the newest rows tell the end.
_NEWEST = f"WHERE {_BEFORE} ORDER BY started_at DESC LIMIT 50"
_SETTLE = text(
    "WITH told AS MATERIALIZED (SELECT * FROM jsonb_to_recordset(CAST(:told AS jsonb)) AS told"
    " (camera_id uuid, stream_kind text, first_at timestamptz)),"
    " closed AS (UPDATE recording_gap AS gap SET ended_at = told.first_at FROM told"
    " WHERE gap.camera_id = told.camera_id AND gap.stream_kind = told.stream_kind"
    " AND gap.started_at < told.first_at AND gap.ended_at IS NULL"
    " RETURNING gap.camera_id, gap.stream_kind)"
    " SELECT told.camera_id, told.stream_kind, known.ended_at, told.first_at FROM told"
    " CROSS JOIN LATERAL (SELECT max(ended_at) AS ended_at FROM ("
    f"(SELECT ended_at FROM recording {_NEWEST}) UNION ALL"
    f" (SELECT ended_at FROM recording_gap {_NEWEST})) AS newest) AS known"
    " WHERE told.first_at - known.ended_at > :gap AND NOT EXISTS (SELECT 1 FROM closed"
    " WHERE closed.camera_id = told.camera_id AND closed.stream_kind = told.stream_kind)"
)


def row_of(fact: SegmentFact, node_name: str, epoch: int) -> dict[str, Any]:
    """Return the row of table recording for a file, as JSON can hold it."""
    return {
        "camera_id": str(fact.stream.camera_id),
        "stream_kind": fact.stream.kind.value,
        "node_name": node_name,
        "epoch": epoch,
        "path": fact.path,
        "started_at": fact.started_at.isoformat(),
        "ended_at": fact.ended_at.isoformat(),
        "size_bytes": fact.size_bytes,
        "init_bytes": fact.init_bytes,
        "codec": fact.codec,
        "gops": pack_gops(fact.fragments).hex(),
        "closed": fact.closed,
        "sha256": fact.sha256,
    }


async def upsert(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """Write rows under our leases; refused where the camera is no longer ours."""
    if rows:
        await session.execute(_UPSERT, {"files": _as_json(rows)})


async def adopt(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """Write rows of files found on disk, without a lease: their ``epoch`` is not used."""
    if rows:
        await session.execute(_ADOPT, {"files": _as_json(rows)})


def _as_json(rows: Sequence[dict[str, Any]]) -> str:
    """Return the rows as one value; of a file that is told twice, the later."""
    return json.dumps(list({row["path"]: row for row in rows}.values()))


@dataclass(frozen=True, slots=True)
class StoredRow:
    """What a comparison with the disk needs of a row."""

    recording_id: int
    path: str
    started_at: datetime
    ended_at: datetime
    size_bytes: int
    closed: bool
    deleting: bool
    sha256: str | None


async def rows_of_day(
    session: AsyncSession, node_name: str, folder: PurePosixPath
) -> list[StoredRow]:
    """Return the rows of a day's folder, <camera>/<kind>/<YYYYMMDD>; none of any other folder."""
    try:
        stream = stream_of(folder / "0.mp4")
        day = datetime.strptime(f"{folder.name}+0000", "%Y%m%d%z")
    except (InvalidInput, ValueError):
        return []
    found = await session.execute(
        select(
            Recording.id,
            Recording.path,
            Recording.started_at,
            Recording.ended_at,
            Recording.size_bytes,
            Recording.closed,
            Recording.deleting_at,
            Recording.sha256,
        ).where(
            Recording.camera_id == stream.camera_id,
            Recording.stream_kind == stream.kind.value,
            Recording.started_at >= day - timedelta(seconds=1),
            Recording.started_at < day + timedelta(days=1, seconds=1),
            Recording.node_name == node_name,
        )
    )
    return [
        StoredRow(
            row.id,
            row.path,
            row.started_at,
            row.ended_at,
            row.size_bytes,
            row.closed,
            row.deleting_at is not None,
            row.sha256,
        )
        for row in found
        if PurePosixPath(row.path).parent == folder
    ]


async def write_gaps(session: AsyncSession, gaps: Sequence[GapFact]) -> None:
    """Insert what is not known yet, end what has ended; what ended before stays ended."""
    rows = [
        {
            "camera_id": gap.stream.camera_id,
            "stream_kind": gap.stream.kind.value,
            "started_at": gap.started_at,
            "ended_at": gap.ended_at,
            "reason": gap.reason.value,
        }
        for gap in gaps
    ]
    if rows:
        await session.execute(_INSERT_GAP, rows)
    ended = [
        {name: value for name, value in row.items() if name != "reason"}
        for row in rows
        if row["ended_at"] is not None
    ]
    if ended:
        await session.execute(_CLOSE_GAP, ended)


async def settle(session: AsyncSession, firsts: Mapping[StreamKey, datetime]) -> None:
    """Account for the time before a run; ``firsts`` are the times of its first news by stream.

    Ends gaps that a run before left open; adds the node's own absence where nothing else says why.
    """
    told = [
        {"camera_id": str(s.camera_id), "stream_kind": s.kind.value, "first_at": at.isoformat()}
        for s, at in firsts.items()
    ]
    if not told:
        return
    absent = await session.execute(_SETTLE, {"told": json.dumps(told), "gap": _NODE_GAP})
    await write_gaps(
        session,
        [
            GapFact(StreamKey(camera, StreamKind(kind)), ended_at, first_at, GapReason.NODE_DOWN)
            for camera, kind, ended_at, first_at in absent
        ],
    )
