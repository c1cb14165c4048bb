"""Recordings on disk and in the index, written by the product itself."""

import itertools
import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from ingest.cameras.assembler import CodedPicture
from ingest.cameras.codecs import H264, VideoCodec
from ingest.cameras.lease import Leases
from ingest.recordings.clip import ClipDesk
from ingest.recordings.disk import Disk, free_bytes
from ingest.recordings.facts import Fact, SegmentFact, StreamKey
from ingest.recordings.index import RecordingIndex
from ingest.recordings.segmenter import Gop, Segmenter
from models.kit.clock import Clock, ManualClock, SystemClock
from models.kit.database import Database
from models.kit.ids import new_id
from models.kit.settings import Settings
from models.observations import StreamKind
from models.recording import Clip, Recording
from tests.ingest.encoded import START_S, assembled, coded, read_clip, write_clip

FRAME = 9_000  # ticks


def gops(tmp_path: Path, count: int = 4, b_frames: int = 0) -> list[Gop]:
    return gops_of(coded(tmp_path, pictures=count * 10, b_frames=b_frames), START_S)


def gops_of(pictures: list[CodedPicture], start_s: float, codec: VideoCodec = H264) -> list[Gop]:
    parameters, units = None, []
    for told, unit in assembled(pictures, start_s, codec):
        parameters = told or parameters
        units.append(unit)
    assert parameters is not None
    keys = [n for n, unit in enumerate(units) if unit.key] + [len(units)]
    return [
        Gop(parameters, units[a:b], units[b - 1].dts + FRAME) for a, b in itertools.pairwise(keys)
    ]


def files(facts: list[Fact]) -> list[SegmentFact]:
    return [fact for fact in facts if isinstance(fact, SegmentFact)]


def a_disk(
    root: Path,
    *,
    reserve_bytes: int = 0,
    memory: Path | None = None,
    free: Callable[[Path], int] = free_bytes,
    clock: Clock | None = None,
) -> Disk:
    return Disk(root, clock or SystemClock(), reserve_bytes=reserve_bytes, memory=memory, free=free)


def an_index(database: Database, run: str = "run-1") -> RecordingIndex:
    return RecordingIndex("node-1", database, Leases(run, database))


def record(root: Path, camera_id: UUID, tmp_path: Path, *, close: bool = True) -> list[SegmentFact]:
    stream = StreamKey(camera_id, StreamKind.MAIN)
    segmenter = Segmenter(a_disk(root), stream, segment_s=2)
    return _written(segmenter, gops(tmp_path), close=close)


def _written(segmenter: Segmenter, found: list[Gop], *, close: bool) -> list[SegmentFact]:
    facts = [fact for gop in found for fact in segmenter.write(gop)]
    return files(facts + (segmenter.close() if close else []))


async def rows(database: Database) -> list[Recording]:
    async with database.read() as session:
        query = select(Recording).order_by(Recording.started_at)
        return list((await session.scalars(query)).all())


class Archive:
    """Four seconds of camera main in two closed files, and a desk that cuts from them."""

    def __init__(self, folder: Path, database: Database, camera_id: UUID, asker: UUID) -> None:
        self.settings = Settings(state_dir=folder)
        self.root = self.settings.recordings_path
        self.database = database
        self.camera_id = camera_id
        self.asker = asker
        self.facts: list[SegmentFact] = record(self.root, camera_id, folder)
        self.start = self.facts[0].started_at
        self.clock = ManualClock(self.start + timedelta(minutes=1))
        self.desk = ClipDesk(self.settings, database, self.clock)

    def age(self) -> None:
        """Let every file be as old as it says."""
        for file in self.root.rglob("*.mp4"):
            os.utime(file, (0, 0))

    def at(self, seconds: float) -> datetime:
        return self.start + timedelta(seconds=seconds)

    def record_larger(self, *, from_s: float, close: bool = True) -> list[SegmentFact]:
        """Record four more seconds with a picture twice as wide and high."""
        clip = write_clip(self.root.parent / "larger.mp4", scale=2)
        stream = StreamKey(self.camera_id, StreamKind.MAIN)
        segmenter = Segmenter(a_disk(self.root), stream, segment_s=10)
        return _written(segmenter, gops_of(read_clip(clip), START_S + from_s), close=close)

    async def index(self, facts: list[SegmentFact]) -> None:
        index = an_index(self.database, "run-2")
        index.report(list(facts))
        await index.flush()

    async def ask(self, begin_s: float, end_s: float) -> UUID:
        clip_id = new_id()
        async with self.database.transaction() as session:
            session.add(
                Clip(
                    id=clip_id,
                    camera_id=self.camera_id,
                    starts_at=self.at(begin_s),
                    ends_at=self.at(end_s),
                    requested_by=self.asker,
                    requested_at=self.clock.now(),
                    reason="жалоба",
                    requested_s=end_s - begin_s,
                )
            )
        return clip_id

    async def get(self, clip_id: UUID) -> Clip:
        async with self.database.read() as session:
            return (await session.scalars(select(Clip).where(Clip.id == clip_id))).one()
