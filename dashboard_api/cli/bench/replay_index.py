"""A month of index rows: what table recording holds after 30 days of 32 cameras."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from ingest.recordings.facts import SegmentFact, pack_gops
from models.kit.database import Database
from models.recording import Recording

HOURS = 12  # a day: the centre records while offices are open, 08:00–20:00
FILES_A_DAY = HOURS * 360
# Cameras change their files at different moments, as the recorder staggers them.
_FILL = text(
    "INSERT INTO recording (camera_id, stream_kind, node_name, epoch, path, started_at, ended_at,"
    " size_bytes, init_bytes, codec, gops, closed, sha256)"
    " SELECT :camera, 'main', 'node-1', 1, CAST(:camera AS text) || '/main/'"
    " || to_char(begun, 'YYYYMMDD') || '/' || CAST(extract(epoch FROM begun) * 1000 AS bigint)"
    " || '.mp4', begun, begun + interval '10 s', :size, :init, :codec, :gops, true, :sha256"
    " FROM (SELECT day + n * interval '10 s' + :stagger * interval '1 s' AS begun"
    " FROM generate_series(CAST(:first AS timestamptz), CAST(:last AS timestamptz),"
    f" interval '1 day') AS day, generate_series(0, {FILES_A_DAY - 1}) AS n) AS files"
)


async def fill(
    database: Database, cameras: Sequence[UUID], like: SegmentFact, last: datetime, days: int
) -> int:
    """Put in the rows of ``days`` days, the last of which begins at ``last``; return how many.

    Args:
        database: to fill.
        cameras: all get the same days.
        like: a real file, whose packed GOPs, size and hash every row repeats.
        last: when the newest day's recording begins.
        days: how many.
    """
    first = last - timedelta(days=days - 1)
    shared = {
        "first": first,
        "last": last,
        "size": like.size_bytes,
        "init": like.init_bytes,
        "codec": like.codec,
        "gops": pack_gops(like.fragments),
        "sha256": like.sha256,
    }
    for number, camera in enumerate(cameras):
        async with database.engine.begin() as connection:
            await connection.execute(text("SET LOCAL synchronous_commit = off"))
            stagger = number * 10 / len(cameras)
            await connection.execute(_FILL, {**shared, "camera": camera, "stagger": stagger})
    async with database.engine.connect() as connection:
        settled = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await _settle(settled)
    return len(cameras) * days * FILES_A_DAY


async def _settle(connection: AsyncConnection) -> None:
    """Do what autovacuum would have done over the month."""
    await connection.execute(text("VACUUM (ANALYZE) recording"))


async def add(database: Database, facts: Sequence[SegmentFact]) -> None:
    """Put in the rows of real files."""
    rows = [
        {
            "camera_id": fact.stream.camera_id,
            "stream_kind": fact.stream.kind.value,
            "node_name": "node-1",
            "epoch": 1,
            "path": fact.path,
            "started_at": fact.started_at,
            "ended_at": fact.ended_at,
            "size_bytes": fact.size_bytes,
            "init_bytes": fact.init_bytes,
            "codec": fact.codec,
            "gops": pack_gops(fact.fragments),
            "closed": True,
            "sha256": fact.sha256,
        }
        for fact in facts
    ]
    async with database.transaction() as session:
        await session.execute(insert(Recording), rows)
