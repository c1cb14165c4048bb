"""A recording as its row tells it, and where its GOPs lie. Pure.

An hour of one stream is 360 rows and up to 3600 GOPs: playlists and seeks read the packed index.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from ingest.recordings.facts import unpack_gops

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


class StoredFile(NamedTuple):
    """One file; ``path`` is below the recordings folder, ``gops`` as the table packs them."""

    recording_id: int
    node_name: str
    path: str
    started_at: datetime
    ended_at: datetime
    init_bytes: int
    codec: str
    gops: bytes


class GopPlace(NamedTuple):
    """One GOP: Unix milliseconds of its first picture and its length, and its bytes in the file."""

    at_ms: int
    duration_ms: int
    offset: int
    length: int

    @property
    def end_ms(self) -> int:
        return self.at_ms + self.duration_ms


def unix_ms(at: datetime) -> int:
    """Return whole Unix milliseconds, rounded down as the index does."""
    return (at - _EPOCH) // _MILLISECOND


def instant(at_ms: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=at_ms)


def places(file: StoredFile) -> Iterator[GopPlace]:
    """Yield the GOPs of a file, in order."""
    start_ms = unix_ms(file.started_at)
    for offset_ms, duration_ms, offset, length in unpack_gops(file.gops):
        yield GopPlace(start_ms + offset_ms, duration_ms, offset, length)


def places_within(file: StoredFile, start_ms: int, end_ms: int) -> list[GopPlace]:
    """Return the GOPs that overlap [start, end); the first may begin before start."""
    return [
        gop for gop in places(file) if gop[0] < end_ms and gop[0] + gop[1] > start_ms
    ]  # by index: it is asked of every GOP of a playlist


def joined(gops: Sequence[GopPlace]) -> GopPlace:
    """Return GOPs of one file that follow each other as one; inside a file nothing is missing."""
    first, last = gops[0], gops[-1]
    return GopPlace(
        first.at_ms,
        last.end_ms - first.at_ms,
        first.offset,
        last.offset + last.length - first.offset,
    )


def is_playable(codec: str) -> bool:
    """Say whether browsers can be expected to decode it: H.264, and nothing else."""
    return codec.startswith("avc1.")
