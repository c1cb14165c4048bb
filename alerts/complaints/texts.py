"""Checks free text before it reaches a row. Pure."""

from models.kit.errors import InvalidInput


def clean(value: str, field: str, most: int) -> str:
    """Return the text without outer white space.

    Raises:
        InvalidInput: it is empty, too long, or holds what no database text can (NUL, half a pair).
    """
    cleaned = clean_or_none(value, field, most)
    if cleaned is None:
        msg = f"{field} must not be empty."
        raise InvalidInput(msg, field=field)
    return cleaned


def clean_or_none(value: str | None, field: str, most: int) -> str | None:
    """As ``clean``, with None for nothing and for white space only."""
    if value is None or not (stripped := value.strip()):
        return None
    if len(stripped) > most:
        msg = f"{field} has {len(stripped)} characters; at most {most} fit."
        raise InvalidInput(msg, field=field)
    if any(char == "\0" or "\ud800" <= char <= "\udfff" for char in stripped):
        msg = f"{field} holds characters that are not text (NUL or a broken pair); type it again."
        raise InvalidInput(msg, field=field)
    return stripped
