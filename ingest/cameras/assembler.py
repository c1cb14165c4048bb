"""Turns what a source reads into access units of a feed. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.cameras import nal
from ingest.cameras.access_unit import TIMESCALE, AccessUnit, StreamParameters
from ingest.cameras.wallclock import WallClock
from models.kit.errors import InvalidInput

_ASSUMED_DURATION = TIMESCALE // 25
_LONGEST_DURATION = 10 * TIMESCALE


@dataclass(frozen=True, slots=True)
class CodedPicture:
    """What a source read: one picture's NAL units and its stream times in 90 kHz ticks."""

    dts: int
    pts: int
    nals: Sequence[bytes]


class Assembler:
    """State of one connection.

    ``sequence`` and ``dts`` are those of the feed's newest access unit: the new ones go on from it.
    """

    def __init__(self, sequence: int = 0, dts: int = 0) -> None:
        self._clock = WallClock(not_before=dts)
        self._sequence = sequence
        self._dts: int | None = None
        self._duration = _ASSUMED_DURATION
        self._sps = b""
        self._pps = b""
        self._reordered = False
        self._published: StreamParameters | None = None

    def offer_parameters(self, nals: Sequence[bytes]) -> None:
        """Take SPS and PPS that came outside of pictures (SDP) or inside of them."""
        for unit in nals:
            kind = nal.nal_type(unit)
            if kind == nal.SPS:
                self._sps = unit
            elif kind == nal.PPS:
                self._pps = unit

    def push(
        self, picture: CodedPicture, arrived_at: float
    ) -> tuple[StreamParameters | None, AccessUnit | None]:
        """Return new parameters, where they changed, and the access unit, where it is usable.

        Pictures before the first key picture of a connection are dropped: nothing could show them.
        """
        self.offer_parameters(picture.nals)
        key = any(nal.nal_type(unit) == nal.IDR for unit in picture.nals)
        body = nal.to_avcc(picture.nals)
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

    def _changed(self) -> StreamParameters | None:
        """Return the parameters where they are whole and differ from those in use."""
        if not (self._sps and self._pps):
            return None
        used = self._published
        same_sets = used is not None and (used.sps, used.pps) == (self._sps, self._pps)
        if used is not None and same_sets and used.has_b_frames >= self._reordered:
            return None
        try:
            parameters = nal.stream_parameters(self._sps, self._pps, reordered=self._reordered)
        except InvalidInput:
            return None  # a damaged SPS: the next key picture carries it again
        self._published = parameters
        return parameters
