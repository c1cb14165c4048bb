"""Watches files grow on the disk and rows follow them: how long footage is unknown."""

import asyncio
from pathlib import Path

from sqlalchemy import select

from models.kit.clock import SystemClock
from models.kit.database import Database
from models.recording import Recording

_LOOK_S = 0.1
_STILL_OPEN_S = 30.0  # a file untouched for longer is closed and known


class RowWatch:
    """``waits_s`` has, per fragment, the seconds from its write to a row that covers it."""

    def __init__(self, folder: Path, database: Database) -> None:
        self._folder = folder
        self._database = database
        self._clock = SystemClock()
        self._unknown: dict[tuple[str, int], float] = {}  # path and size → when it was written
        self._sizes: dict[str, int] = {}
        self.waits_s: list[float] = []

    async def run(self, for_s: float) -> None:
        """Look for so long. Rows that never come count with the time they have been missing."""
        deadline = self._clock.monotonic() + for_s
        await asyncio.to_thread(self._look_at_files)
        self._unknown.clear()  # what was there before has no known beginning
        while self._clock.monotonic() < deadline:
            await asyncio.to_thread(self._look_at_files)
            await self._look_at_rows()
            await asyncio.sleep(_LOOK_S)
        now = self._clock.now().timestamp()
        self.waits_s += [now - at for at in self._unknown.values() if now - at > _LOOK_S * 20]

    def _look_at_files(self) -> None:
        now = self._clock.now().timestamp()
        for file in self._folder.glob("*/*/*/*.mp4"):
            there = file.stat()
            path = str(file.relative_to(self._folder))
            if now - there.st_mtime < _STILL_OPEN_S and there.st_size > self._sizes.get(path, 0):
                self._sizes[path] = there.st_size
                self._unknown[path, there.st_size] = there.st_mtime

    async def _look_at_rows(self) -> None:
        paths = {path for path, _ in self._unknown}
        query = select(Recording.path, Recording.size_bytes).where(Recording.path.in_(paths))
        async with self._database.read() as session:
            known = dict((await session.execute(query)).tuples().all())
        now = self._clock.now().timestamp()
        for path, size in list(self._unknown):
            if known.get(path, 0) >= size:
                self.waits_s.append(now - self._unknown.pop((path, size)))
