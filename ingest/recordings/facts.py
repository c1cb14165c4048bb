"""What the recorder tells the index: the newest state of a file, and spans without footage."""

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import PurePosixPath
from uuid import UUID

from ingest.cameras.access_unit import TIMESCALE
from ingest.recordings.boxes import FragmentPlace
from models.kit.errors import InvalidInput
from models.observations import StreamKind, StreamState

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ROW = struct.Struct("<4I")


class GapReason(StrEnum):
    CAMERA_DOWN = "camera_down"
    STALLED = "stalled"
    AUTH_FAILED = "auth_failed"
    UNSUPPORTED = "unsupported"
    NODE_DOWN = "node_down"
    DISK_FULL = "disk_full"
    DISK_SLOW = "disk_slow"
    DISK_READ_ONLY = "disk_read_only"
    DISK_MISSING = "disk_missing"
    DISK_WRONG = "disk_wrong"
    DISK_FAILED = "disk_failed"
    FILE_LOST = "file_lost"
    SCHEDULED = "scheduled"  # not to be recorded then; nothing is wrong


GAP_OF_STATE = {
    StreamState.CONNECTING: GapReason.CAMERA_DOWN,
    StreamState.DOWN: GapReason.CAMERA_DOWN,
    StreamState.STALLED: GapReason.STALLED,
    StreamState.AUTH_FAILED: GapReason.AUTH_FAILED,
    StreamState.UNSUPPORTED: GapReason.UNSUPPORTED,
}


@dataclass(frozen=True, slots=True)
class StreamKey:
    """Which stream: a camera's main or sub."""

    camera_id: UUID
    kind: StreamKind


@dataclass(frozen=True, slots=True)
class SegmentFact:
    """All that is known of one file now. A later fact of the same path replaces it.

    ``fragments`` are in file order and not empty.
    """

    stream: StreamKey
    path: str  # relative to the recordings folder
    codec: str
    init_bytes: int
    fragments: tuple[FragmentPlace, ...]
    closed: bool
    sha256: str | None

    @property
    def started_at(self) -> datetime:
        first = self.fragments[0]
        return at_ticks(first.dts + first.cts)

    @property
    def ended_at(self) -> datetime:
        last = self.fragments[-1]
        return at_ticks(last.dts + last.cts + last.duration)

    @property
    def size_bytes(self) -> int:
        return self.fragments[-1].offset + self.fragments[-1].length


@dataclass(frozen=True, slots=True)
class GapFact:
    """A span without footage; ``ended_at`` None while it lasts."""

    stream: StreamKey
    started_at: datetime
    ended_at: datetime | None
    reason: GapReason


Fact = SegmentFact | GapFact


def at_ticks(ticks: int) -> datetime:
    """Return the aware UTC time of 90 kHz Unix ticks, exact to the microsecond."""
    seconds, rest = divmod(ticks, TIMESCALE)
    return _EPOCH + timedelta(seconds=seconds, microseconds=rest * 1_000_000 // TIMESCALE)


def to_ticks(at: datetime) -> int:
    since = at - _EPOCH
    return (since.days * 86_400 + since.seconds) * TIMESCALE + since.microseconds * 9 // 100


def pack_gops(fragments: Sequence[FragmentPlace]) -> bytes:
    """Pack (offset_ms, duration_ms, byte offset, byte length) of each, as table recording wants."""
    start = fragments[0].dts + fragments[0].cts
    per_ms = TIMESCALE // 1000
    return b"".join(
        _ROW.pack(max(f.dts + f.cts - start, 0) // per_ms, f.duration // per_ms, f.offset, f.length)
        for f in fragments
    )


def unpack_gops(packed: bytes) -> Iterable[tuple[int, int, int, int]]:
    """Yield (offset_ms, duration_ms, byte offset, byte length)."""
    return _ROW.iter_unpack(packed)


def segment_path(stream: StreamKey, start_ticks: int) -> PurePosixPath:
    """Return where a file that starts then belongs: <camera>/<kind>/<YYYYMMDD>/<start ms>.mp4."""
    day = at_ticks(start_ticks).strftime("%Y%m%d")
    name = f"{start_ticks // (TIMESCALE // 1000)}.mp4"
    return PurePosixPath(str(stream.camera_id), stream.kind.value, day, name)


def stream_of(path: PurePosixPath) -> StreamKey:
    """Return whose file it is.

    Raises:
        InvalidInput: the path is not one that ``segment_path`` makes.
    """
    try:
        camera, kind, _day, name = path.parts
        int(name.removesuffix(".mp4"))
        return StreamKey(UUID(camera), StreamKind(kind))
    except ValueError as error:
        msg = f"{path} is not named like a recording: <camera>/<kind>/<day>/<start ms>.mp4"
        raise InvalidInput(msg) from error
