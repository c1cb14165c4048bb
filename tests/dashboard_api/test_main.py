"""``python -m dashboard_api`` as the supervisor starts and stops it."""

import asyncio
import os
import signal
import socket
import sys
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.postgis


async def test_process_serves_until_told_to_stop(database_url: str, tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "dashboard_api"),
        cwd=ROOT,
        env={
            **os.environ,
            "AHUAL_DATABASE_URL": database_url,
            "AHUAL_STATE_DIR": str(tmp_path),
            "AHUAL_API_PORT": str(port),
        },
    )
    try:
        async with (
            httpx.AsyncClient(trust_env=False) as client,
            asyncio.timeout(60),
        ):
            while True:
                try:
                    answer = await client.get(f"http://127.0.0.1:{port}/readyz")
                    break
                except httpx.ConnectError:
                    await asyncio.sleep(0.1)
            assert answer.text == "database: ok\nlive: ok\n"
            metrics = await client.get(f"http://127.0.0.1:{port}/metrics")
            assert "ahual_api_requests_total" in metrics.text
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 20) == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_process_without_a_database_says_what_to_set(tmp_path: Path) -> None:
    environment = {k: v for k, v in os.environ.items() if k != "AHUAL_DATABASE_URL"}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "dashboard_api"),
        cwd=ROOT,
        env=environment | {"AHUAL_STATE_DIR": str(tmp_path)},
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 1
    assert b"AHUAL_DATABASE_URL" in said
