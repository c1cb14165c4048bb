"""Cuts clips for people: whole GOPs joined, never re-encoded, with a manifest of their sources."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from ingest.outage import AWAY
from ingest.recordings import archive, clip_manifest, gap_words
from ingest.recordings.archive import GapSpan, SegmentSpan
from ingest.recordings.clip_file import CutRefused, CutStopped, JoinedClip, Room, join
from ingest.recordings.metrics import CLIPS as CLIPS_DECIDED
from ingest.recordings.rescan import CLIPS
from ingest.wake import any_of
from models.camera import Camera
from models.kit import bus
from models.kit.clock import Clock
from models.kit.database import Database
from models.kit.log import get
from models.kit.secret import load_key
from models.kit.settings import Settings
from models.observations import StreamKind
from models.recording import Clip
from models.workers import owned_by

log = get(__name__)
_LOOK_S = 2.0  # while a clip waits for the end of its span to be recorded
_IDLE_S = 10.0  # else; a notice tells of a new one, and one whose notice was lost waits so long
_PATIENCE = timedelta(seconds=30)  # what is not recorded by then will not be


class ClipDesk:
    """Makes every clip asked of this worker's cameras; those left over from before come first.

    A clip stays ``requested`` until its film and manifest are whole, so one that a crash or a stop
    interrupted is simply made again.
    """

    def __init__(self, settings: Settings, database: Database, clock: Clock) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock
        self._key = load_key(settings)
        self._owns = owned_by(settings)
        self._room = Room(settings.recordings_path, settings.reserve_bytes)
        self._desks = asyncio.Semaphore(settings.clips_at_once)
        self._making: dict[UUID, asyncio.Task[bool]] = {}
        self._waiting = True

    async def run(self, stop: asyncio.Event, wake: asyncio.Event) -> None:
        while not stop.is_set():
            wake.clear()
            try:
                await self._begin_asked()
            except AWAY as error:
                self._waiting = True
                log.warning("clips.waiting", error=str(error))
            await any_of(stop, wake, timeout_s=_LOOK_S if self._waiting else _IDLE_S)
        self._room.stop.set()
        await asyncio.gather(*self._making.values(), return_exceptions=True)

    async def make_asked(self) -> int:
        """Make what is asked and can be made now; return how many clips were decided."""
        return sum(await asyncio.gather(*await self._begin_asked()))

    async def _begin_asked(self) -> list[asyncio.Task[bool]]:
        """Begin what nobody has begun; a long clip does not keep a short one waiting."""
        query = (
            select(Clip)
            .join(Camera, Camera.id == Clip.camera_id)
            .where(Clip.state == "requested", Camera.node_name == self._settings.media_node)
            .order_by(Clip.requested_at)
        )
        async with self._database.read() as session:
            asked = [clip for clip in await session.scalars(query) if self._owns(clip.camera_id)]
        self._waiting = bool(asked)
        begun = []
        for clip in asked:
            if clip.id not in self._making:
                task = asyncio.create_task(self._in_turn(clip))
                self._making[clip.id] = task
                task.add_done_callback(partial(self._ended, clip.id))
                begun.append(task)
        return begun

    def _ended(self, clip_id: UUID, task: asyncio.Task[bool]) -> None:
        del self._making[clip_id]
        if not task.cancelled() and (error := task.exception()) is not None:
            log.critical("clip.desk_failed", clip_id=str(clip_id), exc_info=error)

    async def _in_turn(self, clip: Clip) -> bool:
        async with self._desks:
            try:
                return await self._make(clip)
            except CutStopped:
                return False
            except AWAY as error:
                log.warning("clip.waiting", clip_id=str(clip.id), error=str(error))
                return False

    async def _make(self, clip: Clip) -> bool:
        async with self._database.read() as session:
            kind, spans = await self._footage(session, clip)
            gaps = await archive.gaps(session, clip.camera_id, kind, clip.starts_at, clip.ends_at)
        if self._must_wait(clip, spans, gaps):
            return False
        target = self._settings.recordings_path / CLIPS / f"{clip.id}.mp4"
        try:
            joined = await asyncio.to_thread(
                join, self._room, target, spans, clip.starts_at, clip.ends_at
            )
        except CutRefused as error:
            await self._refuse(clip, str(error), [] if spans else gaps)
            return True
        except OSError as error:
            log.error("clip.not_written", clip_id=str(clip.id), error=str(error))
            reason = f"the clip could not be written: {error.strerror or error}"
            await self._refuse(clip, reason, [])
            return True
        await self._finish(clip, kind, joined, gaps)
        return True

    async def _finish(
        self, clip: Clip, kind: StreamKind, joined: JoinedClip, gaps: Sequence[GapSpan]
    ) -> None:
        now = self._clock.now()
        said = clip_manifest.manifest(clip, kind, joined, gaps, self._settings.media_node)
        columns: dict[str, object] = {
            "state": "ready",
            "detail": _shortfall(clip, joined),
            "path": f"{CLIPS}/{clip.id}.mp4",
            "size_bytes": joined.size_bytes,
            "sha256": joined.sha256,
            "delivered_s": joined.delivered_s,
            "manifest": clip_manifest.sealed(said, now, self._key),
            "ready_at": now,
        }
        await self._decide(clip.id, columns)

    async def _refuse(self, clip: Clip, reason: str, gaps: Sequence[GapSpan]) -> None:
        why = gap_words.told(gaps)
        detail = f"{reason}: {why}" if why else reason
        await self._decide(clip.id, {"state": "failed", "detail": detail})

    async def _footage(
        self, session: AsyncSession, clip: Clip
    ) -> tuple[StreamKind, list[SegmentSpan]]:
        """Return the main stream's files, or the sub stream's where main was not recorded."""
        for kind in (StreamKind.MAIN, StreamKind.SUB):
            spans = await archive.segments(
                session,
                clip.camera_id,
                kind,
                clip.starts_at,
                clip.ends_at,
                node_name=self._settings.media_node,
            )
            if spans:
                return kind, spans
        return StreamKind.MAIN, []

    def _must_wait(self, clip: Clip, spans: Sequence[SegmentSpan], gaps: Sequence[GapSpan]) -> bool:
        """Say whether the end of the span may still be recorded; whole GOPs suffice, also open."""
        now = self._clock.now()
        if now < clip.ends_at:
            return True
        known: list[datetime] = [span.ended_at for span in spans]
        known += [gap.ended_at or now for gap in gaps]
        return max(known, default=clip.starts_at) < clip.ends_at <= now < clip.ends_at + _PATIENCE

    async def _decide(self, clip_id: UUID, columns: dict[str, object]) -> None:
        async with self._database.transaction() as session:
            clip = await session.get_one(Clip, clip_id, with_for_update=True)
            for name, value in columns.items():
                setattr(clip, name, value)
            notice = {
                "id": str(clip.id),
                "camera_id": str(clip.camera_id),
                "complaint_id": str(clip.complaint_id) if clip.complaint_id else None,
                "state": clip.state,
            }
            bus.announce(session, "clip", clip.id, notice)
        CLIPS_DECIDED.labels(columns["state"]).inc()
        log.info("clip.decided", clip_id=str(clip_id), state=columns["state"])


def _shortfall(clip: Clip, joined: JoinedClip) -> str:
    requested_s = (clip.ends_at - clip.starts_at).total_seconds()
    missing_s = requested_s - joined.delivered_s
    if missing_s < 0.5:
        return ""
    return f"{missing_s:.0f} of {requested_s:.0f} s were not recorded; the manifest says why"
