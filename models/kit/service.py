"""A process' life: start, serve health and metrics, run until told to stop."""

import asyncio
import faulthandler
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

Ready = Callable[[], Awaitable[dict[str, bool]]]


def stop_event() -> asyncio.Event:
    """Return an event that SIGTERM and SIGINT set; call inside the running loop."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop


async def end_within(stop: asyncio.Event, seconds: float) -> None:
    """Once ``stop`` is set, have the process end within so long, whatever hangs; run it as a task.

    A thread that a disk never gives back would hold it for ever, also after its loop is over. What
    hung is told on stderr.
    """
    await stop.wait()
    faulthandler.dump_traceback_later(seconds, exit=True)


async def wait(stop: asyncio.Event, seconds: float) -> bool:
    """Sleep at most ``seconds``; return True as soon as the process should stop."""
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
    return stop.is_set()


async def serve_health(host: str, port: int, ready: Ready) -> asyncio.Server:
    """Serve /healthz, /readyz and /metrics for a process that has no other HTTP door.

    ``ready`` returns its checks by name; any False makes /readyz answer 503.
    """

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = await asyncio.wait_for(reader.readline(), 5)
            path = request.split(b" ")[1].decode("latin-1") if request.count(b" ") >= 2 else ""
            status, kind, body = await _health_response(path, ready)
            writer.write(
                f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
                "Connection: close\r\n\r\n".encode()
                + body
            )
            await writer.drain()
        except (TimeoutError, ConnectionError):
            pass  # the prober went away; there is nobody to tell
        finally:
            writer.close()

    return await asyncio.start_server(answer, host, port)


async def _health_response(path: str, ready: Ready) -> tuple[str, str, bytes]:
    if path == "/healthz":
        return "200 OK", "text/plain", b"ok\n"
    if path == "/metrics":
        return "200 OK", CONTENT_TYPE_LATEST, generate_latest()
    if path == "/readyz":
        checks = await ready()
        lines = "".join(f"{name}: {'ok' if good else 'no'}\n" for name, good in checks.items())
        status = "200 OK" if all(checks.values()) else "503 Service Unavailable"
        return status, "text/plain", lines.encode()
    return "404 Not Found", "text/plain", b"healthz, readyz or metrics\n"
