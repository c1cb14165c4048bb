"""Fragmented MP4, written by hand: pictures and sound, one fragment a GOP, absolute time. Pure.

``tfdt`` holds Unix time × 90 000, so every file tells its own wall clock and an index can be
rebuilt from the files alone.
"""

import struct
from collections.abc import Sequence
from typing import NamedTuple

from ingest.cameras.access_unit import TIMESCALE, AudioParameters, StreamParameters
from ingest.recordings import sound
from ingest.recordings.iso_box import MATRIX, box, box_head, full_box, track
from ingest.recordings.sound import SoundRun

_TRACK = 1
_KEY_FLAGS = 0x0200_0000  # depends on nothing
_OTHER_FLAGS = 0x0101_0000  # depends on others, is no sync sample
_TFHD_BASE_IS_MOOF = 0x02_0000
_TRUN_ROW = struct.Struct(">IIIi")
_TRUN_ALL = 0xF01  # data offset; duration, size, flags and composition time of each sample


class Sample(NamedTuple):
    """One picture of a fragment; ``duration`` and ``cts`` in 90 kHz ticks."""

    duration: int
    key: bool
    cts: int
    avcc: bytes


def init_segment(parameters: StreamParameters, audio: AudioParameters | None = None) -> bytes:
    """Return ftyp and moov: what must precede any fragment of a stream with these parameters."""
    numbers = (_TRACK,) if audio is None else (_TRACK, sound.TRACK)
    return box(b"ftyp", b"iso6", struct.pack(">I", 1), b"iso6mp41avc1cmfc") + box(
        b"moov",
        full_box(
            b"mvhd",
            0,
            0,
            struct.pack(">4I", 0, 0, TIMESCALE, 0),
            struct.pack(">IH10x", 0x10000, 0x100),
            MATRIX,
            bytes(24),
            struct.pack(">I", len(numbers) + 1),
        ),
        _track(parameters),
        b"" if audio is None else sound.sound_track(audio),
        box(
            b"mvex",
            *(full_box(b"trex", 0, 0, struct.pack(">5I", n, 1, 0, 0, 0)) for n in numbers),
        ),
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
    visible = struct.pack(">HH", 0, 0) + MATRIX + struct.pack(">II", width << 16, height << 16)
    return track(
        _TRACK, b"vide", full_box(b"vmhd", 0, 1, bytes(8)), entry, TIMESCALE, shown=visible
    )


def fragment(
    sequence: int, dts: int, samples: Sequence[Sample], run: SoundRun | None = None
) -> bytes:
    """Return moof and mdat of one GOP.

    Args:
        sequence: counts fragments of one file from 1.
        dts: decoding time of the first sample, Unix time × 90 000.
        samples: in decoding order, at least one.
        run: the sound of the same time, for a file whose init segment has a sound track.
    """
    row, bodies = _TRUN_ROW.pack, [sample.avcc for sample in samples]
    rows = b"".join(
        [
            row(duration, len(avcc), _KEY_FLAGS if key else _OTHER_FLAGS, cts)
            for duration, key, cts, avcc in samples
        ]
    )
    pictures_bytes = sum(map(len, bodies))
    moof_length = 8 + 16 + 8 + 16 + 20 + 20 + len(rows)
    sounds: list[bytes] = []
    sound_box = b""
    if run is not None:
        moof_length += sound.traf_length(run)
        sound_box = sound.sound_traf(run, moof_length + 8 + pictures_bytes)
        sounds = [s.payload for s in run.samples]
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
        sound_box,
    )
    body_bytes = pictures_bytes + sum(map(len, sounds))
    return b"".join((moof, box_head(b"mdat", body_bytes), *bodies, *sounds))  # copied once
