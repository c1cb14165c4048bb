"""Looks at the sockets of all cameras together, at most fifty times a second.

To wake costs as much as two pictures do: with a wake for each picture, 32 cameras cost three times
as much. A picture waits 10 ms on average; FFmpeg hands one over only when the next one begins.
Who rests is not looked at before its time: as long as all do, there is no beat either.
"""

import asyncio
import heapq
import select
from collections.abc import Callable

EVERY_S = 0.02


class Beat:
    """Calls whoever has something to read; lives on the event loop."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._epoll = select.epoll()  # of those who do not rest
        self._calls: dict[int, Callable[[], None]] = {}
        self._resting: dict[int, float] = {}  # until when, by the loop's clock
        self._due: list[tuple[float, int]] = []  # heap of the same, and of what is no longer so
        self._timer: asyncio.TimerHandle | None = None
        self._running = False

    def add(self, descriptor: int, call: Callable[[], None]) -> None:
        """Call at each beat while there is something to read, or an end to be seen."""
        self._epoll.register(descriptor, select.EPOLLIN)
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
        known = self._calls.pop(descriptor, None) is not None
        if self._resting.pop(descriptor, None) is None and known:
            self._epoll.unregister(descriptor)
        if not self._calls and self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _run(self) -> None:
        self._timer, self._running = None, True
        try:
            if len(self._calls) > len(self._resting):
                for descriptor, _ in self._epoll.poll(0):
                    call = self._calls.get(descriptor)
                    if call is not None:  # one that was called before may have removed it
                        call()
            now_s = self._loop.time()
            while self._due and self._due[0][0] <= now_s:
                self._end_rest(*heapq.heappop(self._due))
        finally:
            # From the end on: however much there was to read, the others have their turn.
            self._running = False
            self._set_timer()

    def _end_rest(self, until_s: float, descriptor: int) -> None:
        if self._resting.get(descriptor) != until_s:
            return
        try:
            self._calls[descriptor]()
        finally:
            if self._resting.get(descriptor) == until_s:  # it did not ask for another rest
                self.hurry(descriptor)

    def _set_timer(self) -> None:
        if self._running or not self._calls:
            return
        if self._timer is not None:
            self._timer.cancel()
        wait_s = EVERY_S
        if len(self._calls) == len(self._resting) and self._due:
            wait_s = max(self._due[0][0] - self._loop.time(), EVERY_S)
        self._timer = self._loop.call_later(wait_s, self._run)
