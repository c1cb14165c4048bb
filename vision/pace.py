"""Pure: how far apart a camera's key pictures are, and whether they are enough to look at."""

from collections import deque
from dataclasses import dataclass, field
from statistics import median

KEYS_ENOUGH_S = 2.5  # key pictures further apart leave people unseen for too long
_BACK_BELOW = 0.9  # of that: what a camera must show before its other pictures are given up
_SECOND_KEY_LATE_S = 0.5
_REMEMBERED = 5
_TO_GO_BACK = 3
_LOOKS_LATE = 1.5  # a look may come this much later than wished before key pictures are too few


@dataclass(slots=True)
class KeyPace:
    """The key pictures of one stream, told as they arrive.

    Attributes:
        whole: whether all pictures are to be decoded, since key pictures alone are too few.
    """

    whole: bool = False
    _intervals_s: deque[float] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))
    _last_s: float | None = None
    _shown_s: float | None = None

    @property
    def interval_s(self) -> float | None:
        """The usual distance of two key pictures in seconds; None until two were seen."""
        return median(self._intervals_s) if self._intervals_s else None

    def key(self, media_s: float, now_s: float) -> None:
        """Take in a key picture: ``media_s`` is the stream's own time, ``now_s`` ours."""
        if self._shown_s is not None and media_s > self._shown_s:
            self._intervals_s.append(media_s - self._shown_s)
        self._shown_s, self._last_s = media_s, now_s

    def pause(self) -> None:
        """Forget when the last one came: the stream stopped, so the next says nothing of it."""
        self._last_s = self._shown_s = None

    def judge(self, every_s: float, now_s: float) -> bool:
        """Return ``whole`` anew for a camera that is to be looked at every ``every_s`` seconds."""
        longest_s = KEYS_ENOUGH_S if every_s >= 1 else every_s * _LOOKS_LATE
        recent_s = list(self._intervals_s)[-_TO_GO_BACK:]
        if self.whole:
            enough = len(recent_s) == _TO_GO_BACK and max(recent_s) <= longest_s * _BACK_BELOW
            self.whole = not enough
        elif recent_s:
            self.whole = recent_s[-1] > longest_s
        elif self._last_s is not None:  # a second one does not come: the camera may send few
            self.whole = now_s - self._last_s > KEYS_ENOUGH_S + _SECOND_KEY_LATE_S
        return self.whole
