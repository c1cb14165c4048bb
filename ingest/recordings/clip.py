"""Cuts clips for people: whole GOPs joined, never re-encoded, with a manifest of their sources."""

import asyncio
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from ingest.outage import AWAY
from ingest.recordings import archive
from ingest.recordings.archive import GapSpan, SegmentSpan
from ingest.recordings.clip_file import CutRefused, JoinedClip, join
from ingest.recordings.metrics import CLIPS as CLIPS_DECIDED
from ingest.recordings.rescan import CLIPS
from ingest.wake import any_of
from models.camera import Camera
from models.kit import bus
from models.kit.clock import Clock
from models.kit.database import Database
from models.kit.log import get
from models.kit.settings import Settings
from models.observations import StreamKind
from models.recording import Clip
from models.workers import owned_by

log = get(__name__)
_LOOK_S = 2.0
_PATIENCE = timedelta(seconds=30)  # a file that is still open by then is cut as it is


class ClipDesk:
    """Makes every clip asked of this worker's cameras; those left over from before come first."""

    def __init__(self, settings: Settings, database: Database, clock: Clock) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock
        self._owns = owned_by(settings)

    async def run(self, stop: asyncio.Event, wake: asyncio.Event) -> None:
        while not stop.is_set():
            wake.clear()
            try:
                await self.make_asked()
            except AWAY as error:
                log.warning("clips.waiting", error=str(error))
            await any_of(stop, wake, timeout_s=_LOOK_S)

    async def make_asked(self) -> int:
        """Make what is asked and can be made now; return how many clips were decided."""
        query = (
            select(Clip)
            .join(Camera, Camera.id == Clip.camera_id)
            .where(Clip.state == "requested", Camera.node_name == self._settings.media_node)
            .order_by(Clip.requested_at)
        )
        async with self._database.read() as session:
            asked = [clip for clip in await session.scalars(query) if self._owns(clip.camera_id)]
        return sum([await self._make(clip) for clip in asked])

    async def _make(self, clip: Clip) -> bool:
        async with self._database.read() as session:
            kind, spans = await self._footage(session, clip)
            gaps = await archive.gaps(session, clip.camera_id, kind, clip.starts_at, clip.ends_at)
        if self._must_wait(clip, spans):
            return False
        folder = self._settings.recordings_path / CLIPS
        try:
            joined = await asyncio.to_thread(
                join,
                self._settings.recordings_path,
                folder / f"{clip.id}.mp4",
                spans,
                clip.starts_at,
                clip.ends_at,
            )
        except (CutRefused, OSError) as error:
            await self._decide(clip.id, {"state": "failed", "detail": str(error)})
            return True
        manifest = self._manifest(clip, kind, joined, gaps)
        await self._decide(
            clip.id,
            {
                "state": "ready",
                "detail": _shortfall(clip, joined),
                "path": f"{CLIPS}/{clip.id}.mp4",
                "size_bytes": joined.size_bytes,
                "sha256": joined.sha256,
                "delivered_s": joined.delivered_s,
                "manifest": manifest,
                "ready_at": self._clock.now(),
            },
        )
        return True

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

    def _must_wait(self, clip: Clip, spans: list[SegmentSpan]) -> bool:
        """Say whether the end of the span is still being written, so that its hash is unknown."""
        now = self._clock.now()
        if now < clip.ends_at:
            return True
        being_written = not spans or not all(span.closed for span in spans)
        return being_written and now < clip.ends_at + _PATIENCE

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

    def _manifest(
        self, clip: Clip, kind: StreamKind, joined: JoinedClip, gaps: list[GapSpan]
    ) -> dict[str, object]:
        return {
            "version": 1,
            "clip_id": str(clip.id),
            "camera_id": str(clip.camera_id),
            "complaint_id": str(clip.complaint_id) if clip.complaint_id else None,
            "stream": kind.value,
            "node": self._settings.media_node,
            "requested_by": str(clip.requested_by),
            "reason": clip.reason,
            "made_at": self._clock.now().isoformat(),
            "requested": {
                "starts_at": clip.starts_at.isoformat(),
                "ends_at": clip.ends_at.isoformat(),
                "seconds": (clip.ends_at - clip.starts_at).total_seconds(),
            },
            "delivered": {
                "first_picture_at": joined.first_picture_at.isoformat(),
                "last_picture_ends_at": joined.ends_at.isoformat(),
                "seconds": joined.delivered_s,
            },
            "file": {
                "name": f"{clip.id}.mp4",
                "size_bytes": joined.size_bytes,
                "sha256": joined.sha256,
                "codec": joined.codec,
                "encoding": "fragments of the sources joined as they were recorded; "
                "only fragment numbers and decoding times were rewritten, to start at 0",
            },
            "sources": [
                {
                    "path": source.path,
                    "sha256": source.sha256,
                    "intact": source.intact,
                    "first_byte": source.first_byte,
                    "bytes": source.length,
                    "starts_at": source.starts_at.isoformat(),
                    "ends_at": source.ends_at.isoformat(),
                }
                for source in joined.sources
            ],
            "left_out": list(joined.left_out),
            "gaps": [
                {
                    "started_at": gap.started_at.isoformat(),
                    "ended_at": gap.ended_at.isoformat() if gap.ended_at else None,
                    "reason": gap.reason,
                }
                for gap in gaps
            ],
        }


def _shortfall(clip: Clip, joined: JoinedClip) -> str:
    requested_s = (clip.ends_at - clip.starts_at).total_seconds()
    missing_s = requested_s - joined.delivered_s
    if missing_s < 0.5:
        return ""
    return f"{missing_s:.0f} of {requested_s:.0f} s were not recorded; the manifest says why"
