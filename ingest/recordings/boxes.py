"""Reads back what fmp4.py writes: where each whole fragment lies and when it was. Pure."""

import itertools
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ingest.cameras import hevc
from ingest.cameras.access_unit import TIMESCALE
from models.kit.errors import InvalidInput

_MOOF_LIMIT = 4 * 1024 * 1024
_LONGEST_TICKS = 3_600 * TIMESCALE
_LATEST_TICKS = 7_258_118_400 * TIMESCALE
Read = Callable[[int, int], bytes]
"""read(offset, length) returns at most that many bytes of the file, fewer only at its end."""


@dataclass(frozen=True, slots=True)
class FragmentPlace:
    """One whole fragment of a file; times in 90 kHz Unix ticks, ``cts`` of its first sample."""

    dts: int
    duration: int
    cts: int
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class FileMap:
    """What a file holds; ``whole_bytes`` is where the last whole fragment ends."""

    init_bytes: int
    codec: str
    fragments: tuple[FragmentPlace, ...]
    whole_bytes: int


def map_file(read: Read, size: int) -> FileMap:
    """Return the places of all whole fragments; a torn tail is left out.

    Raises:
        InvalidInput: the beginning is not one of our files.
    """
    boxes = _top_level(read, size)
    init_bytes, codec = 0, ""
    fragments: list[FragmentPlace] = []
    moof: tuple[int, bytes] | None = None
    for kind, offset, length in boxes:
        if kind == b"moov":
            codec = _codec(read(offset, length))
            init_bytes = offset + length
        elif kind == b"moof" and codec and length <= _MOOF_LIMIT:
            moof = (offset, read(offset, length))
        elif kind == b"mdat" and moof is not None:
            fragments.append(_place(moof[1], moof[0], offset + length - moof[0]))
            moof = None
    if not codec:
        msg = "the file has no whole moov box with an H.264 or H.265 track"
        raise InvalidInput(msg)
    _check_times(fragments)
    end = fragments[-1].offset + fragments[-1].length if fragments else init_bytes
    return FileMap(init_bytes, codec, tuple(fragments), end)


def _check_times(fragments: list[FragmentPlace]) -> None:
    """Refuse times that no recording has: one file lasts seconds, in this age of the world."""
    for before, after in itertools.pairwise(fragments):
        if not before.dts < after.dts <= before.dts + _LONGEST_TICKS:
            msg = f"the fragment at byte {after.offset} does not follow the one before in time"
            raise InvalidInput(msg)
    if fragments and fragments[-1].dts > _LATEST_TICKS:
        msg = "the file says that it was recorded after the year 2200"
        raise InvalidInput(msg)


def _top_level(read: Read, size: int) -> Iterator[tuple[bytes, int, int]]:
    at = 0
    while at + 8 <= size:
        length, kind = struct.unpack(">I4s", read(at, 8))
        if length < 8 or at + length > size:
            return
        yield kind, at, length
        at += length


def _codec(moov: bytes) -> str:
    at = moov.find(b"avcC")
    if at >= 0:
        profile = moov[at + 5 : at + 8]
        return f"avc1.{profile.hex()}" if len(profile) == 3 else ""
    at = moov.find(b"hvcC")
    return hevc.codec_string(moov[at + 4 :]) if at >= 0 else ""


def _place(moof: bytes, offset: int, length: int) -> FragmentPlace:
    tfdt, trun = moof.find(b"tfdt"), moof.find(b"trun")
    if tfdt < 0 or trun < 0:
        msg = f"the fragment at byte {offset} has no time"
        raise InvalidInput(msg)
    try:
        (dts,) = struct.unpack_from(">Q", moof, tfdt + 8)
        (count,) = struct.unpack_from(">I", moof, trun + 8)
        rows = [struct.unpack_from(">IIIi", moof, trun + 16 + 16 * n) for n in range(count)]
    except struct.error as error:
        msg = f"the fragment at byte {offset} is damaged"
        raise InvalidInput(msg) from error
    if not rows:
        msg = f"the fragment at byte {offset} is empty"
        raise InvalidInput(msg)
    return FragmentPlace(dts, sum(row[0] for row in rows), rows[0][3], offset, length)


def retime(fragment: bytes, sequence: int, ticks: int) -> bytes:
    """Return the fragment renumbered and moved by ``ticks``; pictures and sound stay untouched.

    Sound that would begin before 0 begins at 0: it came a moment before its key picture.
    """
    moved = bytearray(fragment)
    moof_bytes = int.from_bytes(fragment[:4], "big")
    struct.pack_into(">I", moved, fragment.find(b"mfhd", 0, moof_bytes) + 8, sequence)
    at = fragment.find(b"tfdt", 0, moof_bytes)
    while at >= 0:
        (dts,) = struct.unpack_from(">Q", fragment, at + 8)
        struct.pack_into(">Q", moved, at + 8, max(dts + ticks, 0))
        at = fragment.find(b"tfdt", at + 4, moof_bytes)
    return bytes(moved)


def tracks(init: bytes) -> dict[bytes, bytes]:
    """Return the ``trak`` boxes of an init segment by their handler: ``vide``, ``soun``."""
    found: dict[bytes, bytes] = {}
    at = init.find(b"trak")
    while at >= 4:
        (length,) = struct.unpack_from(">I", init, at - 4)
        whole = init[at - 4 : at - 4 + max(length, 8)]
        handler = whole.find(b"hdlr")
        found[whole[handler + 12 : handler + 16]] = whole
        at = init.find(b"trak", at + max(length, 8))
    return found


def fragment_dts(fragment: bytes) -> int:
    """Return the decoding time of a fragment's first picture, 90 kHz ticks."""
    (dts,) = struct.unpack_from(">Q", fragment, fragment.find(b"tfdt") + 8)
    return int(dts)
