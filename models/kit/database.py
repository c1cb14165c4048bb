"""Engine, sessions and the only commit of the product."""

import asyncio
import json
import select
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import psycopg
from sqlalchemy import DateTime, MetaData, event, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.pool import QueuePool

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


_GIVING_BACK_S = 6.0
_GIVING_BACK_LOOKS = 600


class Base(DeclarativeBase):
    """Every table. Datetimes are aware UTC; plain dicts become jsonb."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar = {datetime: DateTime(timezone=True), dict[str, Any]: JSONB}


def sqlalchemy_url(database_url: str) -> str:
    """Return the URL with the driver that the whole product uses (psycopg 3)."""
    for prefix in ("postgresql://", "postgres://"):
        if database_url.startswith(prefix):
            return "postgresql+psycopg://" + database_url.removeprefix(prefix)
    return database_url


class Database:
    """One engine a process. Sessions come only from ``transaction`` and ``read``."""

    def __init__(self, database_url: str, *, pool_size: int = 8) -> None:
        self.url = database_url
        self.engine: AsyncEngine = create_async_engine(
            sqlalchemy_url(database_url),
            pool_size=pool_size,
            max_overflow=pool_size,
            connect_args={"options": "-c timezone=UTC", "connect_timeout": 5},
        )
        event.listen(self.engine.sync_engine, "checkout", _refuse_ended)
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)
        reading = self.engine.execution_options(postgresql_readonly=True)
        self._readers = async_sessionmaker(reading, expire_on_commit=False)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """Yield a session; commit with its notices on success, roll back on any error.

        Notices (see models/kit/bus.py) are written last, under an advisory lock held only until
        the commit, so that ``change.seq`` grows in commit order and no reader can skip one.
        """
        async with self._sessions() as session:  # leaving it uncommitted rolls back
            yield session
            await _write_notices(session)
            await session.commit()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """Yield a session that is rolled back at the end: nothing read here can write."""
        async with self._readers() as session:
            yield session
            session.expunge_all()  # else the rollback would empty the rows that were read
            await session.rollback()

    async def close(self) -> None:
        """Close every connection.

        A session that was cancelled gives its connection back in a task of its own; one that came
        after the pool was emptied would stay open, so that is waited for.
        """
        pool = self.engine.pool
        for _ in range(_GIVING_BACK_LOOKS):
            if not isinstance(pool, QueuePool) or pool.checkedout() == 0:
                break
            await asyncio.sleep(_GIVING_BACK_S / _GIVING_BACK_LOOKS)
        await self.engine.dispose()


def _refuse_ended(connection: Any, _record: object, _proxy: object) -> None:
    """Have the pool replace a connection that the server ended.

    Between two uses a server says nothing, except that it leaves. To look for that costs 2 µs,
    where a ping (``pool_pre_ping``) takes a fifth of the time of a short read.
    """
    waiting = select.poll()
    try:
        waiting.register(connection.driver_connection.fileno(), select.POLLIN)
    except psycopg.OperationalError as error:
        raise InvalidatePoolError("the connection is closed") from error
    if waiting.poll(0):
        raise InvalidatePoolError("the server ended the connection")


NOTICE_LOCK = 0x4148_5541  # "AHUA": any fixed number that nobody else takes
CHANNEL = "ahual"
# All as one value: the lock is everybody's, and each statement is a way there and back.
_ADD_NOTICES = text(
    "WITH added AS (INSERT INTO change (topic, subject_id, data) SELECT topic, subject_id, data"
    " FROM ROWS FROM (jsonb_to_recordset(CAST(:notices AS jsonb)) AS (topic text, subject_id text,"
    " data jsonb)) WITH ORDINALITY AS told (topic, subject_id, data, place) ORDER BY place"
    " RETURNING seq, topic) SELECT pg_notify(:channel, topic || ' ' || seq) FROM added"
)


async def _write_notices(session: AsyncSession) -> None:
    notices: list[tuple[str, str, Mapping[str, Any]]] = session.info.pop("notices", [])
    if not notices:
        return
    await session.flush()
    await session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": NOTICE_LOCK})
    rows = [{"topic": t, "subject_id": i, "data": dict(told)} for t, i, told in notices]
    await session.execute(
        _ADD_NOTICES, {"notices": json.dumps(rows, ensure_ascii=False), "channel": CHANNEL}
    )


def add_notice(
    session: AsyncSession, topic: str, subject_id: UUID | int | str, data: Mapping[str, Any]
) -> None:
    """Queue a notice; written by the commit of this session's transaction, or never."""
    session.info.setdefault("notices", []).append((topic, str(subject_id), data))
