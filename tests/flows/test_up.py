"""./ahual up on an address of the network: HTTPS by its own CA, an account, a clean stop."""

import asyncio
import os
import shutil
import signal
import ssl
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from ingest.gps.decoders.table import PROTOCOLS
from tests.house import ROOT, free_ports, until

pytestmark = pytest.mark.flow

HOST = "127.0.0.2"  # loopback, but not one of the names that need no certificate
NAMES = (
    "api",
    "media",
    *(each.port_setting.removesuffix("_port") for each in PROTOCOLS),
    "vision_health",
    "geo_health",
    "alerts_health",
)


@pytest.fixture
async def environment() -> AsyncIterator[dict[str, str]]:
    folder = Path(tempfile.mkdtemp(prefix="ahual-up-"))
    folder.chmod(0o755)
    ports = dict(zip(NAMES, free_ports(len(NAMES)), strict=True))
    settings = {f"AHUAL_{name.upper()}_PORT": str(port) for name, port in ports.items()}
    yield {
        **{k: v for k, v in os.environ.items() if not k.startswith("AHUAL_")},
        **settings,
        "AHUAL_STATE_DIR": str(folder),
        "AHUAL_API_HOST": HOST,
    }
    shutil.rmtree(folder, ignore_errors=True)


async def _run(environment: dict[str, str], *arguments: str) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "dashboard_api.cli", *arguments),
        cwd=ROOT,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await asyncio.wait_for(process.communicate(), 60)
    return process.returncode or 0, output.decode()


async def test_up_serves_https_to_an_account_that_was_added(environment: dict[str, str]) -> None:
    folder = Path(environment["AHUAL_STATE_DIR"])
    with (folder / "up.log").open("wb") as log:
        house = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "dashboard_api.cli", "up"),
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=log,
        )
    try:
        url = f"https://{HOST}:{environment['AHUAL_API_PORT']}"

        async def answers() -> bool:
            assert house.returncode is None, (folder / "up.log").read_text()
            ca = folder / "tls" / "ca.crt"
            if not ca.exists():
                return False
            tls = ssl.create_default_context(cafile=ca)
            async with httpx.AsyncClient(verify=tls, trust_env=False) as client:
                try:
                    return (await client.get(f"{url}/readyz")).status_code == 200
                except httpx.TransportError:
                    return False

        await until(answers, within_s=60, every_s=0.3, what="the API answers over HTTPS")
        password = ("--password", "from-a-test-9")
        added = ("user", "add", "aigerim", "operator", "--full-name", "Әйгерім", *password)
        assert await _run(environment, *added) == (0, "aigerim may sign in as operator\n")
        code, told = await _run(environment, *added)
        assert code == 2
        assert "aigerim" in told
        tls = ssl.create_default_context(cafile=folder / "tls" / "ca.crt")
        async with httpx.AsyncClient(verify=tls, trust_env=False, base_url=url) as client:
            body = {"login": "aigerim", "password": "from-a-test-9"}
            answer = await client.post("/api/v1/session", json=body, headers={"Origin": url})
            assert answer.status_code == 200
            assert "__Host-ahual" in answer.headers["set-cookie"]
            assert "Secure" in answer.headers["set-cookie"]
        code, told = await _run(environment, "up")
        assert code == 1  # the same folder and ports a second time
        assert "AHUAL_API_PORT" in told
        code, told = await _run(environment, "check")
        assert "schema at head" in told
    finally:
        house.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(house.wait(), 60) == 0
