"""Which streams this node reads: from the database, or as it last was while that is away."""

import asyncio
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, tuple_

from ingest.cameras.address import Credentials, put_together
from ingest.cameras.schedule import Schedule
from ingest.cameras.schedules import load_schedules
from models.camera import Camera, Stream
from models.kit.database import Database
from models.kit.errors import SettingsError
from models.kit.log import get
from models.kit.secret import load_key, seal, unseal
from models.kit.settings import Settings
from models.observations import StreamKind
from models.recording import Recording

log = get(__name__)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One stream to read. ``url`` holds the password and lives in memory only."""

    camera_id: UUID
    kind: StreamKind
    url: str = field(repr=False)
    recorded: bool
    transport: str = "tcp"
    code: str = field(default="", compare=False)  # of the camera; a new name is no new stream
    schedule: Schedule | None = field(default=None, compare=False)  # None: recorded always


class Roster:
    """The list and its sealed copy on disk, so that a node can start without its database."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._node = settings.media_node
        self._segment_s = settings.segment_s
        self._database = database
        self._key = load_key(settings)
        worker = f"-{settings.media_worker}" if settings.media_worker else ""  # each its own copy
        self._copy = settings.state_dir / f"cameras-{settings.media_node}{worker}.sealed"
        self._saved = ""

    async def read(self) -> list[Wanted]:
        """Return the enabled streams of this node.

        Raises:
            one of AWAY: the database did not answer.
        """
        query = (
            select(
                Stream.camera_id,
                Stream.kind,
                Stream.url,
                Stream.recorded,
                Stream.transport,
                Camera.credentials,
                Camera.code,
            )
            .join(Camera, Camera.id == Stream.camera_id)
            .where(Camera.node_name == self._node, Camera.enabled)
            .order_by(Stream.camera_id, Stream.kind)
        )
        async with self._database.read() as session:
            rows = (await session.execute(query)).all()
            schedules = await load_schedules(session, self._node)
        found = [
            Wanted(
                row.camera_id,
                StreamKind(row.kind),
                put_together(row.url, self._open(row.camera_id, row.credentials)),
                row.recorded,
                row.transport,
                row.code,
                schedules.get(row.camera_id),
            )
            for row in rows
        ]
        copy = json.dumps([_row(want) for want in found])
        if copy != self._saved:
            await asyncio.to_thread(self._save, copy)
            self._saved = copy
        return found

    async def footage_ahead(
        self, streams: Sequence[tuple[UUID, StreamKind]], now: datetime
    ) -> dict[tuple[UUID, StreamKind], datetime]:
        """Return where footage ends that lies after ``now``: the clock was set back meanwhile.

        Raises:
            one of AWAY: the database did not answer.
        """
        longest = timedelta(seconds=2 * self._segment_s)
        end = func.max(Recording.ended_at)
        query = (
            select(
                Recording.camera_id,
                Recording.stream_kind,
                end.label("end"),
                func.bool_and(Recording.closed).label("closed"),
            )
            .where(
                tuple_(Recording.camera_id, Recording.stream_kind).in_(
                    [(camera_id, kind.value) for camera_id, kind in streams]
                ),
                Recording.started_at > now - longest,
                Recording.ended_at > now,
            )
            .group_by(Recording.camera_id, Recording.stream_kind)
        )
        async with self._database.read() as session:
            rows = (await session.execute(query)).all()
        return {  # an open file may have grown after its row was written
            (row.camera_id, StreamKind(row.stream_kind)): row.end
            if row.closed
            else row.end + longest / 2
            for row in rows
        }

    async def last_known(self) -> list[Wanted]:
        """Return the list as it was when the database last answered; empty if it never did."""
        return await asyncio.to_thread(self._load)

    def _open(self, camera_id: UUID, sealed: bytes | None) -> Credentials | None:
        if sealed is None:
            return None
        try:
            return Credentials.from_json(unseal(self._key, sealed))
        except SettingsError as error:  # the camera will refuse us, and its state says so
            log.error("credentials.unreadable", camera_id=str(camera_id), error=error.detail)
            return None

    def _save(self, copy: str) -> None:
        fresh = self._copy.with_name(self._copy.name + ".new")
        try:
            self._copy.parent.mkdir(parents=True, exist_ok=True)
            fresh.unlink(missing_ok=True)
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(seal(self._key, copy))
            fresh.replace(self._copy)
            self._copy.with_suffix(".json").unlink(missing_ok=True)  # 0.1 wrote it in the clear
        except OSError as error:
            log.warning("roster.not_saved", error=str(error))

    def _load(self) -> list[Wanted]:
        try:
            rows = json.loads(unseal(self._key, self._copy.read_bytes()))
            return [
                Wanted(
                    *(UUID(c), StreamKind(k), str(u), bool(r), str(t), str(name)),
                    schedule=Schedule.from_json(told) if told else None,
                )
                for c, k, u, r, t, name, told in rows
            ]
        except FileNotFoundError:
            return []
        except (
            OSError,
            SettingsError,
            ValueError,
            TypeError,
            AttributeError,
            LookupError,
        ) as error:
            log.warning("roster.unreadable", path=self._copy.name, error=str(error))
            return []


def _row(want: Wanted) -> list[str | bool | None]:
    schedule = None if want.schedule is None else want.schedule.to_json()
    camera_id, kind = str(want.camera_id), want.kind.value
    return [camera_id, kind, want.url, want.recorded, want.transport, want.code, schedule]
