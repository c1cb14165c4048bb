"""Brings disk and index together at start: after a crash, an outage or a lost database."""

import asyncio
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath
from uuid import UUID

from sqlalchemy import select

from ingest.recordings.boxes import map_file
from ingest.recordings.facts import SegmentFact, StreamKey, stream_of
from ingest.recordings.index import RecordingIndex
from ingest.recordings.metrics import MISSING
from ingest.recordings.rows import rows_of_day
from models.kit.database import Database
from models.kit.errors import InvalidInput
from models.kit.log import get
from models.recording import Recording

log = get(__name__)
_CHUNK = 1024 * 1024
_BATCH = 100
_GOES_ON = timedelta(seconds=1)
_TORN_LIMIT_BYTES = 4096  # a file that died before its first fragment is not larger
CLIPS = "clips"  # folder of cut clips, beside the cameras' own


@dataclass(frozen=True, slots=True)
class RescanReport:
    """Counts of one scan; ``missing`` are paths that the index has and the disk has not."""

    closed: int
    found: int
    unreadable: int
    missing: tuple[str, ...]


class Rescan:
    """One worker's scan: files of cameras that it ``owns``, but not of its present run.

    What another worker is writing (or ``index.own_paths`` says that we are) is never touched.
    """

    def __init__(
        self,
        root: Path,
        node_name: str,
        database: Database,
        index: RecordingIndex,
        *,
        owns: Callable[[UUID], bool] = lambda _camera_id: True,
    ) -> None:
        self._root = root
        self._node_name = node_name
        self._database = database
        self._index = index
        self._owns = owns
        self._begins: list[tuple[StreamKey, datetime]] = []  # where found footage begins anew

    async def recent(self, now: datetime) -> RescanReport:
        """Close what the last run left open and index its newest two days; before anything else."""
        days = {(now - timedelta(days=back)).strftime("%Y%m%d") for back in (0, 1)}
        await self._index.recover()
        closed, torn = await self._close_provisional()
        found = await self._scan(days=days, older=False)
        await self._index.settle_earlier(self._begins)
        self._begins = []
        return RescanReport(closed, found.found, torn + found.unreadable, found.missing)

    async def older(self, now: datetime) -> RescanReport:
        """Index all days that ``recent`` left out; slow on a large archive."""
        days = {(now - timedelta(days=back)).strftime("%Y%m%d") for back in (0, 1)}
        return await self._scan(days=days, older=True)

    async def _close_provisional(self) -> tuple[int, int]:
        async with self._database.read() as session:
            query = select(Recording.camera_id, Recording.path).where(
                Recording.node_name == self._node_name,
                Recording.closed.is_(False),
                Recording.deleting_at.is_(None),
            )
            rows = (await session.execute(query)).all()
        paths = [path for camera_id, path in rows if self._owns(camera_id)]
        here = [p for p in paths if p not in self._index.own_paths and (self._root / p).exists()]
        facts, unreadable = await self._read(here)
        await self._write(facts)
        return len(facts), unreadable

    async def _scan(self, *, days: set[str], older: bool) -> RescanReport:
        found = unreadable = 0
        missing: list[str] = []
        folders = await asyncio.to_thread(_day_folders, self._root)
        for folder in folders:
            if (folder.name in days) == older or not self._is_own(folder):
                continue
            place = PurePosixPath(folder.relative_to(self._root).as_posix())
            on_disk = await asyncio.to_thread(_recordings_in, folder, f"{place}/")
            async with self._database.read() as session:
                rows = await rows_of_day(session, self._node_name, place)
            known = {row.path for row in rows}
            missing += sorted({row.path for row in rows if not row.deleting} - on_disk)
            facts, bad = await self._read(sorted(on_disk - known - self._index.own_paths))
            await self._write(facts)
            self._begins += _begins(facts)
            found += len(facts)
            unreadable += bad
        MISSING.set(len(missing))
        if missing:
            log.error("recordings.missing", count=len(missing), first=missing[0])
        return RescanReport(0, found, unreadable, tuple(missing))

    def _is_own(self, folder: Path) -> bool:
        """Tell whether a day's folder is of an own camera; worker 0 looks at strange ones."""
        try:
            return self._owns(UUID(folder.parts[-3]))
        except ValueError:
            return self._owns(UUID(int=0))

    async def _read(self, paths: Iterable[str]) -> tuple[list[SegmentFact], int]:
        facts: list[SegmentFact] = []
        unreadable = 0
        for path in paths:
            try:
                fact = await asyncio.to_thread(read_back, self._root, PurePosixPath(path))
            except (InvalidInput, OSError) as error:
                unreadable += 1
                log.warning("recording.unreadable", path=path, error=str(error))
                continue
            if fact is not None:
                facts.append(fact)
        return facts, unreadable

    async def _write(self, facts: list[SegmentFact]) -> None:
        for begin in range(0, len(facts), _BATCH):
            batch = facts[begin : begin + _BATCH]
            await self._index.write_found(batch)


def _begins(facts: Iterable[SegmentFact]) -> Iterator[tuple[StreamKey, datetime]]:
    """Yield where footage begins that does not go on from the file before, in order of files."""
    until: datetime | None = None
    for fact in facts:
        if until is None or fact.started_at - until > _GOES_ON:
            yield fact.stream, fact.started_at
        until = fact.ended_at


def read_back(root: Path, path: PurePosixPath) -> SegmentFact | None:
    """Return what a file holds as a closed recording, after cutting off a torn tail. Blocking.

    A file without one whole fragment is removed and None returned.

    Raises:
        InvalidInput: this is not a recording of ours; it is left as it is.
        OSError: the file cannot be read.
    """
    stream = stream_of(path)
    target = root / path
    with target.open("r+b") as file:
        size = os.fstat(file.fileno()).st_size

        def read(offset: int, length: int) -> bytes:
            return os.pread(file.fileno(), length, offset)

        try:
            found = map_file(read, size)
        except InvalidInput:
            if size > _TORN_LIMIT_BYTES:
                raise
            found = None  # the node died within the very first write
        if found is not None and found.fragments and found.whole_bytes < size:
            log.warning("recording.torn", path=str(path), cut_bytes=size - found.whole_bytes)
            file.truncate(found.whole_bytes)
            os.fdatasync(file.fileno())
        digest = _sha256(file.fileno())
    if found is None or not found.fragments:
        target.unlink()
        return None
    return SegmentFact(
        stream,
        str(path),
        found.codec,
        found.init_bytes,
        found.fragments,
        closed=True,
        sha256=digest,
    )


def _sha256(descriptor: int) -> str:
    digest = hashlib.sha256()
    offset = 0
    while chunk := os.pread(descriptor, _CHUNK, offset):
        digest.update(chunk)
        offset += len(chunk)
    return digest.hexdigest()


def _day_folders(root: Path) -> list[Path]:
    return [
        path for path in sorted(root.glob("*/*/*")) if path.parts[-3] != CLIPS and path.is_dir()
    ]


def _recordings_in(folder: Path, prefix: str) -> set[str]:
    return {prefix + entry.name for entry in os.scandir(folder) if entry.name.endswith(".mp4")}
