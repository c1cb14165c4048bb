"""Whether this worker can do all of its work, and which part it cannot. For /readyz."""

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import text

from ingest.look import Look
from ingest.media.revocation import Revocations
from ingest.outage import AWAY
from models.kit.database import Database
from models.kit.settings import Settings

_PATIENCE_S = 3.0


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must be right; ``detail`` is a sentence, also where it is."""

    name: str
    good: bool
    detail: str = ""

    def __str__(self) -> str:
        said = f" - {self.detail}" if self.detail else ""
        return f"{self.name}: {'ok' if self.good else 'no'}{said}"


@dataclass(frozen=True)
class Readiness:
    """Looks at what the worker needs; ``cameras_loaded`` tells whether it knows its cameras."""

    database: Database
    settings: Settings
    revocations: Revocations
    cameras_loaded: Callable[[], bool]

    @cached_property
    def disk_look(self) -> Look[Check]:
        """One look for all who ask: a disk that hangs holds one thread."""
        return Look(self._disk, patience_s=_PATIENCE_S)

    async def look(self) -> list[Check]:
        here = await self._database_answers()
        return [
            self._database(here=here),
            Check(
                "cameras", self.cameras_loaded(), "" if self.cameras_loaded() else "not read yet"
            ),
            await self._disk_answers(),
        ]

    async def _database_answers(self) -> bool:
        try:
            async with asyncio.timeout(_PATIENCE_S), self.database.read() as session:
                await session.execute(text("SELECT 1"))
        except AWAY:  # a timeout is one of them
            return False
        return True

    def _database(self, *, here: bool) -> Check:
        if here:
            return Check("database", good=True)
        heard_at = self.revocations.heard_at
        since = f"{heard_at:%Y-%m-%d %H:%M:%S} UTC" if heard_at else "this process began"
        detail = (
            "recording and live pictures go on, tickets are verified offline; "
            f"sessions ended since {since} are not known here"
        )
        return Check("database", good=False, detail=detail)

    async def _disk_answers(self) -> Check:
        answer = await self.disk_look.take()
        return answer or Check("disk", good=False, detail="the recordings folder does not answer")

    def _disk(self) -> Check:
        try:
            there = os.statvfs(self.settings.recordings_path)
        except OSError as error:
            return Check("disk", good=False, detail=f"{error.strerror}: recordings folder")
        free, reserve = there.f_bavail * there.f_frsize, self.settings.reserve_bytes
        if there.f_flag & os.ST_RDONLY:
            return Check("disk", good=False, detail="the recordings folder is read-only")
        return Check("disk", free >= reserve, f"{free / 1e9:.1f} GB free, {reserve / 1e9:.1f} kept")
