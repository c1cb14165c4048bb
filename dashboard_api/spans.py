"""Spans of time: joining what touches, refusing what cannot be meant. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from models.kit.errors import InvalidInput

# Neighbouring segments differ by less than a picture; a lost group of pictures is a second.
TOUCHING = timedelta(milliseconds=500)


def merged(
    spans: Iterable[tuple[datetime, datetime]], touching: timedelta = TOUCHING
) -> list[tuple[datetime, datetime]]:
    """Join spans, sorted by start, that overlap or lie at most ``touching`` apart."""
    joined: list[tuple[datetime, datetime]] = []
    for start, end in spans:
        if joined and start - joined[-1][1] <= touching:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def refuse_bad_span(start: datetime, end: datetime, longest: timedelta) -> None:
    """Raise InvalidInput where the span is empty, reversed or too long."""
    if start >= end:
        raise InvalidInput("from must be before to", field="from")
    if end - start > longest:
        raise InvalidInput(f"Ask for at most {longest.days} days at once", field="to")
