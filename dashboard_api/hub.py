"""One listener a process fans committed changes out to every live socket."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any

from prometheus_client import Gauge
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from dashboard_api.sessions import Caller
from dashboard_api.topics import Places, heard
from models.camera import Camera
from models.kit.bus import Notice, last_seq, listen
from models.kit.clock import Clock
from models.kit.database import Database
from models.kit.log import get
from models.office import Office
from models.vehicle import Vehicle

log = get(__name__)
QUEUE_LIMIT_BYTES = 1024 * 1024
SESSION_OVER = 4401
TOO_SLOW = 4408
_RETRY_S = 1.0
_PLACES_FRESH_S = 5.0
CLIENTS = Gauge("ahual_live_clients", "Open live sockets.")


def envelope(notice: Notice, data: Mapping[str, Any]) -> str:
    return json.dumps(
        {
            "v": 1,
            "seq": notice.seq,
            "topic": notice.topic,
            "id": notice.subject_id,
            "at": notice.at.isoformat(),
            "data": data,
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


class Client:
    """What waits for one socket. The hub offers, the socket's writer takes; all on the loop."""

    def __init__(self, caller: Caller) -> None:
        self.caller = caller
        self.wake = asyncio.Event()
        self.close_code: int | None = None
        self.resume_from: int | None = None
        self._waiting: deque[str] = deque()
        self._waiting_bytes = 0

    def offer(self, text: str) -> None:
        """Queue a text; a socket too slow for its queue is closed, so that it resumes."""
        if self.close_code is not None:
            return
        self._waiting.append(text)
        self._waiting_bytes += len(text)
        if self._waiting_bytes > QUEUE_LIMIT_BYTES:
            self.close(TOO_SLOW)
        self.wake.set()

    def take(self) -> str | None:
        if not self._waiting:
            return None
        text = self._waiting.popleft()
        self._waiting_bytes -= len(text)
        return text

    def close(self, code: int) -> None:
        self.close_code = code
        self.drop()
        self.wake.set()

    def drop(self) -> None:
        self._waiting.clear()
        self._waiting_bytes = 0


class Hub:
    """``seq`` is the newest change offered to every client; None until the database answered."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.seq: int | None = None
        self.places = Places()
        self.started = asyncio.Event()
        self._database = database
        self._clock = clock
        self._clients: set[Client] = set()
        self._task: asyncio.Task[None] | None = None
        self._places_read_s = float("-inf")

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Listen for as long as the block runs."""
        self._task = task = asyncio.create_task(self._run(), name="live-hub")
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    @property
    def alive(self) -> bool:
        """Whether changes still reach the clients; /readyz says so."""
        return self._task is not None and not self._task.done()

    def join(self, client: Client) -> None:
        self._clients.add(client)
        CLIENTS.set(len(self._clients))

    def leave(self, client: Client) -> None:
        self._clients.discard(client)
        CLIENTS.set(len(self._clients))

    async def _run(self) -> None:
        while True:
            try:
                await self._follow()
            except (SQLAlchemyError, OSError) as error:
                log.warning("live.database_away", error=str(error).splitlines()[0])
                await asyncio.sleep(_RETRY_S)

    async def _follow(self) -> None:
        async with self._database.read() as session:
            await self._read_places(session)
            if self.seq is None:
                self.seq = await last_seq(session)
        self.started.set()
        async for notice in listen(self._database, after=self.seq):
            if any(client.caller.region_id for client in self._clients):
                await self.know_places(changed=notice.topic == "config")
            self._deliver(notice)
            self.seq = notice.seq

    def _deliver(self, notice: Notice) -> None:
        if notice.topic == "session":
            for client in self._clients:
                if str(client.caller.session_id) == notice.subject_id:
                    client.close(SESSION_OVER)
            return
        whole: str | None = None
        for client in self._clients:
            data = heard(client.caller, notice, self.places)
            if data is None:
                continue
            if data is notice.data:
                whole = whole or envelope(notice, data)
                client.offer(whole)
            else:
                client.offer(envelope(notice, data))

    async def know_places(self, *, changed: bool = False) -> None:
        """Read the regions again when they changed or are some seconds old."""
        if changed or self._clock.monotonic() - self._places_read_s >= _PLACES_FRESH_S:
            async with self._database.read() as session:
                await self._read_places(session)

    async def _read_places(self, session: AsyncSession) -> None:
        regions = {str(i): r for i, r in await session.execute(select(Office.id, Office.region_id))}
        cameras = select(Camera.id, Office.region_id).join(Office, Office.id == Camera.office_id)
        regions |= {str(i): r for i, r in await session.execute(cameras)}
        vans = select(Vehicle.id, Vehicle.region_id)
        regions |= {str(i): r for i, r in await session.execute(vans)}
        self.places = Places(regions)
        self._places_read_s = self._clock.monotonic()
