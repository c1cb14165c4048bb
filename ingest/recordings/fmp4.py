"""Fragmented MP4, written by hand: one video track, one fragment a GOP, absolute time. Pure.

``tfdt`` holds Unix time × 90 000, so every file tells its own wall clock and an index can be
rebuilt from the files alone.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.cameras.access_unit import TIMESCALE, StreamParameters

_TRACK = 1
_KEY_FLAGS = 0x0200_0000  # depends on nothing
_OTHER_FLAGS = 0x0101_0000  # depends on others, is no sync sample
_TFHD_BASE_IS_MOOF = 0x02_0000
_TRUN_ALL = 0xF01  # data offset; duration, size, flags and composition time of each sample
_MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)


@dataclass(frozen=True, slots=True)
class Sample:
    """One picture of a fragment; ``duration`` and ``cts`` in 90 kHz ticks."""

    duration: int
    key: bool
    cts: int
    avcc: bytes


def box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I4s", len(body) + 8, kind) + body


def full_box(kind: bytes, version: int, flags: int, *parts: bytes) -> bytes:
    return box(kind, struct.pack(">I", version << 24 | flags), *parts)


def init_segment(parameters: StreamParameters) -> bytes:
    """Return ftyp and moov: what must precede any fragment of a stream with these parameters."""
    return box(b"ftyp", b"iso6", struct.pack(">I", 1), b"iso6mp41avc1cmfc") + box(
        b"moov",
        full_box(
            b"mvhd",
            0,
            0,
            struct.pack(">4I", 0, 0, TIMESCALE, 0),
            struct.pack(">IH10x", 0x10000, 0x100),
            _MATRIX,
            bytes(24),
            struct.pack(">I", _TRACK + 1),
        ),
        _track(parameters),
        box(b"mvex", full_box(b"trex", 0, 0, struct.pack(">5I", _TRACK, 1, 0, 0, 0))),
    )


def _track(parameters: StreamParameters) -> bytes:
    width, height = parameters.width, parameters.height
    entry_kind, config_kind = (b"avc1", b"avcC") if parameters.playable else (b"hvc1", b"hvcC")
    entry = box(
        entry_kind,
        struct.pack(">6xH16xHHIIIH", 1, width, height, 0x480000, 0x480000, 0, 1),
        bytes(32),  # compressor name
        struct.pack(">Hh", 24, -1),
        box(config_kind, parameters.avcc_config),
    )
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
        full_box(b"mdhd", 0, 0, struct.pack(">4IHH", 0, 0, TIMESCALE, 0, 0x55C4, 0)),
        full_box(b"hdlr", 0, 0, struct.pack(">4x4s12x", b"vide"), b"video\0"),
        box(b"minf", full_box(b"vmhd", 0, 1, bytes(8)), box(b"dinf", here), tables),
    )
    header = full_box(
        b"tkhd",
        0,
        3,
        struct.pack(">5I8xHHHH", 0, 0, _TRACK, 0, 0, 0, 0, 0, 0),
        _MATRIX,
        struct.pack(">II", width << 16, height << 16),
    )
    return box(b"trak", header, media)


def fragment(sequence: int, dts: int, samples: Sequence[Sample]) -> bytes:
    """Return moof and mdat of one GOP.

    Args:
        sequence: counts fragments of one file from 1.
        dts: decoding time of the first sample, Unix time × 90 000.
        samples: in decoding order, at least one.
    """
    rows = b"".join(
        struct.pack(">IIIi", s.duration, len(s.avcc), _KEY_FLAGS if s.key else _OTHER_FLAGS, s.cts)
        for s in samples
    )
    moof_length = 8 + 16 + 8 + 16 + 20 + 20 + len(rows)
    moof = box(
        b"moof",
        full_box(b"mfhd", 0, 0, struct.pack(">I", sequence)),
        box(
            b"traf",
            full_box(b"tfhd", 0, _TFHD_BASE_IS_MOOF, struct.pack(">I", _TRACK)),
            full_box(b"tfdt", 1, 0, struct.pack(">Q", dts)),
            full_box(
                b"trun", 1, _TRUN_ALL, struct.pack(">Ii", len(samples), moof_length + 8), rows
            ),
        ),
    )
    return moof + box(b"mdat", *[s.avcc for s in samples])
