"""The installation's own CA: a TLS client that trusts it connects, no other does."""

import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dashboard_api.cli import certificates
from models.kit.clock import ManualClock, SystemClock

NAMES = ["127.0.0.1", "ahual.local", "localhost"]


async def test_a_client_that_trusts_the_ca_connects(tmp_path: Path) -> None:
    made = certificates.ensure(tmp_path / "tls", NAMES, SystemClock())
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(made.certificate, made.key)

    async def greet(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"ahual\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(greet, "127.0.0.1", 0, ssl=serving)
    port = server.sockets[0].getsockname()[1]
    trusting = ssl.create_default_context(cafile=str(made.ca))
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=trusting)
    assert await reader.readline() == b"ahual\n"
    writer.close()
    with pytest.raises(ssl.SSLCertVerificationError):
        await asyncio.open_connection("127.0.0.1", port, ssl=ssl.create_default_context())
    server.close()
    await server.wait_closed()


@pytest.mark.parametrize(
    ("later", "names", "renewed"),
    [
        (timedelta(days=1), NAMES, False),  # still good: untouched
        (timedelta(days=380), NAMES, True),  # ends within 30 days
        (timedelta(days=1), [*NAMES, "new.local"], True),  # a name it does not cover
    ],
)
def test_renewed_when_needed_by_the_same_ca(
    tmp_path: Path, later: timedelta, names: list[str], renewed: bool
) -> None:
    clock = ManualClock(datetime(2026, 11, 22, tzinfo=UTC))
    first = certificates.ensure(tmp_path, NAMES, clock)
    before, ca = first.certificate.read_bytes(), first.ca.read_bytes()
    clock.advance(later)
    second = certificates.ensure(tmp_path, names, clock)
    assert (second.certificate.read_bytes() != before) is renewed
    assert second.ca.read_bytes() == ca
    assert second.key.stat().st_mode & 0o777 == 0o600
