"""The sound beside the pictures: its track and its part of each fragment. Pure.

AAC goes in as every player knows it (``mp4a``), G.711 under the names that QuickTime gave it
(``alaw``, ``ulaw``): FFmpeg, VLC and QuickTime play those, browsers do not.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.cameras.access_unit import TIMESCALE, AudioParameters, AudioUnit
from ingest.recordings.iso_box import MATRIX, box, full_box, track

TRACK = 2
_ENTRIES = {"aac": b"mp4a", "pcm_alaw": b"alaw", "pcm_mulaw": b"ulaw"}
_BASE_IS_MOOF = 0x02_0000
_TRUN_OFFSET_DURATION_SIZE = 0x301
_LONGEST = TIMESCALE  # a hole in the sound longer than this is not stretched over


@dataclass(frozen=True, slots=True)
class SoundSample:
    """``duration`` in 90 kHz ticks."""

    duration: int
    payload: bytes


@dataclass(frozen=True, slots=True)
class SoundRun:
    """The sound of one fragment; ``dts`` of its first sample, Unix time × 90 000."""

    dts: int
    samples: Sequence[SoundSample]


def run_of(units: Sequence[AudioUnit]) -> SoundRun | None:
    """Return the units as one run: each lasts until the next, so that the time stays true."""
    if not units:
        return None
    ends = [unit.dts for unit in units[1:]] + [units[-1].dts + units[-1].duration]
    return SoundRun(
        units[0].dts,
        [
            SoundSample(max(min(end - unit.dts, _LONGEST), 1), unit.payload)
            for unit, end in zip(units, ends, strict=True)
        ],
    )


def sound_track(parameters: AudioParameters) -> bytes:
    """Return the ``trak`` box."""
    body = struct.pack(
        ">6xH8xHH4xI", 1, parameters.channels, 16, min(parameters.sample_rate, 0xFFFF) << 16
    )
    detail = _esds(parameters.config) if parameters.codec == "aac" else b""
    entry = box(_ENTRIES[parameters.codec], body, detail)
    loud = struct.pack(">HH", 0x100, 0) + MATRIX + bytes(8)
    return track(TRACK, b"soun", full_box(b"smhd", 0, 0, bytes(4)), entry, TIMESCALE, shown=loud)


def sound_traf(run: SoundRun, offset: int) -> bytes:
    """Return the ``traf`` box; ``offset``: of the first sample, from the start of ``moof``."""
    rows = b"".join(struct.pack(">II", s.duration, len(s.payload)) for s in run.samples)
    return box(
        b"traf",
        full_box(b"tfhd", 0, _BASE_IS_MOOF, struct.pack(">I", TRACK)),
        full_box(b"tfdt", 1, 0, struct.pack(">Q", run.dts)),
        full_box(
            b"trun",
            0,
            _TRUN_OFFSET_DURATION_SIZE,
            struct.pack(">Ii", len(run.samples), offset),
            rows,
        ),
    )


def traf_length(run: SoundRun) -> int:
    return 8 + 16 + 20 + 20 + 8 * len(run.samples)


def hidden(beginning: bytes, *, all_sound: bool) -> bytes:
    """Return a file's beginning, as long as before, with its sound said to be none.

    ``all_sound`` False: only G.711, which browsers cannot decode.
    """
    for codec, entry in _ENTRIES.items():
        if codec == "aac" and not all_sound:
            continue
        header = beginning.rfind(b"hdlr", 0, max(beginning.find(entry), 0))
        if header >= 0:
            return beginning[: header + 12] + b"meta" + beginning[header + 16 :]
    return beginning


def _esds(config: bytes) -> bytes:
    """Return the box of an AAC decoder's configuration (ISO/IEC 14496-1, 7.2.6)."""
    specific = _descriptor(5, config)
    decoder = _descriptor(4, bytes((0x40, 0x15)) + bytes(11) + specific)
    stream = _descriptor(3, struct.pack(">HB", TRACK, 0) + decoder + _descriptor(6, b"\x02"))
    return full_box(b"esds", 0, 0, stream)


def _descriptor(tag: int, body: bytes) -> bytes:
    """Return a descriptor with its length as four bytes of seven bits."""
    length = len(body)
    sizes = (0x80 | length >> 21 & 0x7F, 0x80 | length >> 14 & 0x7F, 0x80 | length >> 7 & 0x7F)
    return bytes((tag, *sizes, length & 0x7F)) + body
