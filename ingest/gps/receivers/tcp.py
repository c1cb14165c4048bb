"""Devices over TCP: a connection is read as fast as its messages are committed, no faster."""

import asyncio
from contextlib import suppress

from ingest.gps import metrics
from ingest.gps.contact import Contact
from ingest.gps.decoders.reading import AnyReading
from ingest.gps.intake import Intake
from models.kit.clock import Clock
from models.kit.errors import Unavailable
from models.kit.log import get

log = get(__name__)
READ_BYTES = 16 * 1024  # of each connection, and as much again twice in its buffer
IDLE_S = 900.0  # trackers ping every few minutes; a longer silence is a dead connection
CONNECTIONS_LIMIT = 2000


class TcpReceiver:
    """Serves the devices of one protocol until closed. Event loop only."""

    def __init__(
        self,
        protocol: str,
        reading: AnyReading,
        intake: Intake,
        clock: Clock,
        *,
        strict: bool = False,
        idle_s: float = IDLE_S,
    ) -> None:
        self._protocol = protocol
        self._reading = reading
        self._intake = intake
        self._clock = clock
        self._strict = strict
        self._idle_s = idle_s
        self._open: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def start(self, host: str, port: int) -> int:
        """Listen; return the port, which matters where 0 was asked for."""
        self._server = await asyncio.start_server(self._serve, host, port, limit=READ_BYTES)
        listening: int = self._server.sockets[0].getsockname()[1]
        return listening

    async def close(self) -> None:
        """Stop listening and hang up; devices send again what was not acknowledged."""
        if self._server is not None:
            self._server.close()
        for task in list(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None or len(self._open) >= CONNECTIONS_LIMIT:
            log.warning(
                "gps.too_many_connections", protocol=self._protocol, limit=CONNECTIONS_LIMIT
            )
            writer.close()
            return
        self._open.add(task)
        metrics.CONNECTIONS.labels(self._protocol).inc()
        try:
            await self._converse(reader, writer)
        except (ConnectionError, TimeoutError) as error:
            log.debug("gps.hung_up", protocol=self._protocol, error=str(error))
        except Unavailable as error:
            log.warning("gps.not_acknowledged", protocol=self._protocol, reason=error.detail)
        except asyncio.CancelledError:
            pass  # only close() cancels, and it waits for this task
        finally:
            self._open.discard(task)
            metrics.CONNECTIONS.labels(self._protocol).dec()
            writer.close()
            with suppress(ConnectionError, asyncio.CancelledError):
                await writer.wait_closed()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        session, contact = self._reading.begin(), Contact("tcp")
        while received := await self._received(reader):
            received_at = self._clock.now()
            session, messages = self._reading.feed(
                session, received, received_at, strict=self._strict
            )
            receipts = [
                await self._intake.take(message, self._protocol, received_at, contact)
                for message in messages
            ]
            for message, receipt in zip(messages, receipts, strict=True):
                await receipt.wait_committed()
                if receipt.answer:
                    writer.write(receipt.answer)
                if receipt.refused is not None or message.ends:
                    await writer.drain()
                    return
            if any(receipt.answer for receipt in receipts):
                await writer.drain()
        for message in self._reading.finish(session):
            await self._intake.take(message, self._protocol, self._clock.now(), contact)

    async def _received(self, reader: asyncio.StreamReader) -> bytes:
        """Return the next piece; nothing where the device hung up, was cut off or fell silent."""
        try:
            return await asyncio.wait_for(reader.read(READ_BYTES), self._idle_s)
        except (ConnectionError, TimeoutError) as error:
            log.debug("gps.hung_up", protocol=self._protocol, error=str(error))
            return b""
