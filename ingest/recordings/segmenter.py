"""Writes one stream's GOPs into files. Blocking; called by one thread at a time."""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ingest.cameras.access_unit import (
    TIMESCALE,
    AccessUnit,
    AudioParameters,
    AudioUnit,
    StreamParameters,
)
from ingest.recordings.boxes import FragmentPlace
from ingest.recordings.disk import GAP_OF_DISK, Disk, state_of
from ingest.recordings.facts import (
    Fact,
    GapFact,
    SegmentFact,
    StreamKey,
    at_ticks,
    segment_path,
)
from ingest.recordings.fmp4 import Sample, fragment, init_segment
from ingest.recordings.metrics import BYTES, FRAGMENTS
from ingest.recordings.sound import run_of
from models.kit.log import get

log = get(__name__)
_JUMP = TIMESCALE // 2  # a hole this long between two GOPs starts a new file
_SILENCE = TIMESCALE  # a longer one ends the sound of a file
_EARLY = TIMESCALE // 10  # a key picture this little before its turn may start a file already


@dataclass(frozen=True, slots=True)
class Gop:
    """A key picture and what follows it until the next; ``end_dts`` is where the next begins.

    ``sounds`` came meanwhile; there are none where ``audio`` is None.
    """

    parameters: StreamParameters
    units: Sequence[AccessUnit]
    end_dts: int
    audio: AudioParameters | None = None
    sounds: Sequence[AudioUnit] = ()

    @property
    def heard(self) -> AudioParameters | None:
        """What sound there is for at least half of its time; less is no sound."""
        lasted = sum(unit.duration for unit in self.sounds)
        return self.audio if 2 * lasted >= self.end_dts - self.units[0].dts else None

    def samples(self) -> list[Sample]:
        ends = [unit.dts for unit in self.units[1:]] + [self.end_dts]
        return [
            Sample(end - unit.dts, unit.key, unit.cts, unit.avcc)
            for unit, end in zip(self.units, ends, strict=True)
        ]


class _File:
    """One open recording: only whole fragments count, whatever the disk does."""

    def __init__(self, disk: Disk, stream: StreamKey, gop: Gop) -> None:
        disk.claim()
        first = gop.units[0]
        start = first.dts + first.cts
        while True:
            self.path = segment_path(stream, start)
            target = disk.root / self.path
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                self._descriptor = os.open(target, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o640)
                break
            except FileExistsError:
                start += TIMESCALE // 1000  # the wall clock was set back: take the next free name
        self._disk = disk
        self._target = target
        self._stream = stream
        self._hash = hashlib.sha256()
        self.audio = gop.heard
        self._init = init_segment(gop.parameters, self.audio)
        self._size = 0
        self.parameters = gop.parameters
        self.fragments: list[FragmentPlace] = []
        self._heard_until = first.dts

    @property
    def end_dts(self) -> int:
        return self.fragments[-1].dts + self.fragments[-1].duration

    def lost_sound(self, gop: Gop) -> bool:
        """Say whether the sound of this file is over; sound that begins waits for the next file.

        A player waits for sound that a file promises.
        """
        if self.audio is None:
            return False
        if gop.sounds:
            return gop.audio != self.audio
        return gop.end_dts - self._heard_until > _SILENCE

    def append(self, gop: Gop) -> None:
        """Write one fragment whole or not at all.

        Raises:
            OSError: the disk refused; the file ends where it did before.
        """
        run = run_of(gop.sounds) if self.audio is not None else None
        if run is not None:
            self._heard_until = gop.sounds[-1].dts + gop.sounds[-1].duration
        body = fragment(len(self.fragments) + 1, gop.units[0].dts, gop.samples(), run)
        lead = b"" if self.fragments else self._init
        try:
            _write_all(self._descriptor, lead + body)
        except OSError:
            os.ftruncate(self._descriptor, self._size)
            os.lseek(self._descriptor, self._size, os.SEEK_SET)
            raise
        FRAGMENTS.inc()
        BYTES.inc(len(lead) + len(body))
        self._disk.wrote(len(lead) + len(body))
        self._hash.update(lead)
        self._hash.update(body)
        offset = self._size + len(lead)
        self._size = offset + len(body)
        first = gop.units[0]
        self.fragments.append(
            FragmentPlace(first.dts, gop.end_dts - first.dts, first.cts, offset, len(body))
        )

    def fact(self, *, closed: bool) -> SegmentFact:
        return SegmentFact(
            self._stream,
            str(self.path),
            self.parameters.codec,
            len(self._init),
            tuple(self.fragments),
            closed,
            self._hash.hexdigest() if closed else None,
        )

    def close(self) -> list[Fact]:
        """Close the file; one without a fragment leaves no trace."""
        try:
            try:
                os.fdatasync(self._descriptor)
            finally:
                os.close(self._descriptor)
            if not self.fragments:
                self._target.unlink(missing_ok=True)
        except OSError as error:
            log.warning("recording.not_synced", path=str(self.path), error=str(error))
        return [self.fact(closed=True)] if self.fragments else []


class Segmenter:
    """The files of one stream, in order; says what happened as facts for the index."""

    def __init__(
        self, disk: Disk, stream: StreamKey, *, segment_s: float, turn: float = 0.0
    ) -> None:
        """``turn``: when within ``segment_s`` a new file begins, 0 to 1; streams differ in it."""
        self._disk = disk
        self._stream = stream
        self._segment_ticks = round(segment_s * TIMESCALE)
        self._turn_ticks = round(turn * segment_s * TIMESCALE) - _EARLY
        self._file: _File | None = None
        self._refused: GapFact | None = None

    def write(self, gop: Gop) -> list[Fact]:
        """Append a GOP, rotating where it is time; a disk that refuses it becomes a gap."""
        facts: list[Fact] = []
        if self._file is not None and self._must_rotate(self._file, gop):
            facts += self.close()
        try:
            if self._file is None:
                self._file = _File(self._disk, self._stream, gop)
            self._disk.require_space(sum(len(unit.avcc) for unit in gop.units))
            self._file.append(gop)
        except OSError as error:
            return facts + self._refuse(gop, error)
        first = gop.units[0]
        return [
            *facts,
            *self.end_refusal(at_ticks(first.dts + first.cts)),
            self._file.fact(closed=False),
        ]

    def end_refusal(self, at: datetime) -> list[Fact]:
        """End the gap of a disk that refuses, where there is one."""
        refused, self._refused = self._refused, None
        if refused is None:
            return []
        return [replace(refused, ended_at=max(at, refused.started_at))]

    def close(self) -> list[Fact]:
        """Close the open file, where there is one."""
        file, self._file = self._file, None
        return file.close() if file is not None else []

    def _must_rotate(self, file: _File, gop: Gop) -> bool:
        start = gop.units[0].dts
        return (
            self._slot(start) != self._slot(file.fragments[0].dts)
            or abs(start - file.end_dts) > _JUMP
            or gop.parameters != file.parameters
            or file.lost_sound(gop)
        )

    def _slot(self, ticks: int) -> int:
        return (ticks - self._turn_ticks) // self._segment_ticks

    def _refuse(self, gop: Gop, error: OSError) -> list[Fact]:
        facts = self.close()
        state = state_of(error)
        detail = error.strerror or str(error)
        self._disk.refused(state, detail)
        reason = GAP_OF_DISK[state]
        if self._refused is not None and self._refused.reason is reason:
            return facts
        log.error(
            "recording.refused",
            camera_id=str(self._stream.camera_id),
            kind=self._stream.kind,
            reason=reason,
            error=detail,
        )
        first = gop.units[0]
        at = at_ticks(first.dts + first.cts)
        facts += self.end_refusal(at)
        self._refused = GapFact(self._stream, at, None, reason)
        return [*facts, self._refused]


def _write_all(descriptor: int, content: bytes) -> None:
    """Write everything; a disk that fills up first takes a part and only then says so."""
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
