"""Opening a WebRTC peer costs CPU: only some at once, so that who watches already feels nothing."""

import asyncio
from collections.abc import Callable

from models.kit.errors import Unavailable

AT_ONCE = 4  # 10–20 ms of CPU each
LONGEST_S = 2.0  # who is not connected by then no longer holds up others
PATIENCE_S = 5.0


class Handshakes:
    """Hands out turns. Lives on the event loop."""

    def __init__(self) -> None:
        self._free = asyncio.Semaphore(AT_ONCE)

    async def begin(self) -> Callable[[], None]:
        """Wait for a turn; return what ends it, which may be called more than once.

        Raises:
            Unavailable: too many others wait too.
        """
        try:
            await asyncio.wait_for(self._free.acquire(), PATIENCE_S)
        except TimeoutError as error:
            msg = "Too many WebRTC viewers open at once. Try again in a moment."
            raise Unavailable(msg, retry_after_s=2) from error
        ended = False

        def end() -> None:
            nonlocal ended
            if not ended:
                ended = True
                too_long.cancel()
                self._free.release()

        too_long = asyncio.get_running_loop().call_later(LONGEST_S, end)
        return end
