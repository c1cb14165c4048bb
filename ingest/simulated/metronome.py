"""One clock for all simulated cameras: a heap of who sends next and when."""

import asyncio
from collections.abc import Callable
from heapq import heappush, heapreplace
from itertools import count

from ingest.simulated.rtp import CLOCK_HZ

_BEAT_S = 0.004  # how often to look at the soonest: hundreds of cameras wake the loop only so often

Tick = Callable[[], int]
"""Does what is due and returns when, in 90 kHz ticks of the wall clock, it wants to be called."""


class Metronome:
    """Calls each of its ticks when it is due; lives on the event loop."""

    def __init__(self, ticks_at: Callable[[float], int]) -> None:
        self._loop = asyncio.get_running_loop()
        self._ticks_at = ticks_at
        self._order = count()
        self._heap: list[tuple[int, int, Tick]] = []
        self._timer: asyncio.TimerHandle | None = None

    def now(self) -> int:
        """Return 90 kHz ticks of the wall clock."""
        return self._ticks_at(self._loop.time())

    def add(self, due: int, tick: Tick) -> None:
        heappush(self._heap, (due, next(self._order), tick))
        self._wait()

    def close(self) -> None:
        """Call nobody any more."""
        self._heap.clear()
        if self._timer is not None:
            self._timer.cancel()

    def _wait(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        delay_s = (self._heap[0][0] - self.now()) / CLOCK_HZ
        self._timer = self._loop.call_later(max(delay_s, _BEAT_S), self._run)

    def _run(self) -> None:
        now = self.now()
        while self._heap and self._heap[0][0] <= now:
            _, order, tick = self._heap[0]
            heapreplace(self._heap, (tick(), order, tick))
        if self._heap:
            self._wait()
