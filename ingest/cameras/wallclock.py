"""Gives a stream's own ticks their place in absolute time. Pure.

The first picture is where it arrived; after that the camera's own clock counts, drawn towards the
arrival times by at most 500 ppm, so that network jitter never shows and drift never grows. In the
first ten seconds earlier arrivals pull harder: the first pictures of a connection come in a burst.
"""

from ingest.cameras.access_unit import TIMESCALE

SLEW = 500e-6
_SMOOTHING = 1 / 64  # weight of one picture's arrival against what was known of the error
_SETTLING = 10 * TIMESCALE
_SETTLING_SLEW = 0.5  # a burst is placed up to twice as fast as it was taken
_WAITING_PACE = 0.49  # below the pace of settling, which it must not hinder
_JITTER = TIMESCALE // 50
_EARLY = 2 * TIMESCALE  # a picture cannot arrive this long before it is made
_LATE = 30 * TIMESCALE  # and no network holds one back for longer


class WallClock:
    """State of one connection; ``not_before`` is the newest absolute time given out before it.

    ``offset`` is what is added to the stream's ticks now.
    """

    def __init__(self, not_before: int = 0) -> None:
        self.offset = 0.0
        self._anchored = False
        self._error = 0.0
        self._anchor = 0  # ticks of the stream where its offset was taken
        self._previous = 0  # newest ticks of the stream
        self._step = 0  # the last distance of two pictures that the camera's clock did not jump
        self._placed = not_before

    def place(self, ticks: int, arrived_at: float) -> int:
        """Return the absolute time of a picture in 90 kHz Unix ticks; strictly growing.

        Args:
            ticks: the stream's own time of the picture, 90 kHz.
            arrived_at: Unix seconds.
        """
        arrived = arrived_at * TIMESCALE
        if not self._anchored:
            self._take_anchor(ticks, arrived)
        else:
            late = arrived - (ticks + self.offset)
            if ticks < self._previous or late < -_EARLY or late > _LATE:
                self._take_anchor(ticks, arrived)  # the camera set its clock
            elif late < -_JITTER and ticks - self._anchor < _SETTLING:
                self.offset += max(late, (self._previous - ticks) * _SETTLING_SLEW)
            else:
                self._step = ticks - self._previous
                self._error += (late - self._error) * _SMOOTHING
                most = (ticks - self._previous) * SLEW
                slew = max(-most, min(most, self._error))
                self.offset += slew
                self._error -= slew
        self._previous = ticks
        # A wall clock that was set back is waited for at half pace: no time twice, none stops.
        least = self._placed + max(round(self._step * _WAITING_PACE), 1)
        self._placed = max(round(ticks + self.offset), least)
        return self._placed

    def _take_anchor(self, ticks: int, arrived: float) -> None:
        self._anchored, self._anchor = True, ticks
        self.offset, self._error = arrived - ticks, 0.0
