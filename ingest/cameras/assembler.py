"""Turns what a source reads into access units of a feed. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.cameras.access_unit import TIMESCALE, AccessUnit, AudioUnit, StreamParameters
from ingest.cameras.bits import Bits
from ingest.cameras.codecs import H264, VideoCodec
from ingest.cameras.wallclock import WallClock
from models.kit.errors import InvalidInput

_ASSUMED_DURATION = TIMESCALE // 25
_LONGEST_DURATION = 10 * TIMESCALE
_SOUND_APART = TIMESCALE // 2


@dataclass(slots=True)
class CodedPicture:
    """What a source read: one picture's NAL units and its stream times in 90 kHz ticks.

    Never changed once it is made; it is not frozen, since freezing triples what making one costs.

    Attributes:
        waited: ticks that passed at the least between its arrival and its being read.
        camera_s: Unix seconds of the picture by the camera's own clock; told of key pictures
            once the camera sent a sender report.
    """

    dts: int
    pts: int
    nals: Sequence[bytes]
    waited: int = 0
    camera_s: float | None = None


@dataclass(frozen=True, slots=True)
class CodedSound:
    """What a source read of the sound; stream times in 90 kHz ticks."""

    dts: int
    duration: int
    payload: bytes


class Assembler:
    """State of one connection.

    ``sequence`` and ``dts`` are those of the feed's newest access unit: the new ones go on from it.
    """

    def __init__(self, sequence: int = 0, dts: int = 0, codec: VideoCodec = H264) -> None:
        self._codec = codec
        self._clock = WallClock(not_before=dts)
        self._sequence = sequence
        self._dts: int | None = None
        self._duration = _ASSUMED_DURATION
        self._sets: dict[int, bytes] = {}
        self._used: tuple[bytes, ...] | None = None
        self._reordered = False
        self._published: StreamParameters | None = None
        self._sound_shift = 0.0  # ticks
        self._sound_dts = 0

    def offer_parameters(self, nals: Sequence[bytes]) -> None:
        """Take parameter sets that came outside of pictures (SDP)."""
        self._take(nals)

    def push(
        self, picture: CodedPicture, arrived_at: float
    ) -> tuple[StreamParameters | None, AccessUnit | None]:
        """Return new parameters, where they changed, and the access unit, where it is usable.

        Pictures before the first key picture of a connection are dropped: nothing could show them.
        """
        body, key = self._take(picture.nals)
        arrived_at -= picture.waited / TIMESCALE
        dts = self._clock.place(picture.dts, arrived_at)
        if self._dts is not None:
            self._duration = min(dts - self._dts, _LONGEST_DURATION)
        self._dts = dts
        cts = picture.pts - picture.dts
        if abs(cts) > _LONGEST_DURATION:
            cts = 0  # nonsense from the camera; the order of decoding is the best guess
        self._reordered = self._reordered or cts != 0
        parameters = self._changed() if key else None
        if self._published is None or not body:
            return None, None
        self._sequence += 1
        unit = AccessUnit(
            sequence=self._sequence,
            dts=dts,
            cts=cts,
            duration=self._duration,
            key=key,
            avcc=body,
            received_at=arrived_at,
        )
        return parameters, unit

    def push_sound(self, sound: CodedSound, arrived_at: float) -> AudioUnit | None:
        """Return the sound at its place beside the pictures; None before the first key picture.

        Both share the stream's time. Where that puts the sound far from its arrival, as before a
        camera's first sender report, its arrival counts.
        """
        if self._published is None:
            return None
        arrived = arrived_at * TIMESCALE
        at = sound.dts + self._clock.offset + self._sound_shift
        if abs(arrived - at) > _SOUND_APART:
            self._sound_shift += arrived - at
            at = arrived
        self._sound_dts = max(round(at), self._sound_dts + 1)
        return AudioUnit(self._sound_dts, sound.duration, sound.payload)

    def _take(self, nals: Sequence[bytes]) -> tuple[bytes, bool]:
        """Keep the parameter sets; return the rest behind 4-byte lengths, and whether it is key."""
        codec, key = self._codec, False
        parts: list[bytes] = []
        for unit in nals:
            kind = codec.nal_type(unit)
            if kind in codec.left_out:
                if kind not in codec.sets:
                    continue
                if not self._is_further(kind, unit):
                    self._sets[kind] = unit
                    continue
            key = key or kind in codec.keys
            parts += (len(unit).to_bytes(4, "big"), unit)
        return b"".join(parts), key

    def _is_further(self, kind: int, unit: bytes) -> bool:
        """Say whether it is a second PPS beside the one that is told: it stays in the picture."""
        known = self._sets.get(kind)
        if kind != self._codec.sets[-1] or known is None or known == unit:
            return False
        at = self._codec.first_slice_at  # both begin after the NAL unit's header
        try:
            return Bits(known[at:]).unsigned() != Bits(unit[at:]).unsigned()
        except InvalidInput:
            return False

    def _changed(self) -> StreamParameters | None:
        """Return the parameters where they are whole and differ from those in use."""
        sets = tuple(self._sets.get(kind, b"") for kind in self._codec.sets)
        if not all(sets):
            return None
        used = self._published
        if used is not None and sets == self._used and used.has_b_frames >= self._reordered:
            return None
        try:
            parameters = self._codec.describe(sets, self._reordered)
        except InvalidInput:
            return None  # a damaged SPS: the next key picture carries it again
        self._published, self._used = parameters, sets
        return parameters
