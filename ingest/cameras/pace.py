"""When to look again at a camera that nobody watches. Pure.

To wake and to read costs more than the few pictures that are there then, so they are let gather for
a moment; but not the key picture, which makes the GOP before it whole and safe. Where it does not
come when it is expected, pictures are not let gather for a while: what is not read yet is lost in a
crash, beside the open GOP.
"""

import math

REST_S = 0.25
SLOT_S = 0.05  # cameras are looked at together at these moments
SLOTS = round(REST_S / SLOT_S)  # and not all at one of them
_ENOUGH_BYTES = 32 * 1024  # a quarter of the least that the kernel holds for us
_SHORTEST_S = 2 * SLOT_S
_OFF_S = 2 * SLOT_S  # a key picture so far from where it was expected came by surprise
_WARY_KEYS = 8  # for so many regular ones afterwards


class Pace:
    """State of one connection; all times are of one monotonic clock."""

    def __init__(self, turn: int) -> None:
        """``turn``: at which of the slots it is looked at, counted from any number."""
        self._turn = turn % SLOTS
        self._read_s: float | None = None
        self._key_s: float | None = None
        self._interval_s = math.inf  # from key picture to key picture
        self._wary = 0  # regular key pictures to come until it may rest again

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
        since_s = REST_S if self._read_s is None else max(now_s - self._read_s, 1e-3)
        self._read_s = now_s
        rest_s = min(REST_S, _ENOUGH_BYTES * since_s / max(length, 1))
        if rest_s < _SHORTEST_S or self._wary:
            return None
        slot = math.floor((now_s + rest_s) / SLOT_S)
        if rest_s == REST_S:
            slot -= (slot - self._turn) % SLOTS
        if slot * SLOT_S <= now_s:
            slot += SLOTS
        key_s = math.inf if self._key_s is None else self._key_s + self._interval_s
        if now_s < key_s < slot * SLOT_S:
            slot = math.ceil(key_s / SLOT_S)
        elif key_s <= now_s < key_s + _OFF_S:  # it is late: any moment now
            slot = math.floor(now_s / SLOT_S) + 1
        return slot * SLOT_S
