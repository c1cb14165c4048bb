"""Footage on disk and in the index, as the recorder leaves it."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from ingest.cameras.access_unit import AccessUnit, StreamParameters
from ingest.recordings.boxes import FragmentPlace
from ingest.recordings.facts import SegmentFact, StreamKey, pack_gops, segment_path
from ingest.recordings.fmp4 import Sample, fragment, init_segment
from models.observations import StreamKind
from models.recording import Recording
from tests.ingest.media import footage


def gops_of(units: Sequence[AccessUnit]) -> list[list[AccessUnit]]:
    gops: list[list[AccessUnit]] = []
    for unit in units:
        if unit.key:
            gops.append([])
        gops[-1].append(unit)
    return gops


async def record(
    session: AsyncSession,
    folder: Path,
    camera_id: UUID,
    *,
    start: datetime = footage.START,
    pictures: int = 40,
    noise: bool = False,
) -> Recording:
    """Write one closed main file that begins at ``start``, and its row."""
    parameters, units = footage.clip(pictures, start=start, noise=noise)
    fact = write(folder, StreamKey(camera_id, StreamKind.MAIN), parameters, units)
    row = Recording(
        camera_id=camera_id,
        stream_kind="main",
        node_name="node-1",
        path=fact.path,
        started_at=fact.started_at,
        ended_at=fact.ended_at,
        size_bytes=fact.size_bytes,
        init_bytes=fact.init_bytes,
        codec=fact.codec,
        gops=pack_gops(fact.fragments),
        closed=True,
    )
    session.add(row)
    await session.flush()
    return row


def write(
    folder: Path, stream: StreamKey, parameters: StreamParameters, units: Sequence[AccessUnit]
) -> SegmentFact:
    path = segment_path(stream, units[0].dts)
    init = init_segment(parameters)
    body, places = init, []
    for number, gop in enumerate(gops_of(units), 1):
        part = fragment(number, gop[0].dts, [Sample(u.duration, u.key, u.cts, u.avcc) for u in gop])
        duration = sum(unit.duration for unit in gop)
        places.append(FragmentPlace(gop[0].dts, duration, gop[0].cts, len(body), len(part)))
        body += part
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_bytes(body)
    return SegmentFact(
        stream, str(path), parameters.codec, len(init), tuple(places), closed=True, sha256=None
    )
