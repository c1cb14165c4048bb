"""What the database does not know yet, kept in a file: survives the node, bounded, append-only.

One line a fact: CRC-32 in hex, a space, a JSON array. A torn or damaged line is left out; all
others count. Blocking, except for ``size_bytes``; called by one thread at a time.
"""

import json
import os
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from ingest.recordings.boxes import FragmentPlace
from ingest.recordings.facts import Fact, GapFact, GapReason, SegmentFact, StreamKey
from models.kit.log import get
from models.observations import StreamKind

log = get(__name__)
LIMIT_BYTES = 256 * 1024 * 1024  # an hour of 400 cameras is a third of it
_PLACE = 5  # numbers a fragment


@dataclass(frozen=True, slots=True)
class RunBegan:
    """A line of the journal: the facts after it are those of another run of the node."""

    at: datetime


Entry = Fact | RunBegan


class Journal:
    """The file of one process; ``begin`` it before anything else."""

    def __init__(self, path: Path, *, limit_bytes: int = LIMIT_BYTES) -> None:
        self._path = path
        self._limit_bytes = limit_bytes
        self._descriptor: int | None = None
        self.size_bytes = 0

    def begin(self, at: datetime) -> None:
        """Open the file, cut off a torn tail and note that a new run begins.

        Raises:
            OSError: the file cannot be opened.
        """
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o640)
        self.size_bytes = _end_of_lines(self._descriptor)
        self._cut()
        self._write(_line(RunBegan(at)))

    def append(self, facts: Iterable[Fact]) -> bool:
        """Keep these facts; False where files were left out, since the journal is full.

        Raises:
            OSError: nothing was kept; the journal is as it was.
        """
        kept = list(facts)
        lines = b"".join(map(_line, kept))
        fits = self.size_bytes + len(lines) <= self._limit_bytes
        if not fits:  # a file can be found again on disk, a reason cannot
            lines = b"".join(_line(fact) for fact in kept if isinstance(fact, GapFact))
        self._write(lines)
        return fits

    def entries(self) -> Iterator[Entry]:
        """Yield everything that is kept, oldest first, lines appended meanwhile included."""
        damaged = 0
        with self._path.open("rb") as file:
            for line in file:
                if not line.endswith(b"\n"):
                    break
                entry = _entry(line)
                if entry is None:
                    damaged += 1
                else:
                    yield entry
        if damaged:
            log.error("journal.damaged", lines=damaged, path=self._path.name)

    def replace(self, facts: Iterable[Fact]) -> None:
        """Keep these facts and nothing else.

        Raises:
            OSError: the journal is as it was.
        """
        lines = b"".join(map(_line, facts))
        if not lines:
            self.size_bytes = 0
            self._cut()
            return
        fresh = self._path.with_name(self._path.name + ".new")
        descriptor = os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o640)
        try:
            _write_all(descriptor, lines)
            os.fdatasync(descriptor)
            fresh.replace(self._path)
        except OSError:
            os.close(descriptor)
            raise
        self.close()
        self._descriptor, self.size_bytes = descriptor, len(lines)

    def close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _write(self, lines: bytes) -> None:
        if self._descriptor is None:
            msg = "the journal was not begun"
            raise OSError(msg)
        try:
            _write_all(self._descriptor, lines)
            os.fdatasync(self._descriptor)
        except OSError:
            self._cut()
            raise
        self.size_bytes += len(lines)

    def _cut(self) -> None:
        """Let the file end after its last whole line."""
        if self._descriptor is not None:
            os.ftruncate(self._descriptor, self.size_bytes)
            os.lseek(self._descriptor, self.size_bytes, os.SEEK_SET)


def _write_all(descriptor: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _end_of_lines(descriptor: int) -> int:
    """Return where the last whole line ends."""
    end = os.fstat(descriptor).st_size
    while end > 0:
        begin = max(end - 65_536, 0)
        found = os.pread(descriptor, end - begin, begin).rfind(b"\n")
        if found >= 0:
            return begin + found + 1
        end = begin
    return 0


def _line(entry: Entry) -> bytes:
    content = json.dumps(_columns(entry), separators=(",", ":")).encode()
    return b"%08x %s\n" % (zlib.crc32(content), content)


def _columns(entry: Entry) -> list[Any]:
    if isinstance(entry, RunBegan):
        return ["run", entry.at.isoformat()]
    stream = [str(entry.stream.camera_id), entry.stream.kind.value]
    if isinstance(entry, GapFact):
        end = entry.ended_at and entry.ended_at.isoformat()
        return ["gap", *stream, entry.started_at.isoformat(), end, entry.reason.value]
    places = [n for f in entry.fragments for n in (f.dts, f.duration, f.cts, f.offset, f.length)]
    return ["file", *stream, entry.path, entry.codec, entry.init_bytes, entry.sha256, places]


def _entry(line: bytes) -> Entry | None:
    """Return what a line says; None where it is damaged."""
    checksum, _, content = line.rstrip(b"\n").partition(b" ")
    try:
        if int(checksum, 16) != zlib.crc32(content):
            return None
        match json.loads(content):
            case ["run", at]:
                return RunBegan(datetime.fromisoformat(at))
            case ["gap", camera, kind, begin, end, reason]:
                ended_at = end and datetime.fromisoformat(end)
                started_at = datetime.fromisoformat(begin)
                return GapFact(_stream(camera, kind), started_at, ended_at, GapReason(reason))
            case ["file", camera, kind, path, codec, init_bytes, sha256, places]:
                fragments = tuple(
                    FragmentPlace(*places[at : at + _PLACE]) for at in range(0, len(places), _PLACE)
                )
                stream = _stream(camera, kind)
                return SegmentFact(
                    stream, path, codec, init_bytes, fragments, closed=True, sha256=sha256
                )
    except (ValueError, TypeError):
        return None
    return None


def _stream(camera: str, kind: str) -> StreamKey:
    return StreamKey(UUID(camera), StreamKind(kind))
