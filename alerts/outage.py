"""A whole office gone, or single cameras of it? What cameras of one office say together. Pure.

When an office loses its line, all its cameras fall silent within seconds of each other, and come
back one after another. That is one thing for a person to act on, not one a camera.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

TOGETHER = timedelta(seconds=60)  # silences that begin this close to each other are one outage


@dataclass(frozen=True, slots=True)
class CameraLine:
    """One camera as far as its line goes; None of both: it answers, but gives no pictures.

    Attributes:
        silent_since: when it stopped being reachable.
        live_since: when the first of its streams came back.
    """

    silent_since: datetime | None = None
    live_since: datetime | None = None


def offline_since(lines: Sequence[CameraLine]) -> tuple[datetime, datetime] | None:
    """Return when the first and the last camera of an outage of the whole office fell silent.

    None while any camera answers, or where less than two fell silent together: cameras that were
    broken long before do not take part.
    """
    silent = [line.silent_since for line in lines if line.silent_since is not None]
    if len(silent) < max(len(lines), 2):
        return None
    last = max(silent)
    together = [since for since in silent if last - since <= TOGETHER]
    return (min(together), last) if len(together) >= 2 else None


def patience_until(lines: Sequence[CameraLine], silent_since: datetime) -> datetime | None:
    """Return until when a silent camera gets no alert of its own, because the office explains it.

    Either most of the office is silent and the rest may follow within a minute, or the office has
    just come back and this camera may follow.
    """
    silent = [line.silent_since for line in lines if line.silent_since is not None]
    live = [line.live_since for line in lines if line.live_since is not None]
    if live and min(live) > silent_since:
        return min(live) + TOGETHER
    last = max(silent, default=silent_since)
    together = [since for since in silent if last - since <= TOGETHER]
    if silent_since in together and len(together) >= 2 and 2 * len(together) > len(lines):
        return min(together) + TOGETHER
    return None
