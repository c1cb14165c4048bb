"""Runs a recorded interval of a camera through the same code as live pictures; writes nothing.

So zones and rules can be tried on yesterday: what would have been said then, and how long people
would have been said to wait.
"""

import asyncio
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import av
from pydantic import BaseModel, ValidationError
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from ingest.recordings.archive import Gop, SegmentSpan
from models.camera import Camera
from models.kit.database import Database
from models.kit.errors import InvalidInput, NotFound
from models.kit.ids import new_id
from models.kit.log import get
from models.observations import Anchor, ZoneKind
from models.office import ServiceWindow
from vision.detector import Detector
from vision.eyes import Eyes
from vision.plan import load
from vision.recorded import Span, camera_of, footage, playable
from vision.slots import CodedPicture
from vision.watch import Outcome, Watch
from vision.watched import WatchedCamera
from vision.zones import watched_zone

log = get(__name__)
LONGEST = timedelta(hours=24)
_EARLY_S = 0.25
_TICK = timedelta(seconds=1)


class TriedZone(BaseModel):
    """A zone as the sets of ``vision stills`` hold it."""

    kind: ZoneKind
    polygon: list[tuple[float, float]]
    name: str = ""
    window: int | None = None
    anchor: Anchor = Anchor.FOOT


class _TriedZones(BaseModel):
    zones: list[TriedZone]


@dataclass(slots=True)
class Said:
    """What would have been said, in the order of time; ``looks`` pictures were looked at."""

    looks: int
    changes: list[dict[str, Any]]
    offices: list[dict[str, Any]]


async def run(
    database: Database,
    node_name: str,
    recordings: Path,
    span: Span,
    detector: Detector,
    by: str,
    tried: Sequence[TriedZone] | None = None,
) -> Said:
    """Look at the interval with the camera's zones, or with those that are tried; audited.

    Raises:
        NotFound: no such camera, no zones, or nothing recorded here then.
        InvalidInput: the interval or a tried zone cannot be meant.
    """
    if not timedelta(0) < span.end - span.start <= LONGEST:
        raise InvalidInput("the end must be after the start, by a day at most")
    async with database.transaction() as session:
        camera = await camera_of(session, span)
        watched, names = await _watched(session, camera, tried)
        spans = await footage(
            session, camera, span, node_name, action="camera.vision_replay", by=by
        )
    return await asyncio.to_thread(_look, watched, names, spans, recordings, span, detector)


def read_zones(path: Path) -> list[TriedZone]:
    """Return the zones of a file {"zones": […]}, as ``vision stills`` writes.

    Raises:
        InvalidInput: the file holds none.
    """
    try:
        return _TriedZones.model_validate_json(path.read_bytes()).zones
    except ValidationError as error:
        raise InvalidInput(f"{path} holds no zones: {error.errors()[0]['msg']}") from error


async def _watched(
    session: AsyncSession, camera: Camera, tried: Sequence[TriedZone] | None
) -> tuple[WatchedCamera, dict[UUID, str]]:
    """Return the camera to watch and what to call its zones."""
    rows = await session.execute(
        select(ServiceWindow.number, ServiceWindow.id).where(
            ServiceWindow.office_id == camera.office_id
        )
    )
    windows = {row.number: row.id for row in rows}
    numbers = {window_id: number for number, window_id in windows.items()}
    if tried is None:
        known = (await load(session)).get(camera.id)
        if known is None:
            raise NotFound(f"{camera.code} has no zones or is switched off; draw some, or --zones")
        return known, {
            zone.zone_id: _name(zone.kind, numbers.get(known.windows.get(zone.zone_id, camera.id)))
            for zone in known.zones
        }
    judged = [
        (zone, watched_zone(new_id(), zone.kind, zone.polygon, zone.anchor)) for zone in tried
    ]
    seen = tuple(zone for _, zone in judged if zone.kind is not ZoneKind.MASK)
    masks = tuple(zone.polygon for _, zone in judged if zone.kind is ZoneKind.MASK)
    of_window = {
        zone.zone_id: windows[given.window]
        for given, zone in judged
        if given.window is not None and given.window in windows
    }
    watched = WatchedCamera(camera.id, camera.office_id, camera.node_name, seen, of_window, masks)
    return watched, {
        zone.zone_id: given.name or _name(zone.kind, given.window) for given, zone in judged
    }


def _name(kind: ZoneKind, window: int | None) -> str:
    return kind.value if window is None else f"{kind.value} {window}"


def _look(
    watched: WatchedCamera,
    names: dict[UUID, str],
    spans: Sequence[SegmentSpan],
    recordings: Path,
    span: Span,
    detector: Detector,
) -> Said:
    plan = {watched.camera_id: watched}
    eyes, watch, said = Eyes(), Watch(), Said(0, [], [])
    eyes.watch(plan)
    said_by = _Teller(said, names)
    said_by.take(watch.follow(plan, span.start))
    now = span.start
    for picture in _pictures(watched, spans, recordings, span):
        while picture.arrived_at - now > _TICK:  # as the service does in every silent second
            now += _TICK
            said_by.take(watch.tick(now))
        now = picture.arrived_at
        look = eyes.look(detector, picture)
        if look is not None:
            said.looks += 1
            seen = watch.see(
                look.camera_id,
                look.boxes,
                look.at,
                sight=look.sight,
                colours=look.colours,
                doubtful=look.doubtful,
            )
            said_by.take(seen)
    while span.end - now > _TICK:
        now += _TICK
        said_by.take(watch.tick(now))
    said_by.take(watch.finish())
    return said


@dataclass(slots=True)
class _Teller:
    said: Said
    names: dict[UUID, str]

    def take(self, outcome: Outcome) -> None:
        for change in outcome.changes:
            seen = change.observation
            self.said.changes.append(
                {
                    "at": seen.at.isoformat(),
                    "zone": self.names.get(seen.zone_id, str(seen.zone_id)),
                    "state": seen.state.value,
                    "people": seen.people,
                    "since": seen.since.isoformat(),
                    "sight": change.sight,
                }
            )
        for minute in outcome.offices:
            self.said.offices.append(
                {
                    "minute": minute.minute_at.isoformat(),
                    "people": _rounded(minute.people_mean),
                    "staffed": _rounded(minute.staffed_mean),
                    "served": minute.served,
                    "wait_s": _rounded(minute.wait.value if minute.wait else None),
                    "wait_low_s": _rounded(minute.wait.low if minute.wait else None),
                    "wait_high_s": _rounded(minute.wait.high if minute.wait else None),
                    "wait_from": minute.wait_from,
                    "forecast_s": _rounded(minute.forecast.p50_s if minute.forecast else None),
                }
            )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def _pictures(
    watched: WatchedCamera, spans: Sequence[SegmentSpan], recordings: Path, span: Span
) -> Iterator[CodedPicture]:
    """Yield key pictures of the interval, as far apart as live ones are looked at."""
    last: datetime | None = None
    for file in spans:
        for gop in file.gops:
            if not span.start <= gop.at < span.end:
                continue
            if last is not None and (gop.at - last).total_seconds() < watched.every_s - _EARLY_S:
                continue
            last = gop.at
            coded = _key_of(recordings, file, gop)
            if coded is not None:
                config, avcc = coded
                yield CodedPicture(watched.camera_id, config, avcc, gop.at, gop.at.timestamp())


def _key_of(recordings: Path, span: SegmentSpan, gop: Gop) -> tuple[bytes, bytes] | None:
    """Return the avcC body and the first picture of a GOP; None for what cannot be read."""
    try:
        piece = io.BytesIO(playable(recordings, span, gop))
        with av.open(piece, "r", format="mp4") as container:
            config = container.streams.video[0].codec_context.extradata
            packet = next(container.demux(video=0))
            return (bytes(config or b""), bytes(packet))
    except (OSError, av.FFmpegError, StopIteration, IndexError) as error:
        log.warning("replay.unreadable", path=span.path, error=str(error))
        return None
