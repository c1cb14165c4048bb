"""Joins whole GOPs of several files into one MP4 that any player opens. Blocking."""

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from ingest.recordings.archive import Gop, SegmentSpan, covering
from ingest.recordings.boxes import fragment_dts, retime


class CutRefused(Exception):
    """There is nothing to cut; the message says why."""


@dataclass(frozen=True, slots=True)
class Source:
    """What was taken of one file. ``intact``: its bytes still have the hash of the index."""

    path: str
    sha256: str | None
    intact: bool
    first_byte: int
    length: int
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class JoinedClip:
    """A finished file. ``delivered_s`` counts the footage inside the span asked for."""

    size_bytes: int
    sha256: str
    codec: str
    first_picture_at: datetime
    ends_at: datetime
    delivered_s: float
    sources: tuple[Source, ...]
    left_out: tuple[str, ...]


def join(
    root: Path, target: Path, spans: Sequence[SegmentSpan], start: datetime, end: datetime
) -> JoinedClip:
    """Write ``target`` from the key picture at or before ``start`` to the GOP that holds ``end``.

    Args:
        root: the recordings folder.
        target: the file to make; it appears only when it is whole.
        spans: files that overlap [start, end), oldest first.
        start: aware.
        end: aware.

    Raises:
        CutRefused: no footage in the span.
        OSError: a file cannot be read or written.
    """
    taken = [(span, gops) for span in spans if (gops := covering(span, start, end))]
    if not taken:
        msg = "this camera has no recording in the span asked for"
        raise CutRefused(msg)
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    digest = hashlib.sha256()
    sources: list[Source] = []
    left_out: list[str] = []
    size = 0
    with part.open("wb") as file:
        for chunk in _chunks(root, taken, sources, left_out):
            file.write(chunk)
            digest.update(chunk)
            size += len(chunk)
        file.flush()
        os.fdatasync(file.fileno())
    if not sources:
        part.unlink()
        raise CutRefused("none of the recorded files can be used: " + "; ".join(left_out))
    part.replace(target)
    used = {source.path for source in sources}
    gops = [gop for span, found in taken if span.path in used for gop in found]
    return JoinedClip(
        size_bytes=size,
        sha256=digest.hexdigest(),
        codec=taken[0][0].codec,
        first_picture_at=gops[0].at,
        ends_at=_end(gops[-1]),
        delivered_s=sum((min(_end(gop), end) - max(gop.at, start)).total_seconds() for gop in gops),
        sources=tuple(sources),
        left_out=tuple(left_out),
    )


def _chunks(
    root: Path,
    taken: Sequence[tuple[SegmentSpan, Sequence[Gop]]],
    sources: list[Source],
    left_out: list[str],
) -> Iterator[bytes]:
    init = b""
    zero: int | None = None
    number = 0
    for span, gops in taken:
        try:
            whole = (root / span.path).read_bytes()
        except OSError as error:
            left_out.append(f"{span.path}: {error.strerror}")
            continue
        if gops[-1].offset + gops[-1].length > len(whole):
            left_out.append(f"{span.path}: the file is shorter than its index says")
            continue
        if not init:
            init = whole[: span.init_bytes]
            yield init
        if whole[: span.init_bytes] != init:
            left_out.append(f"{span.path}: other video parameters; ask for this part on its own")
            continue
        for gop in gops:
            body = whole[gop.offset : gop.offset + gop.length]
            if zero is None:
                zero = fragment_dts(body)
            number += 1
            yield retime(body, number, -zero)
        sources.append(_source(span, gops, whole))


def _source(span: SegmentSpan, gops: Sequence[Gop], whole: bytes) -> Source:
    first = gops[0].offset
    return Source(
        path=span.path,
        sha256=span.sha256,
        intact=span.sha256 is not None and hashlib.sha256(whole).hexdigest() == span.sha256,
        first_byte=first,
        length=gops[-1].offset + gops[-1].length - first,
        starts_at=gops[0].at,
        ends_at=_end(gops[-1]),
    )


def _end(gop: Gop) -> datetime:
    return gop.at + timedelta(seconds=gop.duration_s)
