"""Which streams this node reads: from the database, or as it last was while that is away."""

import asyncio
import json
import os
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from models.camera import Camera, Stream
from models.kit.database import Database
from models.kit.log import get
from models.kit.settings import Settings
from models.observations import StreamKind

log = get(__name__)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One stream to read. ``url`` may hold a password."""

    camera_id: UUID
    kind: StreamKind
    url: str
    recorded: bool


class Roster:
    """The list and its copy on disk (mode 0600), so that a node can start without its database."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._node = settings.media_node
        self._database = database
        worker = f"-{settings.media_worker}" if settings.media_worker else ""  # each its own copy
        self._copy = settings.state_dir / f"cameras-{settings.media_node}{worker}.json"
        self._saved: list[Wanted] | None = None

    async def read(self) -> list[Wanted]:
        """Return the enabled streams of this node.

        Raises:
            one of AWAY: the database did not answer.
        """
        query = (
            select(Stream.camera_id, Stream.kind, Stream.url, Stream.recorded)
            .join(Camera, Camera.id == Stream.camera_id)
            .where(Camera.node_name == self._node, Camera.enabled)
            .order_by(Stream.camera_id, Stream.kind)
        )
        async with self._database.read() as session:
            rows = (await session.execute(query)).all()
        found = [Wanted(r.camera_id, StreamKind(r.kind), r.url, r.recorded) for r in rows]
        if found != self._saved:
            await asyncio.to_thread(self._save, found)
            self._saved = found
        return found

    async def last_known(self) -> list[Wanted]:
        """Return the list as it was when the database last answered; empty if it never did."""
        return await asyncio.to_thread(self._load)

    def _save(self, wanted: list[Wanted]) -> None:
        rows = [[str(w.camera_id), w.kind.value, w.url, w.recorded] for w in wanted]
        fresh = self._copy.with_name(self._copy.name + ".new")
        try:
            self._copy.parent.mkdir(parents=True, exist_ok=True)
            fresh.unlink(missing_ok=True)
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as file:
                json.dump(rows, file)
            fresh.replace(self._copy)
        except OSError as error:
            log.warning("roster.not_saved", error=str(error))

    def _load(self) -> list[Wanted]:
        try:
            rows = json.loads(self._copy.read_text())
            return [Wanted(UUID(c), StreamKind(k), str(u), bool(r)) for c, k, u, r in rows]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, TypeError, AttributeError) as error:
            log.warning("roster.unreadable", path=self._copy.name, error=str(error))
            return []
