"""Client of the simulated cameras' control port: one command a line, one line back."""

import asyncio

_TIMEOUT_S = 5.0


async def send(port: int, command: str, host: str = "127.0.0.1") -> str:
    """Return the answer line, «ok …» or «error …»; «error …» too where nobody listens."""
    try:
        async with asyncio.timeout(_TIMEOUT_S):
            reader, writer = await asyncio.open_connection(host, port)
            try:
                writer.write(command.encode() + b"\n")
                await writer.drain()
                return (await reader.readline()).decode().strip()
            finally:
                writer.close()
    except (OSError, TimeoutError) as error:
        return (
            f"error no simulated cameras answer on port {port} ({error}); is ./ahual demo running?"
        )
