"""Looks at the sockets of all cameras together, fifty times a second.

To wake costs as much as two pictures do: with a wake for each picture, 32 cameras cost three times
as much. A picture waits 10 ms on average; FFmpeg hands one over only when the next one begins.
"""

import asyncio
import select
from collections.abc import Callable

EVERY_S = 0.02


class Beat:
    """Calls whoever has something to read; lives on the event loop."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._epoll = select.epoll()
        self._calls: dict[int, Callable[[], None]] = {}
        self._timer: asyncio.TimerHandle | None = None

    def add(self, descriptor: int, call: Callable[[], None]) -> None:
        """Call at each beat while there is something to read, or an end to be seen."""
        self._epoll.register(descriptor, select.EPOLLIN)
        self._calls[descriptor] = call
        if self._timer is None:
            self._timer = self._loop.call_later(EVERY_S, self._run)

    def remove(self, descriptor: int) -> None:
        """Must come before the descriptor is closed."""
        if self._calls.pop(descriptor, None) is not None:
            self._epoll.unregister(descriptor)
        if not self._calls and self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _run(self) -> None:
        self._timer = None
        try:
            for descriptor, _ in self._epoll.poll(0):
                call = self._calls.get(descriptor)
                if call is not None:  # one that was called before may have removed it
                    call()
        finally:
            # From the end on: however much there was to read, the others have their turn.
            if self._calls and self._timer is None:
                self._timer = self._loop.call_later(EVERY_S, self._run)
