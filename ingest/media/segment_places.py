"""Where recordings lie that players are reading: a player's byte ranges cost no query each."""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from ingest.recordings.stored_file import StoredFile
from models.kit.clock import Clock
from models.kit.database import Database
from models.kit.errors import NotFound
from models.recording import Recording

_KEPT = 20_000  # at once: a few MB; a two-hour playlist names 720 files
_FRESH_S = 30.0  # how long a row that is being deleted may still be read
_ID_LIMIT = 1 << 63


@dataclass(frozen=True, slots=True)
class SegmentPlace:
    """One recording; ``path`` is below the recordings folder."""

    camera_id: UUID
    path: str
    started_at: datetime
    ended_at: datetime


class SegmentPlaces:
    """Recordings by id, each for as long as its row may be believed. Lives on the event loop."""

    def __init__(self, database: Database, node_name: str, clock: Clock) -> None:
        self._database = database
        self._node_name = node_name
        self._clock = clock
        self._known: OrderedDict[int, tuple[float, SegmentPlace]] = OrderedDict()

    def __len__(self) -> int:
        """Return how many are kept."""
        return len(self._known)

    def remember(self, camera_id: UUID, files: Iterable[StoredFile]) -> None:
        """Keep what a playlist just read: its files are asked for next."""
        for file in files:
            place = SegmentPlace(camera_id, file.path, file.started_at, file.ended_at)
            self._keep(file.recording_id, place)

    def forget(self, recording_id: int) -> None:
        self._known.pop(recording_id, None)

    async def find(self, recording_id: int) -> SegmentPlace:
        """Return where a recording of this node is.

        Raises:
            NotFound: there is none, or it is being deleted.
        """
        known = self._known.get(recording_id)
        if known is not None and self._clock.monotonic() - known[0] < _FRESH_S:
            return known[1]
        self.forget(recording_id)
        place = await self._read(recording_id)
        self._keep(recording_id, place)
        return place

    async def _read(self, recording_id: int) -> SegmentPlace:
        row = None
        if 0 < recording_id < _ID_LIMIT:
            query = select(
                Recording.camera_id, Recording.path, Recording.started_at, Recording.ended_at
            ).where(
                Recording.id == recording_id,
                Recording.node_name == self._node_name,
                Recording.deleting_at.is_(None),
            )
            async with self._database.read() as session:
                row = (await session.execute(query)).one_or_none()
        if row is None:
            msg = f"This node has no recording {recording_id}; it may have been deleted."
            raise NotFound(msg)
        return SegmentPlace(*row)

    def _keep(self, recording_id: int, place: SegmentPlace) -> None:
        now_s = self._clock.monotonic()
        self._known[recording_id] = (now_s, place)
        self._known.move_to_end(recording_id)
        while len(self._known) > _KEPT or self._oldest_s() <= now_s - _FRESH_S:
            self._known.popitem(last=False)

    def _oldest_s(self) -> float:
        return next(iter(self._known.values()))[0]
