"""Threads that write recordings: a few at once, whichever of their writes never come back."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Written = TypeVar("Written")
STUCK_S = 10.0  # a write that takes longer keeps nobody else from writing
_WRITERS = 4
_THREADS = 64  # with those that are stuck: a network disk that hangs gives none of them back


class Writers:
    """Hands out turns to write. Lives on the event loop."""

    def __init__(self) -> None:
        self._turns = asyncio.Semaphore(_WRITERS)
        self._pool = ThreadPoolExecutor(_THREADS, "record")

    async def run(
        self, write: Callable[[], Written], *, on_stuck: Callable[[], None] | None = None
    ) -> Written:
        """Return what ``write`` returns, from a thread.

        ``on_stuck`` is called if it has not come back after STUCK_S; its turn is another's then.
        """
        await self._turns.acquire()
        loop = asyncio.get_running_loop()
        held = True

        def give_up() -> None:
            nonlocal held
            held = False
            self._turns.release()
            if on_stuck is not None:
                on_stuck()

        too_long = loop.call_later(STUCK_S, give_up)
        try:
            return await loop.run_in_executor(self._pool, write)
        finally:
            too_long.cancel()
            if held:
                self._turns.release()

    def close(self) -> None:
        """Wait for the writes that are under way."""
        self._pool.shutdown()
