"""Threads that write recordings: a few at once, whichever of their writes never come back."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Written = TypeVar("Written")
STUCK_S = 10.0  # a write that takes longer keeps nobody else from writing
_WRITERS = 4
_STUCK_MAX = 64  # threads that are lost; a network disk that hangs gives none of them back


class Writers:
    """Hands out turns to write. Lives on the event loop."""

    def __init__(self) -> None:
        self._turns = asyncio.Semaphore(_WRITERS)
        self._pool = ThreadPoolExecutor(_WRITERS, "record")
        self._stuck = 0

    async def run(
        self, write: Callable[[], Written], *, on_stuck: Callable[[], None] | None = None
    ) -> Written:
        """Return what ``write`` returns, from a thread.

        ``on_stuck`` is called if it has not come back after STUCK_S; its turn is another's then.
        """
        await self._turns.acquire()
        loop = asyncio.get_running_loop()
        gave_up = False

        def give_up() -> None:
            nonlocal gave_up
            if on_stuck is not None:
                on_stuck()
            if self._stuck < _STUCK_MAX:
                gave_up = True
                self._stuck += 1
                self._renew()
                self._turns.release()

        too_long = loop.call_later(STUCK_S, give_up)
        try:
            return await loop.run_in_executor(self._pool, write)
        finally:
            too_long.cancel()
            if gave_up:
                self._stuck -= 1
            else:
                self._turns.release()

    def close(self) -> None:
        """Wait for the writes that are under way and not given up."""
        self._pool.shutdown()

    def _renew(self) -> None:
        """Leave the thread that is stuck behind; the others of its pool end by themselves."""
        self._pool.shutdown(wait=False)
        self._pool = ThreadPoolExecutor(_WRITERS, "record")
