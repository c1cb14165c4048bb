"""Takes stills of a camera out of its recordings, with its zones and proposed labels, as a set.

Masks are painted over before anything is written. Labels are what the present detector sees: a
person corrects them before the set is worth anything.
"""

import asyncio
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import av
import cv2
import numpy as np
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from ingest.recordings.archive import Gop, SegmentSpan
from models.camera import Camera, Zone
from models.kit.database import Database
from models.kit.errors import InvalidInput
from models.kit.log import get
from models.observations import ZoneKind
from models.office import ServiceWindow
from vision.detector import Detector, Picture
from vision.labelled_set import yolo_line
from vision.masks import Masks
from vision.recorded import Span, camera_of, footage, playable
from vision.zones import watched_zone

log = get(__name__)
MOST_STILLS = 10_000
_QUALITY = 92
_LONGEST_GOP = timedelta(minutes=1)


def times(span: Span, every_s: float) -> list[datetime]:
    """Return the instants to take stills of.

    Raises:
        InvalidInput: none, or more than anybody would label.
    """
    if every_s <= 0 or span.end <= span.start:
        raise InvalidInput("the end must be after the start, and --every above 0 seconds")
    count = int((span.end - span.start).total_seconds() / every_s) + 1
    if count > MOST_STILLS:
        raise InvalidInput(f"{count} stills are too many; take fewer than {MOST_STILLS}")
    return [span.start + timedelta(seconds=n * every_s) for n in range(count)]


@dataclass(frozen=True, slots=True)
class Taken:
    """``missing``: wanted instants that nothing is recorded of."""

    stills: int
    people: int
    missing: int


async def take(
    database: Database,
    node_name: str,
    recordings: Path,
    span: Span,
    every_s: float,
    folder: Path,
    detector: Detector | None,
    by: str,
) -> Taken:
    """Write stills, labels, zones and a sequence to fill in; audited.

    Raises:
        NotFound: there is no such camera, or nothing of it is recorded here then.
        InvalidInput: the span cannot be meant.
    """
    wanted = times(span, every_s)
    async with database.transaction() as session:
        camera = await camera_of(session, span)
        masks, drawn = await _zones(session, camera)
        files = await footage(session, camera, span, node_name, action="camera.stills", by=by)
    return await asyncio.to_thread(
        _write, files, wanted, recordings, masks, drawn, folder, detector, span.camera
    )


async def _zones(session: AsyncSession, camera: Camera) -> tuple[Masks, list[dict[str, object]]]:
    """Return the masks, and the other zones as sequence.json holds them."""
    rows = await session.execute(
        select(Zone, ServiceWindow.number)
        .outerjoin(ServiceWindow, ServiceWindow.id == Zone.window_id)
        .where(Zone.camera_id == camera.id)
        .order_by(Zone.name, Zone.id)
    )
    masks, drawn, names = [], [], set()
    for zone, window in rows:
        kind = ZoneKind(zone.kind)
        if kind is ZoneKind.MASK:
            masks.append(watched_zone(zone.id, kind, zone.polygon).polygon)
            continue
        name = zone.name if zone.name not in names else f"{zone.name} {zone.id}"
        names.add(name)
        drawn.append(
            {
                "name": name,
                "kind": zone.kind,
                "polygon": zone.polygon,
                "anchor": zone.anchor,
                "window": window,
            }
        )
    return Masks(tuple(masks)), drawn


def _write(
    spans: Sequence[SegmentSpan],
    times: Sequence[datetime],
    recordings: Path,
    masks: Masks,
    drawn: list[dict[str, object]],
    folder: Path,
    detector: Detector | None,
    group: str,
) -> Taken:
    images, labels = folder / "images" / group, folder / "labels" / group
    images.mkdir(parents=True, exist_ok=True)
    labels.mkdir(parents=True, exist_ok=True)
    looks: list[dict[str, object]] = []
    people = 0
    for at, picture in _pictures(spans, times, recordings):
        masks(picture)
        name = f"{at:%Y%m%dT%H%M%S}{at.microsecond // 1000:03d}Z"
        cv2.imwrite(str(images / f"{name}.jpg"), picture, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
        looks.append(
            {
                "at_s": round((at - times[0]).total_seconds(), 3),
                "picture": f"images/{group}/{name}.jpg",
                "zones": {},
            }
        )
        if detector is not None:
            height, width = picture.shape[:2]
            boxes = detector.detect(picture).boxes / np.array([width, height] * 2, np.float32)
            people += len(boxes)
            lines = [yolo_line(box) for box in boxes]
            (labels / f"{name}.txt").write_text("".join(f"{line}\n" for line in lines))
    if looks:
        sequence = json.dumps({"zones": drawn, "looks": looks}, ensure_ascii=False, indent=1)
        (folder / "sequence.draft.json").write_text(sequence + "\n", encoding="utf-8")
    return Taken(len(looks), people, len(times) - len(looks))


def _pictures(
    spans: Sequence[SegmentSpan], times: Sequence[datetime], recordings: Path
) -> Iterator[tuple[datetime, Picture]]:
    """Yield the key picture shown at each instant, none twice; what cannot be read is left out."""
    before: datetime | None = None
    for at in times:
        for span in spans:
            gop = _showing(span, at)
            if gop is None or gop.at == before:
                continue
            before = gop.at
            picture = _first_of(recordings, span, gop)
            if picture is not None:
                yield gop.at, picture
            break


def _showing(span: SegmentSpan, at: datetime) -> Gop | None:
    if not span.gops or at < span.gops[0].at or span.gops[-1].at < at - _LONGEST_GOP:
        return None
    for gop in span.gops:
        if gop.at <= at < gop.at + timedelta(seconds=gop.duration_s):
            return gop
    return None


def _first_of(recordings: Path, span: SegmentSpan, gop: Gop) -> Picture | None:
    try:
        piece = io.BytesIO(playable(recordings, span, gop))
        with av.open(piece, "r", format="mp4") as container:
            for frame in container.decode(video=0):
                return np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)
    except (OSError, av.FFmpegError) as error:
        log.warning("still.unreadable", path=span.path, error=str(error))
    return None
