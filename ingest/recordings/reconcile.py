"""Compares files and rows, both ways, and repairs what differs: nightly, and when a person asks."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from pathlib import Path, PurePosixPath
from uuid import UUID

from sqlalchemy import delete, func, select

from ingest.outage import AWAY
from ingest.recordings.disk import Disk
from ingest.recordings.facts import GapFact, GapReason, stream_of
from ingest.recordings.metrics import MISSING
from ingest.recordings.rescan import CLIPS, read_back
from ingest.recordings.rows import StoredRow, adopt, row_of, rows_of_day, write_gaps
from models.kit import service
from models.kit.clock import Clock
from models.kit.database import Database
from models.kit.errors import InvalidInput
from models.kit.log import get
from models.recording import Recording

log = get(__name__)
_NIGHT = time(22, 0, tzinfo=UTC)  # 03:00 in Astana: offices are closed, the disk is quiet
_FRESH = timedelta(minutes=5)  # what is younger may still be written
_MOST_MISSING = 1_000  # more lost files at once are a fault of the disk, for a person to judge


class Difference(StrEnum):
    MISSING = "missing"  # a row without its file
    UNKNOWN = "unknown"  # a file without its row
    SIZE = "size"  # a file longer or shorter than its row says
    OPEN = "open"  # a row that no run closed, maybe with a torn tail
    UNREADABLE = "unreadable"  # a file that is no recording; never touched


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that differs; ``fixed`` where it was repaired."""

    kind: Difference
    path: str
    detail: str
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class SeenFile:
    size_bytes: int
    changed_at: float  # Unix seconds


def compare(
    rows: Mapping[str, StoredRow],
    files: Mapping[str, SeenFile],
    busy: Collection[str],
    now: datetime,
) -> list[tuple[Difference, str, str]]:
    """Return what differs of one folder: kind, path and what a person should know. Pure.

    Args:
        rows: by path, those being deleted left out.
        files: by path.
        busy: paths that this process writes.
        now: what changed just before is left alone, another process may write it.
    """
    fresh = now - _FRESH
    found: list[tuple[Difference, str, str]] = []
    for path, row in sorted(rows.items()):
        file = files.get(path)
        if path in busy or (not row.closed and row.ended_at > fresh):
            continue
        if file is None:
            span = f"{row.started_at:%Y-%m-%d %H:%M:%S}, {(row.ended_at - row.started_at)} long"
            found.append((Difference.MISSING, path, f"row of {span}"))
        elif not row.closed:
            found.append((Difference.OPEN, path, f"{file.size_bytes} bytes, never closed"))
        elif file.size_bytes != row.size_bytes:
            detail = f"{file.size_bytes} bytes, its row says {row.size_bytes}"
            found.append((Difference.SIZE, path, detail))
    for path, file in sorted(files.items()):
        if path in rows or path in busy or file.changed_at > fresh.timestamp():
            continue
        found.append((Difference.UNKNOWN, path, f"{file.size_bytes} bytes"))
    return found


class Reconcile:
    """One node's comparison, of the cameras that ``owns`` names. Takes no lease of anybody."""

    def __init__(
        self,
        disk: Disk,
        node_name: str,
        database: Database,
        clock: Clock,
        *,
        owns: Callable[[UUID], bool] = lambda _camera_id: True,
        busy: Callable[[], Collection[str]] = tuple,
    ) -> None:
        self._disk = disk
        self._root = disk.root
        self._node = node_name
        self._database = database
        self._clock = clock
        self._owns = owns
        self._busy = busy

    async def nightly(self, stop: asyncio.Event) -> None:
        """Compare and repair every night until ``stop``."""
        while not stop.is_set():
            now = self._clock.now()
            night = datetime.combine(now.date(), _NIGHT)
            pause = (night if night > now else night + timedelta(days=1)) - now
            if await service.wait(stop, pause.total_seconds()):
                return
            try:
                findings = [finding async for finding in self.run(fix=True, until=stop.is_set)]
            except AWAY as error:
                log.error("reconcile.failed", error=str(error))
                continue
            left = sum(not finding.fixed for finding in findings)
            log.info("reconcile.done", differences=len(findings), left=left)

    async def run(
        self, *, fix: bool, until: Callable[[], bool] = lambda: False
    ) -> AsyncIterator[Finding]:
        """Yield what differs; with ``fix`` also repair it; stop early where ``until`` says so.

        Raises:
            DiskRefused: the disk is missing or another: nothing is compared.
            one of AWAY: the database, or the disk.
        """
        await asyncio.to_thread(self._disk.claim)
        missing = 0
        for folder in await self._folders():
            if until():
                return
            async with self._database.read() as session:
                rows = {row.path: row for row in await rows_of_day(session, self._node, folder)}
                gone = {path for path, row in rows.items() if row.deleting}
            files = await asyncio.to_thread(_files_in, self._root, folder)
            live = {path: row for path, row in rows.items() if not row.deleting}
            files = {path: file for path, file in files.items() if path not in gone}
            for kind, path, detail in compare(live, files, self._busy(), self._clock.now()):
                missing += kind is Difference.MISSING
                fixed = fix and await self._fix(kind, path, rows.get(path), missing)
                yield await self._told(kind, path, detail, fixed=fixed)
        MISSING.set(missing)

    async def _told(self, kind: Difference, path: str, detail: str, *, fixed: bool) -> Finding:
        """Say of an unknown file that was not taken whether it is a recording at all."""
        if kind is Difference.UNKNOWN and not fixed:
            try:
                stream_of(PurePosixPath(path))
            except InvalidInput as error:
                return Finding(Difference.UNREADABLE, path, str(error))
        return Finding(kind, path, detail, fixed)

    async def _fix(self, kind: Difference, path: str, row: StoredRow | None, missing: int) -> bool:
        if kind is Difference.MISSING:
            return row is not None and missing <= _MOST_MISSING and await self._lose(row)
        try:
            fact = await asyncio.to_thread(read_back, self._root, PurePosixPath(path))
        except (InvalidInput, OSError) as error:
            log.error("recording.unreadable", path=path, error=str(error))
            return False
        if fact is None:
            return row is None or await self._lose(row)
        if row is not None and row.sha256 not in {None, fact.sha256}:
            log.error("recording.changed", path=path, was=row.sha256, now=fact.sha256)
        async with self._database.transaction() as session:
            await adopt(session, [row_of(fact, self._node, 0)])
        return True

    async def _lose(self, row: StoredRow) -> bool:
        """Let the timeline say that this footage is gone."""
        stream = stream_of(PurePosixPath(row.path))
        gap = GapFact(stream, row.started_at, row.ended_at, GapReason.FILE_LOST)
        async with self._database.transaction() as session:
            await session.execute(delete(Recording).where(Recording.id == row.recording_id))
            await write_gaps(session, [gap])
        return True

    async def _folders(self) -> list[PurePosixPath]:
        """Return every day's folder of own cameras, on disk or in rows."""
        folders = set(await asyncio.to_thread(_day_folders, self._root))
        async with self._database.read() as session:
            spans = await session.execute(
                select(
                    Recording.camera_id,
                    Recording.stream_kind,
                    func.min(Recording.started_at),
                    func.max(Recording.started_at),
                )
                .where(Recording.node_name == self._node)
                .group_by(Recording.camera_id, Recording.stream_kind)
            )
            for camera_id, kind, first_at, last_at in spans:
                day = first_at.date()
                while day <= last_at.date():
                    folders.add(PurePosixPath(str(camera_id), kind, day.strftime("%Y%m%d")))
                    day += timedelta(days=1)
        return sorted(folder for folder in folders if self._is_own(folder))

    def _is_own(self, folder: PurePosixPath) -> bool:
        try:
            return self._owns(UUID(folder.parts[0]))
        except ValueError:
            return False  # somebody else's folder


def _day_folders(root: Path) -> list[PurePosixPath]:
    return [
        PurePosixPath(path.relative_to(root).as_posix())
        for path in root.glob("*/*/*")
        if path.is_dir() and path.parts[-3] != CLIPS
    ]


def _files_in(root: Path, folder: PurePosixPath) -> dict[str, SeenFile]:
    try:
        entries = list(os.scandir(root / folder))
    except FileNotFoundError:
        return {}
    return {
        f"{folder}/{entry.name}": SeenFile(entry.stat().st_size, entry.stat().st_mtime)
        for entry in entries
        if entry.name.endswith(".mp4")
    }
