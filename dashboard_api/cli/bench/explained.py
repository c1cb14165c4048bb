"""Statements that were executed, and what the database says of them: its plan and its own time."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection

from models.kit.database import Database

Heard = list[tuple[str, Any]]
"""Statements with their parameters."""


@asynccontextmanager
async def heard(database: Database, about: str = "") -> AsyncIterator[Heard]:
    """Collect the statements with ``about`` in them that are executed inside the block."""
    said: Heard = []

    def remember(
        _connection: object, _cursor: object, statement: str, parameters: Any, *_rest: object
    ) -> None:
        if about in statement:
            said.append((statement, parameters))

    engine = database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", remember)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", remember)


async def explained(
    connection: AsyncConnection, statement: str, parameters: Any, *, execute: bool = True
) -> dict[str, Any]:
    """Return EXPLAIN's answer; ``execute``: with what it did (ANALYZE), else only the plan."""
    analyze = "ANALYZE, TIMING OFF, " if execute else ""
    answer = await connection.exec_driver_sql(
        f"EXPLAIN ({analyze}FORMAT JSON) {statement}", parameters
    )
    plan = answer.scalar_one()
    found: dict[str, Any] = (json.loads(plan) if isinstance(plan, str) else plan)[0]
    return found


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a plan's node and all below it."""
    yield plan
    for inner in plan.get("Plans", []):
        yield from nodes(inner)
