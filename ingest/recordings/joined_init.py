"""One beginning for pieces of several files, whose pictures may be coded in several ways. Pure.

Where a camera's picture size changed in between, players differ in what they heed: some the sample
entry that a fragment names, FFmpeg and all built on it only parameter sets beside the pictures. So
such a clip gets both: every way in its beginning, and the sets before every key picture.
"""

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ingest.recordings.boxes import tracks
from ingest.recordings.iso_box import box, full_box

_TO_ENTRIES = (b"mdia", b"minf", b"stbl", b"stsd")
_HAS_DESCRIPTION = 0x02
_VIDEO, _SOUND = b"vide", b"soun"
_ROWS = 20  # where the rows of a trun box begin; the first row's size is its second word
_ENTRY_HEAD = 86  # bytes of a visual sample entry before its own boxes


@dataclass(frozen=True, slots=True)
class Way:
    """How one file's pictures and sound are told apart from the other files'.

    Attributes:
        entries: the sample entry to use, by track; tracks that are not named use the first.
        sets: parameter sets to put before each key picture, as length-prefixed NALs; or nothing.
    """

    entries: Mapping[int, int] = field(default_factory=dict)
    sets: bytes = b""


@dataclass(frozen=True, slots=True)
class JoinedInit:
    """``init`` precedes all pieces; ``ways`` are those of the inputs, in order."""

    init: bytes
    ways: tuple[Way, ...]


def join_inits(inits: Sequence[bytes], ticks: int) -> JoinedInit:
    """Return the common beginning of files whose own beginnings are ``inits``.

    Args:
        inits: ftyp and moov of each, as fmp4.py writes them; at least one.
        ticks: how long all pieces last together, 90 kHz.
    """
    entries: dict[bytes, list[bytes]] = {}
    base: dict[bytes, bytes] = {}
    numbers: list[dict[int, int]] = []
    for init in inits:
        own: dict[int, int] = {}
        for handler, trak in tracks(init).items():
            base.setdefault(handler, trak)
            known = entries.setdefault(handler, [])
            entry = _entry(trak)
            if entry not in known:
                known.append(entry)
            own[_number(trak, b"tkhd", 16)] = known.index(entry) + 1
        numbers.append(own)
    several = len(entries[_VIDEO]) > 1
    ways = tuple(
        Way(own, _sets(_entry(tracks(init)[_VIDEO])) if several else b"")
        for init, own in zip(inits, numbers, strict=True)
    )
    traks = [_with_entries(base[h], entries[h]) for h in (_VIDEO, _SOUND) if h in base]
    return JoinedInit(_beginning(inits[0], traks, ticks), ways)


def adapt(fragment: bytes, way: Way) -> bytes:
    """Return the fragment as a piece of a joined file: its entry named, its sets beside it."""
    named = sum(number != 1 for number in way.entries.values())
    if not named and not way.sets:
        return fragment
    moof_bytes = int.from_bytes(fragment[:4], "big")
    parts = list(_boxes(fragment[8:moof_bytes]))
    trafs = [part for kind, part in parts if kind == b"traf"]
    longer = 4 * sum(way.entries.get(_number(traf, b"tfhd", 8), 1) != 1 for traf in trafs)
    moved = [
        _adapted(part, way, longer, first=part is trafs[0]) if kind == b"traf" else part
        for kind, part in parts
    ]
    return box(b"moof", *moved) + box(b"mdat", way.sets, fragment[moof_bytes + 8 :])


def _adapted(traf: bytes, way: Way, longer: int, *, first: bool) -> bytes:
    """Return a ``traf`` of a ``moof`` that grew by ``longer``; the first one has the pictures."""
    number = way.entries.get(_number(traf, b"tfhd", 8), 1)
    parts = []
    for kind, part in _boxes(traf[8:]):
        if kind == b"tfhd" and number != 1:
            (flags,) = struct.unpack_from(">I", part, 8)
            said = struct.pack(">I", flags | _HAS_DESCRIPTION)
            parts.append(box(b"tfhd", said, part[12:16], struct.pack(">I", number)))
        elif kind == b"trun":
            run = bytearray(part)
            _add(run, 16, longer if first else longer + len(way.sets))
            if first:
                _add(run, _ROWS + 4, len(way.sets))
            parts.append(bytes(run))
        else:
            parts.append(part)
    return box(b"traf", *parts)


def _add(body: bytearray, at: int, more: int) -> None:
    (before,) = struct.unpack_from(">I", body, at)
    struct.pack_into(">I", body, at, before + more)


def _beginning(first: bytes, traks: Sequence[bytes], ticks: int) -> bytes:
    kinds = dict(_boxes(first))
    head = bytearray(dict(_boxes(kinds[b"moov"][8:]))[b"mvhd"])
    struct.pack_into(">I", head, len(head) - 4, len(traks) + 1)  # the next track's number
    defaults = [
        full_box(b"trex", 0, 0, struct.pack(">5I", _number(trak, b"tkhd", 16), 1, 0, 0, 0))
        for trak in traks
    ]
    lasts = full_box(b"mehd", 1, 0, struct.pack(">Q", ticks))
    return kinds[b"ftyp"] + box(b"moov", bytes(head), *traks, box(b"mvex", lasts, *defaults))


def _number(body: bytes, kind: bytes, at: int) -> int:
    """Return the number ``at`` bytes after a box's kind."""
    (number,) = struct.unpack_from(">I", body, body.find(kind) + at)
    return int(number)


def _entry(trak: bytes) -> bytes:
    """Return the one sample entry of a track that fmp4.py wrote."""
    at = trak.find(b"stsd")
    (length,) = struct.unpack_from(">I", trak, at - 4)
    return trak[at + 12 : at - 4 + length]


def _with_entries(
    holder: bytes, entries: Sequence[bytes], path: Sequence[bytes] = _TO_ENTRIES
) -> bytes:
    """Return a box whose ``stsd``, found by ``path`` below it, holds these entries instead."""
    if not path:
        return full_box(b"stsd", 0, 0, struct.pack(">I", len(entries)), *entries)
    parts = [
        _with_entries(part, entries, path[1:]) if kind == path[0] else part
        for kind, part in _boxes(holder[8:])
    ]
    return box(holder[4:8], *parts)


def _sets(entry: bytes) -> bytes:
    """Return the parameter sets of a visual sample entry as length-prefixed NALs."""
    kinds = dict(_boxes(entry[_ENTRY_HEAD:]))
    nals = _of_avcc(kinds[b"avcC"][8:]) if b"avcC" in kinds else _of_hvcc(kinds[b"hvcC"][8:])
    return b"".join(struct.pack(">I", len(nal)) + nal for nal in nals)


def _of_avcc(body: bytes) -> Iterator[bytes]:
    """Yield SPS and PPS (ISO/IEC 14496-15, 5.3.3.1)."""
    at = 5
    for mask in (0x1F, 0xFF):
        count, at = body[at] & mask, at + 1
        for _ in range(count):
            (length,) = struct.unpack_from(">H", body, at)
            yield body[at + 2 : at + 2 + length]
            at += 2 + length


def _of_hvcc(body: bytes) -> Iterator[bytes]:
    """Yield VPS, SPS and PPS (ISO/IEC 14496-15, 8.3.3.1)."""
    at = 23
    for _ in range(body[22]):
        (count,) = struct.unpack_from(">H", body, at + 1)
        at += 3
        for _ in range(count):
            (length,) = struct.unpack_from(">H", body, at)
            yield body[at + 2 : at + 2 + length]
            at += 2 + length


def _boxes(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the kind and the whole of each box."""
    at = 0
    while at + 8 <= len(body):
        length, kind = struct.unpack_from(">I4s", body, at)
        if length < 8:
            return
        yield kind, body[at : at + length]
        at += length
