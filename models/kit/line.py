"""One connection for what is asked again and again, each time a single statement by itself.

A session takes three ways to the database and back and most of a millisecond; this one way and a
tenth of one. A process that only waits spends most of its CPU on such questions.
"""

from collections.abc import Mapping
from types import TracebackType
from typing import Any, LiteralString, Self

import psycopg

from models.kit.database import Database


class Line:
    """Used by one task. Connects when it is first asked, and again after the database was away."""

    def __init__(self, database: Database) -> None:
        self._url = database.url
        self._connection: psycopg.AsyncConnection | None = None

    async def ask(
        self, statement: LiteralString, parameters: Mapping[str, Any] | None = None
    ) -> list[tuple[Any, ...]]:
        """Run a statement, at once and for good; return its rows. Times are UTC.

        Raises:
            psycopg.OperationalError: the database is away.
        """
        connection = self._connection
        if connection is None or connection.closed:
            connection = self._connection = await psycopg.AsyncConnection.connect(
                self._url, autocommit=True, connect_timeout=5, options="-c timezone=UTC"
            )
        cursor = await connection.execute(statement, parameters)
        return await cursor.fetchall() if cursor.description is not None else []

    async def __aenter__(self) -> Self:
        """Enter to hang up at the end."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._connection is not None:
            await self._connection.close()
