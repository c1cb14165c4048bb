"""Constraints that several tables share, as SQL."""

from collections.abc import Iterable
from enum import StrEnum

# Names shown to people are jsonb {"kk": …, "ru": …, "en": …}; all three are always present.
HAS_NAMES = "name ?& array['kk','ru','en']"


def one_of(column: str, values: Iterable[StrEnum]) -> str:
    """Return that ``column`` holds a value of an enumeration."""
    return f"{column} IN ({', '.join(repr(value.value) for value in values)})"
