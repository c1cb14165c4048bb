"""The boxes that MP4 files are made of (ISO/IEC 14496-12). Pure."""

import struct

MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)


def box(kind: bytes, *parts: bytes) -> bytes:
    return b"".join((box_head(kind, sum(map(len, parts))), *parts))


def box_head(kind: bytes, body_bytes: int) -> bytes:
    return struct.pack(">I4s", body_bytes + 8, kind)


def full_box(kind: bytes, version: int, flags: int, *parts: bytes) -> bytes:
    return box(kind, struct.pack(">I", version << 24 | flags), *parts)


def track(
    number: int, handler: bytes, header: bytes, entry: bytes, timescale: int, *, shown: bytes
) -> bytes:
    """Return the ``trak`` box of a fragmented file: no sample is in it.

    Args:
        number: of the track, from 1.
        handler: ``vide`` or ``soun``.
        header: the media header box, ``vmhd`` or ``smhd``.
        entry: the sample entry box.
        timescale: ticks a second.
        shown: volume (u16), reserved (u16), matrix, width and height, as ``tkhd`` ends.
    """
    tables = box(
        b"stbl",
        full_box(b"stsd", 0, 0, struct.pack(">I", 1), entry),
        full_box(b"stts", 0, 0, bytes(4)),
        full_box(b"stsc", 0, 0, bytes(4)),
        full_box(b"stsz", 0, 0, bytes(8)),
        full_box(b"stco", 0, 0, bytes(4)),
    )
    here = full_box(b"dref", 0, 0, struct.pack(">I", 1), full_box(b"url ", 0, 1))
    media = box(
        b"mdia",
        full_box(b"mdhd", 0, 0, struct.pack(">4IHH", 0, 0, timescale, 0, 0x55C4, 0)),
        full_box(b"hdlr", 0, 0, struct.pack(">4x4s12x", handler), _NAMES[handler]),
        box(b"minf", header, box(b"dinf", here), tables),
    )
    return box(
        b"trak",
        full_box(b"tkhd", 0, 3, struct.pack(">5I8xHH", 0, 0, number, 0, 0, 0, 0), shown),
        media,
    )


_NAMES = {b"vide": b"video\0", b"soun": b"sound\0"}
