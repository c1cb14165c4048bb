"""What the live and the replay socket of a window share: reading wishes, ending all at once."""

import asyncio
from collections.abc import Sequence
from typing import Annotated, Any, TypeVar

from fastapi import WebSocketDisconnect
from pydantic import Field, TypeAdapter, ValidationError

from models.kit.errors import InvalidInput

REVOKED = 4401  # the code a socket is closed with when its session was ended
TileNumber = Annotated[int, Field(ge=0, le=65535)]
Wish = TypeVar("Wish")


def read_wish(adapter: TypeAdapter[Wish], text: str, kinds: str) -> Wish:
    """Read one message of a window; ``kinds`` names the types it may have.

    Raises:
        InvalidInput: naming the field that cannot be meant.
    """
    try:
        return adapter.validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "message"
        msg = f"Send JSON of type {kinds}; {field}: {first['msg']}."
        raise InvalidInput(msg, field=field) from error


async def until_one_ends(tasks: Sequence[asyncio.Future[Any]]) -> bool:
    """Wait for the first of them, end the others; return whether the window is still there.

    Raises:
        Exception: a fault of ours that ended one of them is heard, not swallowed.
    """
    try:
        ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    if any(isinstance(task.exception(), WebSocketDisconnect) for task in ended):
        return False
    for task in ended:
        task.result()
    return True
