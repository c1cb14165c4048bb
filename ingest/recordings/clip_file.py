"""Joins whole GOPs of several files into one MP4 that any player opens. Blocking."""

import errno
import hashlib
import os
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from ingest.cameras.access_unit import TIMESCALE
from ingest.recordings.archive import Gop, SegmentSpan, covering
from ingest.recordings.boxes import fragment_dts, retime
from ingest.recordings.joined_init import JoinedInit, adapt, join_inits

_HOLE = timedelta(milliseconds=500)  # a longer one between two GOPs is told as a splice
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


class CutRefused(Exception):
    """There is nothing to cut, or no room for it; the message says why."""


class CutStopped(Exception):
    """The node stops; the clip is made after its next start."""


@dataclass(frozen=True, slots=True)
class Source:
    """What was taken of one file.

    Attributes:
        sha256: of the whole closed file, from the index; None while it is being written.
        intact: whether the file still has that hash; None where there is none to compare.
        used_sha256: of the bytes from ``first_byte`` on, ``length`` of them.
    """

    path: str
    sha256: str | None
    intact: bool | None
    used_sha256: str
    first_byte: int
    length: int
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Splice:
    """Where two pieces meet that do not follow one another, or are coded in different ways."""

    at: datetime
    reason: str  # gap, parameters
    missing_s: float


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
    splices: tuple[Splice, ...]
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Room:
    """Where clips are made: the recordings folder, what must stay free there, and when to stop."""

    root: Path
    reserve_bytes: int = 0
    stop: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True, slots=True)
class _Piece:
    span: SegmentSpan
    gops: Sequence[Gop]
    init: bytes


def join(
    room: Room, target: Path, spans: Sequence[SegmentSpan], start: datetime, end: datetime
) -> JoinedClip:
    """Write ``target`` from the key picture at or before ``start`` to the GOP that holds ``end``.

    Of a file that is still being written its whole GOPs are taken.

    Args:
        room: where the files are.
        target: the file to make; it appears only when it is whole.
        spans: files that overlap [start, end), oldest first.
        start: aware.
        end: aware.

    Raises:
        CutRefused: no footage in the span, or no room for the clip.
        CutStopped: ``room.stop`` was set meanwhile.
        OSError: a file cannot be read or written.
    """
    left_out: list[str] = []
    pieces = list(_pieces(room.root, spans, start, end, left_out))
    if not pieces:
        raise CutRefused(_nothing(left_out))
    target.parent.mkdir(parents=True, exist_ok=True)
    _require_room(room, target, sum(gop.length for piece in pieces for gop in piece.gops))
    part = target.with_name(target.name + ".part")
    used: list[tuple[_Piece, Source]] = []
    digest = hashlib.sha256()
    size = 0
    try:
        with part.open("wb") as file:
            for chunk in _chunks(room, pieces, used, left_out):
                file.write(chunk)
                digest.update(chunk)
                size += len(chunk)
            file.flush()
            os.fdatasync(file.fileno())
        if not used:
            raise CutRefused(_nothing(left_out))
        part.replace(target)
    except OSError as error:
        if error.errno in _FULL:
            raise CutRefused(_FULL_DISK) from error
        raise
    finally:
        part.unlink(missing_ok=True)
    taken = [piece for piece, _ in used]
    gops = [gop for piece in taken for gop in piece.gops]
    return JoinedClip(
        size_bytes=size,
        sha256=digest.hexdigest(),
        codec=taken[0].span.codec,
        first_picture_at=gops[0].at,
        ends_at=_end(gops[-1]),
        delivered_s=sum((min(_end(gop), end) - max(gop.at, start)).total_seconds() for gop in gops),
        sources=tuple(source for _, source in used),
        splices=tuple(_splices(taken)),
        left_out=tuple(left_out),
    )


_FULL_DISK = (
    "the recordings disk is full; free space or ask for a shorter span, then ask for the clip again"
)


def _nothing(left_out: Sequence[str]) -> str:
    if left_out:
        return "none of the recorded files can be used: " + "; ".join(left_out)
    return "this camera has no recording in the span asked for"


def _require_room(room: Room, target: Path, wanted_bytes: int) -> None:
    """Refuse a clip that would eat what recording needs."""
    there = os.statvfs(target.parent)
    free = there.f_bavail * there.f_frsize
    if free - wanted_bytes < room.reserve_bytes:
        msg = (
            f"the clip needs {wanted_bytes / 1e6:.0f} MB, but the recordings disk has "
            f"{max(free - room.reserve_bytes, 0) / 1e6:.0f} MB beside what recording keeps; "
            "ask for a shorter span or free space"
        )
        raise CutRefused(msg)


def _pieces(
    root: Path, spans: Sequence[SegmentSpan], start: datetime, end: datetime, left_out: list[str]
) -> Iterator[_Piece]:
    for span in spans:
        gops = covering(span, start, end)
        if not gops:
            continue
        try:
            with (root / span.path).open("rb") as file:
                init = file.read(span.init_bytes)
                size = os.fstat(file.fileno()).st_size
        except OSError as error:
            left_out.append(f"{span.path}: {error.strerror}")
            continue
        if gops[-1].offset + gops[-1].length > size:
            left_out.append(f"{span.path}: the file is shorter than its index says")
            continue
        yield _Piece(span, gops, init)


def _chunks(
    room: Room,
    pieces: Sequence[_Piece],
    used: list[tuple[_Piece, Source]],
    left_out: list[str],
) -> Iterator[bytes]:
    inits = list(dict.fromkeys(piece.init for piece in pieces))
    last, first = pieces[-1].gops[-1], pieces[0].gops[0]
    ticks = round((_end(last) - first.at).total_seconds() * TIMESCALE)
    joined: JoinedInit = join_inits(inits, ticks)
    yield joined.init
    zero: int | None = None
    number = 0
    for piece in pieces:
        if room.stop.is_set():
            raise CutStopped
        end = piece.gops[-1].offset + piece.gops[-1].length
        try:
            with (room.root / piece.span.path).open("rb") as file:
                whole = file.read(-1 if piece.span.closed else end)
        except OSError as error:  # deleted since its beginning was read
            left_out.append(f"{piece.span.path}: {error.strerror}")
            continue
        way = joined.ways[inits.index(piece.init)]
        for gop in piece.gops:
            body = whole[gop.offset : gop.offset + gop.length]
            if zero is None:
                zero = fragment_dts(body)
            number += 1
            yield adapt(retime(body, number, -zero), way)
        used.append((piece, _source(piece, whole)))


def _source(piece: _Piece, whole: bytes) -> Source:
    span, first, last = piece.span, piece.gops[0], piece.gops[-1]
    end = last.offset + last.length
    intact = None if span.sha256 is None else hashlib.sha256(whole).hexdigest() == span.sha256
    return Source(
        path=span.path,
        sha256=span.sha256,
        intact=intact,
        used_sha256=hashlib.sha256(whole[first.offset : end]).hexdigest(),
        first_byte=first.offset,
        length=end - first.offset,
        starts_at=first.at,
        ends_at=_end(last),
    )


def _splices(pieces: Sequence[_Piece]) -> Iterator[Splice]:
    for i, after in enumerate(pieces[1:]):
        before = pieces[i]
        hole = after.gops[0].at - _end(before.gops[-1])
        missing_s = max(hole.total_seconds(), 0.0)
        if after.init != before.init:
            yield Splice(after.gops[0].at, "parameters", missing_s)
        elif hole > _HOLE:
            yield Splice(after.gops[0].at, "gap", missing_s)


def _end(gop: Gop) -> datetime:
    return gop.at + timedelta(seconds=gop.duration_s)
