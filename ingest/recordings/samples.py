"""The pictures inside one fragment of a recording, and how to decode them. Pure."""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from ingest.cameras.access_unit import TIMESCALE
from models.kit.errors import InvalidInput

_VIDEO_TRACK = 1
_TRUN_ALL = 0xF01  # what fmp4.py writes: offset; duration, size, flags, composition time
_NOT_SYNC = 0x0001_0000
_ENTRY = struct.Struct(">4x6xH16xHH")  # of a visual sample entry, from its name on


class Picture(NamedTuple):
    """One coded picture; times in 90 kHz Unix ticks, ``offset`` in the fragment."""

    dts: int
    shown: int
    key: bool
    offset: int
    length: int

    @property
    def shown_s(self) -> float:
        return self.shown / TIMESCALE


class Decoding(NamedTuple):
    """Size in pixels and the avcC box body of a file."""

    width: int
    height: int
    avcc_config: bytes


def pictures(fragment: bytes) -> list[Picture]:
    """Return the pictures of a moof and mdat, in decoding order.

    Raises:
        InvalidInput: this is not a whole fragment of ours.
    """
    try:
        found = list(_pictures(fragment))
    except struct.error as error:
        msg = "the fragment is damaged"
        raise InvalidInput(msg) from error
    if not found or found[-1].offset + found[-1].length > len(fragment):
        msg = "the fragment has no whole video"
        raise InvalidInput(msg)
    return found


def decoding(init: bytes) -> Decoding:
    """Return how to decode a file's pictures, from its ftyp and moov.

    Raises:
        InvalidInput: it has no H.264 track.
    """
    entry = init.find(b"avc1", init.find(b"stsd"))
    config = init.find(b"avcC", entry)
    if entry < 0 or config < 0:
        msg = "the recording has no H.264 track"
        raise InvalidInput(msg)
    _, width, height = _ENTRY.unpack_from(init, entry)
    (length,) = struct.unpack_from(">I", init, config - 4)
    return Decoding(width, height, init[config + 4 : config - 4 + length])


def _pictures(fragment: bytes) -> Iterator[Picture]:
    for kind, start, end in _children(fragment, 0, len(fragment)):
        if kind != b"moof":
            continue
        for inner, inner_start, inner_end in _children(fragment, start, end):
            if inner == b"traf":
                yield from _of_track(fragment, inner_start, inner_end, start - 8)
        return


def _of_track(fragment: bytes, start: int, end: int, moof_at: int) -> Iterator[Picture]:
    dts = 0
    for kind, at, _ in _children(fragment, start, end):
        if kind == b"tfhd":
            (track,) = struct.unpack_from(">I", fragment, at + 4)
            if track != _VIDEO_TRACK:
                return
        elif kind == b"tfdt":
            (dts,) = struct.unpack_from(">Q", fragment, at + 4)
        elif kind == b"trun":
            flags, count, offset = struct.unpack_from(">IIi", fragment, at)
            if flags & 0xFFFFFF != _TRUN_ALL:
                msg = "the fragment was not written by this recorder"
                raise InvalidInput(msg)
            offset += moof_at
            for n in range(count):
                duration, length, sample, cts = struct.unpack_from(
                    ">IIIi", fragment, at + 12 + 16 * n
                )
                yield Picture(dts, dts + cts, not sample & _NOT_SYNC, offset, length)
                dts += duration
                offset += length


def _children(content: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield (kind, start and end of the body) of the boxes that follow each other there."""
    while start + 8 <= end:
        length, kind = struct.unpack_from(">I4s", content, start)
        if length < 8 or start + length > end:
            return
        yield kind, start + 8, start + length
        start += length
