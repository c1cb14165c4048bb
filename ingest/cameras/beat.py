"""Looks at the sockets of all cameras together, at most fifty times a second.

To wake costs as much as two pictures do: with a wake for each picture, 32 cameras cost three times
as much. A picture waits 10 ms on average; FFmpeg hands one over only when the next one begins.
Who rests is not looked at before its time, unless its peer leaves: as long as all do, there is no
beat either.

A node that does not get the processor finds more to read at each beat; so a beat ends after a
moment, in which each has one read at the most, and the rest of the node has its turn before it
goes on.
"""

import asyncio
import heapq
import select
from collections.abc import Callable

from models.kit.clock import Clock, SystemClock

EVERY_S = 0.02
_TURN_S = 0.05
_AT_ONCE = 64  # sockets; epoll begins the next time with those that it has not told of


class Beat:
    """Calls whoever has something to read; lives on the event loop."""

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()  # a loop's own clock stands still during a turn
        self._loop = asyncio.get_running_loop()
        self._epoll = select.epoll()  # of those who do not rest
        self._ends = select.epoll()  # of all; the loop itself waits for it
        self._calls: dict[int, Callable[[], None]] = {}
        self._resting: dict[int, float] = {}  # until when, by the loop's clock
        self._due: list[tuple[float, int]] = []  # heap of the same, and of what is no longer so
        self._timer: asyncio.TimerHandle | None = None
        self._running = False

    def add(self, descriptor: int, call: Callable[[], None]) -> None:
        """Call at each beat while there is something to read, or an end to be seen."""
        self._epoll.register(descriptor, select.EPOLLIN)
        self._ends.register(descriptor, select.EPOLLRDHUP)
        if not self._calls:
            self._loop.add_reader(self._ends.fileno(), self._see_ends)
        self._calls[descriptor] = call
        self._set_timer()

    def rest(self, descriptor: int, until_s: float) -> None:
        """Call at ``until_s`` by the loop's clock, whether there is something or not; not before.

        From then on each beat counts again.
        """
        if descriptor not in self._resting:
            self._epoll.unregister(descriptor)
        self._resting[descriptor] = until_s
        heapq.heappush(self._due, (until_s, descriptor))

    def hurry(self, descriptor: int) -> None:
        """Let the rest end now."""
        if self._resting.pop(descriptor, None) is not None:
            self._epoll.register(descriptor, select.EPOLLIN)
            self._set_timer()

    def remove(self, descriptor: int) -> None:
        """Must come before the descriptor is closed."""
        if self._calls.pop(descriptor, None) is None:
            return
        self._ends.unregister(descriptor)
        if self._resting.pop(descriptor, None) is None:
            self._epoll.unregister(descriptor)
        if not self._calls:
            self._loop.remove_reader(self._ends.fileno())
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None

    def _see_ends(self) -> None:
        """Call those whose peer has left until they have seen it, also while they rest."""
        for descriptor, _ in self._ends.poll(0):
            call = self._calls.get(descriptor)
            if call is not None:
                call()

    def _run(self) -> None:
        self._timer, self._running = None, True
        whole = False
        try:
            self._read_ready(self._clock.monotonic() + _TURN_S)
            whole = self._end_rests(self._clock.monotonic() + _TURN_S)
        finally:
            # From the end on: however much there was to read, the others have their turn.
            self._running = False
            self._set_timer(EVERY_S if whole else 0.0)

    def _read_ready(self, over_at: float) -> None:
        if len(self._calls) == len(self._resting):
            return
        told: set[int] = set()
        while ready := {descriptor for descriptor, _ in self._epoll.poll(0, _AT_ONCE)} - told:
            told |= ready
            for descriptor in ready:
                call = self._calls.get(descriptor)
                if call is not None:  # one that was called before may have removed it
                    call()
            if len(ready) < _AT_ONCE or self._clock.monotonic() >= over_at:
                return

    def _end_rests(self, over_at: float) -> bool:
        """Call those whose rest is over; say whether there was time for all of them."""
        now_s = self._loop.time()
        while self._due and self._due[0][0] <= now_s:
            self._end_rest(*heapq.heappop(self._due))
            if self._clock.monotonic() >= over_at:
                return False
        return True

    def _end_rest(self, until_s: float, descriptor: int) -> None:
        if self._resting.get(descriptor) != until_s:
            return
        try:
            self._calls[descriptor]()
        finally:
            if self._resting.get(descriptor) == until_s:  # it did not ask for another rest
                self.hurry(descriptor)

    def _set_timer(self, least_s: float = EVERY_S) -> None:
        if self._running or not self._calls:
            return
        if self._timer is not None:
            self._timer.cancel()
        wait_s = least_s
        if len(self._calls) == len(self._resting) and self._due:
            wait_s = max(self._due[0][0] - self._loop.time(), least_s)
        self._timer = self._loop.call_later(wait_s, self._run)
