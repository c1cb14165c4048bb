"""An HTTP server inside of a process that has other things to do."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from models.kit import service

_DATE_S = 1.0


class QuietServer(uvicorn.Server):
    """A server whose process handles its own signals: set ``should_exit`` to stop it.

    It sleeps until then. uvicorn's own loop looks ten times a second whether it should exit, which
    was a tenth of what an idle node cost.
    """

    def __init__(self, config: uvicorn.Config) -> None:
        self._exit = asyncio.Event()
        super().__init__(config)

    @property
    def should_exit(self) -> bool:
        return self._exit.is_set()

    @should_exit.setter
    def should_exit(self, wanted: bool) -> None:
        if wanted:
            self._exit.set()
        else:
            self._exit.clear()

    async def main_loop(self) -> None:
        while not await self.on_tick(0):  # refreshes the Date header
            await service.wait(self._exit, _DATE_S)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
