"""Deletes recordings that may go: older than their keep, or the oldest when the disk runs low.

In two steps, so that a crash between them loses nothing and doubles nothing: the file is set aside
under another name while its row is deleted, and only removed after the commit. At start, a file set
aside whose row is still there is put back.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import ColumnElement, any_, delete, exists, not_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from ingest.outage import AWAY
from ingest.recordings.disk import free_bytes
from ingest.recordings.metrics import DELETED, FREE
from models.kit import service
from models.kit.clock import Clock
from models.kit.database import Database
from models.kit.log import get
from models.kit.settings import Settings
from models.recording import Hold, Recording

log = get(__name__)
_EVERY_S = 10.0
_BATCH = 200
_ASIDE = ".deleted"
_LOW = 2  # times the reserve: deleting begins before recording would have to stop


@dataclass(frozen=True, slots=True)
class _Doomed:
    recording_id: int
    path: str
    size_bytes: int


def _held() -> ColumnElement[bool]:
    return exists(
        select(Hold.id).where(
            Hold.released_at.is_(None),
            Recording.camera_id == any_(Hold.camera_ids),
            Hold.starts_at < Recording.ended_at,
            Hold.ends_at > Recording.started_at,
        )
    )


class Retention:
    """The deleting side of one node's recordings."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        clock: Clock,
        *,
        free: Callable[[Path], int] = free_bytes,
    ) -> None:
        self._settings = settings
        self._root = settings.recordings_path
        self._database = database
        self._clock = clock
        self._free = free

    async def run(self, stop: asyncio.Event) -> None:
        restored = False
        while not stop.is_set():
            try:
                if not restored:
                    await self.put_back()
                    restored = True
                await self.sweep()
            except AWAY as error:
                log.warning("retention.waiting", error=str(error))
            await service.wait(stop, _EVERY_S)

    async def sweep(self) -> int:
        """Delete what may go now; return how many recordings went."""
        oldest = self._clock.now() - timedelta(days=self._settings.recordings_keep_days)
        gone = 0
        while (batch := await self._delete(Recording.ended_at < oldest, None)) > 0:
            gone += batch
        free = self._free(self._root)
        FREE.set(free)
        wanted = self._settings.reserve_bytes * _LOW - free
        if wanted > 0:
            freed = await self._delete(Recording.closed.is_(True), wanted)
            gone += freed
            if not freed:
                log.error("retention.nothing_to_delete", missing_bytes=wanted)
        if gone:
            DELETED.inc(gone)
            log.info("retention.deleted", recordings=gone)
        return gone

    async def put_back(self) -> None:
        """Finish or undo what a crash left half done."""
        aside = await asyncio.to_thread(lambda: sorted(self._root.glob(f"*/*/*/*{_ASIDE}")))
        for file in aside:
            whole = file.with_name(file.name.removesuffix(_ASIDE))
            path = whole.relative_to(self._root).as_posix()
            async with self._database.read() as session:
                known = await session.scalar(
                    select(Recording.id).where(
                        Recording.node_name == self._settings.media_node, Recording.path == path
                    )
                )
            await asyncio.to_thread(file.unlink if known is None else _renamer(file, whole))

    async def _delete(self, which: ColumnElement[bool], enough_bytes: int | None) -> int:
        async with self._database.read() as session:
            if not await self._choose(session, which, enough_bytes):
                return 0  # the usual case, without a lock
        aside: list[tuple[Path, Path]] = []
        try:
            async with self._database.transaction() as session:
                # A hold made meanwhile waits for this commit, then finds the files gone or kept.
                await session.execute(text("LOCK TABLE hold IN SHARE MODE"))
                doomed = await self._choose(session, which, enough_bytes)
                for each in doomed:
                    file = self._root / each.path
                    aside.append((file, file.with_name(file.name + _ASIDE)))
                await asyncio.to_thread(_set_aside, aside)
                await session.execute(
                    delete(Recording).where(Recording.id.in_([d.recording_id for d in doomed]))
                )
        except BaseException:
            _put_back(aside)
            raise
        await asyncio.to_thread(_remove, aside)
        return len(doomed)

    async def _choose(
        self, session: AsyncSession, which: ColumnElement[bool], enough_bytes: int | None
    ) -> Sequence[_Doomed]:
        query = (
            select(Recording.id, Recording.path, Recording.size_bytes)
            .where(
                Recording.node_name == self._settings.media_node,
                Recording.closed.is_(True),
                which,
                not_(_held()),
            )
            .order_by(Recording.started_at)
            .limit(_BATCH)
        )
        doomed = [_Doomed(r.id, r.path, r.size_bytes) for r in await session.execute(query)]
        if enough_bytes is None:
            return doomed
        chosen: list[_Doomed] = []
        for each in doomed:
            if enough_bytes <= 0:
                break
            chosen.append(each)
            enough_bytes -= each.size_bytes
        return chosen


def _renamer(old: Path, new: Path) -> Callable[[], Path]:
    return lambda: old.rename(new)


def _set_aside(files: Sequence[tuple[Path, Path]]) -> None:
    for file, aside in files:
        if file.exists():
            file.rename(aside)


def _put_back(files: Sequence[tuple[Path, Path]]) -> None:
    for file, aside in files:
        if aside.exists():
            aside.rename(file)


def _remove(files: Sequence[tuple[Path, Path]]) -> None:
    for file, aside in files:
        aside.unlink(missing_ok=True)
        if file.parent.is_dir() and not any(file.parent.iterdir()):
            file.parent.rmdir()
