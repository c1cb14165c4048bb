"""Receivers that are running, and the devices' ends of their connections."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from models.kit.clock import SystemClock
from models.kit.database import Database
from models.observations import PositionFix

CLOCK = SystemClock()
STARTED_AT = CLOCK.now().replace(microsecond=0) - timedelta(minutes=10)


class SwitchedDatabase(Database):
    """A database that is away while ``away`` is set."""

    away = False

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        self._check()
        async with super().transaction() as session:
            yield session

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        self._check()
        async with super().read() as session:
            yield session

    def _check(self) -> None:
        if self.away:
            raise OperationalError("connect", None, OSError("refused"))


@dataclass
class Receivers:
    database: SwitchedDatabase
    osmand: str
    wialon: int
    vehicle_id: UUID

    async def rows(self, query: str) -> list[tuple[Any, ...]]:
        async with self.database.read() as session:
            return [tuple(row) for row in await session.execute(text(query))]

    async def positions(self) -> int:
        return int((await self.rows("SELECT count(*) FROM position"))[0][0])


class Tracker:
    """A device's end of a TCP connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def ask(self, line: bytes) -> bytes:
        self.writer.write(line)
        return await asyncio.wait_for(self.reader.readline(), 10)


@asynccontextmanager
async def tracker(port: int) -> AsyncIterator[Tracker]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield Tracker(reader, writer)
    finally:
        writer.close()
        with suppress(ConnectionError):  # the receiver may have hung up first
            await writer.wait_closed()


def fix_at(seconds: float, identifier: str = "van-1") -> PositionFix:
    at = STARTED_AT + timedelta(seconds=seconds)
    return PositionFix(identifier, at, 43.2383, 76.9453, speed_km_h=50, satellites=9)
