"""Cursor pages: the cursor is the sort key of the last row, so new rows never shift a page."""

import base64
import binascii
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from models.kit.errors import InvalidInput

Keys = Sequence[InstrumentedAttribute[Any]]


async def fetch(
    session: AsyncSession,
    query: Select[Any],
    keys: Keys,
    *,
    cursor: str | None,
    limit: int,
    newest_first: bool = False,
) -> tuple[list[Any], str | None]:
    """Return up to ``limit`` entities of the query and the cursor of the next page.

    Args:
        session: where to read.
        query: selects one entity, without order or limit.
        keys: its columns to sort by; together unique and never null.
        cursor: as returned before.
        limit: rows a page.
        newest_first: descending order.

    Raises:
        InvalidInput: the cursor is not one of ours.
    """
    columns = tuple_(*keys)
    if cursor is not None:
        values = tuple_(*decode(cursor, keys))
        query = query.where(columns < values if newest_first else columns > values)
    order = [key.desc() if newest_first else key.asc() for key in keys]
    rows = list((await session.execute(query.order_by(*order).limit(limit + 1))).scalars())
    if len(rows) <= limit:
        return rows, None
    return rows[:limit], encode([getattr(rows[limit - 1], key.key) for key in keys])


def encode(values: Sequence[Any]) -> str:
    texts = [v.isoformat() if isinstance(v, datetime) else v for v in values]
    return base64.urlsafe_b64encode(json.dumps(texts, default=str).encode()).decode().rstrip("=")


def decode(cursor: str, keys: Keys) -> list[Any]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        texts = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        return [
            _parsed(text, key.type.python_type) for text, key in zip(list(texts), keys, strict=True)
        ]
    except (binascii.Error, ValueError, TypeError, RecursionError):
        raise InvalidInput(
            "Pass next_cursor of the page before, unchanged", field="cursor"
        ) from None


def _parsed(text: Any, kind: type) -> Any:
    if kind is datetime:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError
        return moment
    if kind is UUID:
        return UUID(text)
    if not isinstance(text, kind) or (isinstance(text, str) and not _storable(text)):
        raise TypeError
    if isinstance(text, int) and abs(text) >= 1 << 63:
        raise ValueError
    return text


def _storable(text: str) -> bool:
    return "\x00" not in text and text.encode("utf-8", "ignore").decode() == text
