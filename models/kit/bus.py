"""Rows plus a wake-up: a change row and a NOTIFY in the writer's own transaction.

A listener that was away catches up from ``change`` by seq; nothing is delivered before its commit.
"""

import asyncio
from collections.abc import AsyncGenerator, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import BigInteger, Identity, Index, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.kit.database import CHANNEL, Base, Database, add_notice
from models.kit.log import get

log = get(__name__)
_RECONNECT_S = 1.0
_LAST = "SELECT COALESCE(max(seq), 0) FROM change"
# On the connection that listens: asked every few seconds for ever, a session would cost ten times.
_AFTER = (
    "SELECT seq, at, topic, subject_id, data FROM change WHERE seq > %(after)s"
    " AND (%(topics)s::text[] IS NULL OR topic = ANY(%(topics)s)) ORDER BY seq LIMIT 1000"
)
_POLL_S = 5.0  # a lost NOTIFY (proxy, failover) costs this much, not the message


class Change(Base):
    """One committed change. ``seq`` grows in commit order (see Database.transaction)."""

    __tablename__ = "change"
    seq: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    topic: Mapped[str]
    subject_id: Mapped[str]
    data: Mapped[dict[str, Any]]
    __table_args__ = (Index("ix_change_at", "at", postgresql_using="brin"),)


@dataclass(frozen=True, slots=True)
class Notice:
    """What a listener gets: the committed change, in seq order, at least once."""

    seq: int
    at: datetime
    topic: str
    subject_id: str
    data: Mapping[str, Any]


def announce(
    session: AsyncSession,
    topic: str,
    subject_id: UUID | int | str,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Tell every process, at commit or never. ``data`` must be JSON that a browser may see."""
    add_notice(session, topic, subject_id, data or {})


async def last_seq(session: AsyncSession) -> int:
    """Return the newest committed seq, 0 when there is none."""
    return (await session.execute(select(func.coalesce(func.max(Change.seq), 0)))).scalar_one()


async def changes_after(
    session: AsyncSession, seq: int, topics: Collection[str] | None = None, limit: int = 1000
) -> list[Notice]:
    """Return up to ``limit`` changes after ``seq`` in order."""
    query = select(Change).where(Change.seq > seq).order_by(Change.seq).limit(limit)
    if topics is not None:
        query = query.where(Change.topic.in_(list(topics)))
    rows = (await session.execute(query)).scalars()
    return [Notice(r.seq, r.at, r.topic, r.subject_id, r.data) for r in rows]


async def listen(
    database: Database, topics: Collection[str] | None = None, *, after: int | None = None
) -> AsyncGenerator[Notice, None]:
    """Yield changes of the topics (None = all) for ever, surviving database restarts.

    Args:
        database: where the changes are.
        topics: names as passed to ``announce``.
        after: catch up from this seq first; None starts at now.
    """
    seq = after
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(
                database.url, autocommit=True, connect_timeout=5, options="-c timezone=UTC"
            ) as connection:
                await connection.execute(f"LISTEN {CHANNEL}")
                while True:
                    if seq is None:
                        seq = (await (await connection.execute(_LAST)).fetchone() or (0,))[0]
                    asked = {"after": seq, "topics": None if topics is None else list(topics)}
                    batch = await (await connection.execute(_AFTER, asked)).fetchall()
                    for row in batch:
                        notice = Notice(*row)
                        yield notice
                        seq = notice.seq
                    if not batch:
                        await _until_notified(connection)
        except (psycopg.OperationalError, psycopg.InterfaceError, OSError) as error:
            log.warning("bus.lost", error=str(error), retry_in_s=_RECONNECT_S)
            await asyncio.sleep(_RECONNECT_S)


async def _until_notified(connection: psycopg.AsyncConnection) -> None:
    """Return when the database said something, at the latest after ``_POLL_S``.

    By hand, since ``connection.notifies()`` wakes ten times a second to look whether it is told:
    that was a third of what an idle process cost.
    """
    loop = asyncio.get_running_loop()
    heard = asyncio.Event()
    loop.add_reader(connection.fileno(), heard.set)
    try:
        async with asyncio.timeout(_POLL_S):
            await heard.wait()
    except TimeoutError:
        return
    finally:
        loop.remove_reader(connection.fileno())
    connection.pgconn.consume_input()  # raises OperationalError where the database went away
    while connection.pgconn.notifies() is not None:
        pass  # what it is about stands in the table
