"""What is measured of a stream while it runs: its pace, and how far its clock is off. Pure."""

from collections import deque
from dataclasses import dataclass, replace

from ingest.cameras.access_unit import TIMESCALE, AccessUnit

CLOCK_OFF_S = 5.0  # a camera's clock this far off deserves a word
_KEYS = 9  # the pace is that of the last eight GOPs
_CLOCKS = 16
_JUMP_S = 1.0
_PAUSE = 30 * TIMESCALE  # between two reports
_NOTICEABLE = 0.1
_NOTICEABLE_CLOCK_S = 0.5


@dataclass(frozen=True, slots=True)
class Measured:
    """None: not known yet.

    Attributes:
        frame_rate: pictures a second.
        key_interval_s: from key picture to key picture.
        clock_offset_s: the camera's clock (RTCP sender reports) minus the node's; the network's
            delay makes it seem too small by up to that delay.
        audio_codec: FFmpeg's name of the sound that is kept; None where there is none.
    """

    frame_rate: float | None = None
    key_interval_s: float | None = None
    clock_offset_s: float | None = None
    audio_codec: str | None = None

    @property
    def clock_detail(self) -> str:
        """A sentence for a person where the camera's clock is far off, else empty."""
        offset_s = self.clock_offset_s
        if offset_s is None or abs(offset_s) < CLOCK_OFF_S:
            return ""
        way = "ahead of" if offset_s > 0 else "behind"
        return f"the camera's clock is {abs(offset_s):.0f} s {way} this node's; set its time (NTP)"


class Meter:
    """State of one connection; told each key picture, in order."""

    def __init__(self, audio_codec: str | None = None) -> None:
        self._keys: deque[tuple[int, int]] = deque(maxlen=_KEYS)
        self._clocks: deque[float] = deque(maxlen=_CLOCKS)
        self._told = Measured(audio_codec=audio_codec)
        self._told_at: int | None = None

    def key(self, unit: AccessUnit, camera_s: float | None) -> Measured | None:
        """Return what is known now, where that is news.

        Args:
            unit: a key picture.
            camera_s: Unix seconds of the picture by the camera's own clock, if it tells.
        """
        self._keys.append((unit.sequence, unit.dts))
        if camera_s is not None:
            # The source hands a picture over when the next one begins.
            ahead_s = camera_s - unit.received_at + unit.duration / TIMESCALE
            if self._clocks and abs(ahead_s - self._clocks[-1]) > _JUMP_S:
                self._clocks.clear()  # somebody set the camera's clock
            self._clocks.append(ahead_s)
        known = self._known()
        first = self._told_at is None or _count(known) > _count(self._told)
        if known == self._told or not (first or self._is_news(known, unit.dts)):
            return None
        self._told, self._told_at = known, unit.dts
        return known

    def _known(self) -> Measured:
        frame_rate = key_interval_s = None
        (first_number, first), (last_number, last) = self._keys[0], self._keys[-1]
        if last > first:
            span_s = (last - first) / TIMESCALE
            frame_rate = round((last_number - first_number) / span_s, 2)
            key_interval_s = round(span_s / (len(self._keys) - 1), 3)
        # The fastest way through the network is the one that tells the truth.
        offset_s = round(max(self._clocks), 3) if self._clocks else None
        return replace(
            self._told,
            frame_rate=frame_rate,
            key_interval_s=key_interval_s,
            clock_offset_s=offset_s,
        )

    def _is_news(self, known: Measured, now: int) -> bool:
        told = self._told
        if now - (self._told_at or 0) < _PAUSE:
            return False
        off_s = abs((known.clock_offset_s or 0) - (told.clock_offset_s or 0))
        return (
            _differs(known.frame_rate, told.frame_rate)
            or _differs(known.key_interval_s, told.key_interval_s)
            or off_s > _NOTICEABLE_CLOCK_S
        )


def _differs(now: float | None, before: float | None) -> bool:
    return now is not None and abs(now - (before or 0)) > _NOTICEABLE * now


def _count(measured: Measured) -> int:
    values = (measured.frame_rate, measured.key_interval_s, measured.clock_offset_s)
    return sum(value is not None for value in values)
