"""Comma-separated choices in a query string."""

from enum import StrEnum
from typing import TypeVar

from models.kit.errors import InvalidInput

Choice = TypeVar("Choice", bound=StrEnum)


def one_of(kind: type[Choice], text: str, *, field: str) -> list[Choice]:
    """Return the choices named in the text.

    Raises:
        InvalidInput: one is not known; the message lists those that are.
    """
    try:
        return [kind(part.strip()) for part in text.split(",")]
    except ValueError:
        known = ", ".join(kind)
        raise InvalidInput(f"{field} takes one or more of: {known}", field=field) from None
