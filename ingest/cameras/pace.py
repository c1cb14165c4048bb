"""When to look again at a camera that nobody watches. Pure.

To wake and to read costs more than the few pictures that are there then, so they are let gather for
a moment; but not the key picture, which makes the GOP before it whole and safe. What is read before
that is lost in a crash as well as what is not. Where a key picture does not come when it is
expected, the moment is a short one for a while.
"""

import math

REST_S = 1.0
WARY_S = 0.1
SLOT_S = 0.05  # cameras are looked at together at these moments
STRETCH = 1.25  # a rest may be so much longer where the key picture ends it
_SHORTEST_S = 2 * SLOT_S
_OFF_S = 2 * SLOT_S  # a key picture so far from where it was expected came by surprise
_WARY_KEYS = 8  # for so many regular ones afterwards


class Pace:
    """State of one connection; all times are of one monotonic clock."""

    def __init__(self, enough_bytes: int) -> None:
        """``enough_bytes``: what may gather; more is held for us only where we are lucky."""
        self._enough_bytes = enough_bytes
        self._read_s: float | None = None
        self._key_s: float | None = None
        self._interval_s = math.inf  # from key picture to key picture
        self._wary = 0  # regular key pictures to come until it may rest long again

    def key(self, at_s: float) -> None:
        """A key picture arrived."""
        if self._key_s is not None:
            interval_s = at_s - self._key_s
            if math.isfinite(self._interval_s) and abs(interval_s - self._interval_s) > _OFF_S:
                self._wary = _WARY_KEYS
            else:
                self._wary = max(self._wary - 1, 0)
            self._interval_s = interval_s
        self._key_s = at_s

    def after(self, now_s: float, length: int) -> float | None:
        """Return when to look again after a read; None: at once, since it must not rest.

        Args:
            now_s: when it was read.
            length: bytes that it brought.
        """
        since_s = WARY_S if self._read_s is None else max(now_s - self._read_s, 1e-3)
        self._read_s = now_s
        key_s = math.inf if self._key_s is None else self._key_s + self._interval_s
        sure = not self._wary and now_s < key_s + _OFF_S < math.inf
        rest_s = min(REST_S if sure else WARY_S, self._enough_bytes * since_s / max(length, 1))
        if rest_s < _SHORTEST_S:
            return None
        slot = math.floor((now_s + rest_s) / SLOT_S)
        if now_s < key_s < now_s + STRETCH * rest_s:
            slot = math.ceil(key_s / SLOT_S)
        elif key_s <= now_s < key_s + _OFF_S:  # it is late: any moment now
            slot = math.floor(now_s / SLOT_S) + 1
        while slot * SLOT_S <= now_s:  # at a slot, as numbers are rounded
            slot += 1
        return slot * SLOT_S
