"""A blocking look in a thread, one at a time: a disk that hangs holds one thread, not all."""

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

Seen = TypeVar("Seen")


class Look(Generic[Seen]):
    """Asks again only once the last answer came. Lives on the event loop."""

    def __init__(self, look: Callable[[], Seen], *, patience_s: float) -> None:
        self._look = look
        self._patience_s = patience_s
        self._looking: asyncio.Future[Seen] | None = None

    async def take(self) -> Seen | None:
        """Return what the look says; None where it has not come back in time.

        Raises:
            whatever the look raises.
        """
        if self._looking is None:
            self._looking = asyncio.ensure_future(asyncio.to_thread(self._look))
        done, _ = await asyncio.wait({self._looking}, timeout=self._patience_s)
        if not done:
            return None
        looked, self._looking = self._looking, None
        return looked.result()
