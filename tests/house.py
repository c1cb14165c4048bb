"""The whole house as ./ahual demo runs it, in a folder and on ports of its own."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx
import psycopg
from websockets.asyncio.client import ClientConnection, connect

from dashboard_api.cli import sim
from ingest.gps.decoders.table import PROTOCOLS
from models.kit import postgres
from models.kit.clock import SystemClock

ROOT = Path(__file__).resolve().parents[1]
CLIPS = ROOT / "var" / "clips"  # rendered once a machine, shared by demo and tests
START_S = 240  # the first start on a machine renders the clips
CLOCK = SystemClock()
T = TypeVar("T")


def free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


async def until(
    look: Callable[[], Awaitable[T | None]], *, within_s: float, every_s: float = 0.1, what: str
) -> T:
    """Return the first truthy answer; the limit only ends a hopeless wait, it asserts no speed."""
    deadline = CLOCK.monotonic() + within_s
    while True:
        found = await look()
        if found:
            return found
        if CLOCK.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {within_s:.0f} s")
        await asyncio.sleep(every_s)


@dataclass
class House:
    """A running demo; ``settings`` are the AHUAL_… variables it was started with."""

    folder: Path
    ports: dict[str, int]
    process: subprocess.Popen[bytes] | None = None
    passwords: dict[str, str] = field(default_factory=dict)

    @property
    def api(self) -> str:
        return f"http://127.0.0.1:{self.ports['api']}"

    @property
    def database_url(self) -> str:
        return postgres.locate(self.folder).url

    def pid(self, name: str) -> int | None:
        path = self.folder / "run" / f"{name}.pid"
        try:
            return int(path.read_text())
        except (FileNotFoundError, ValueError):
            return None

    def start(self) -> None:
        environment = {
            **os.environ,
            "AHUAL_STATE_DIR": str(self.folder),
            "AHUAL_MEDIA_ADDRESSES": "127.0.0.1",  # there is no other without a network
            **{
                f"AHUAL_{name.upper()}_PORT": str(port)
                for name, port in self.ports.items()
                if name not in {"rtsp", "control"}
            },
        }
        environment.pop("AHUAL_DATABASE_URL", None)
        command = [
            *(sys.executable, "-m", "dashboard_api.cli", "demo", "--no-director"),
            *("--rtsp-port", str(self.ports["rtsp"])),
            *("--control-port", str(self.ports["control"]), "--clips", str(CLIPS)),
        ]
        with (self.folder / "demo.log").open("wb") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT
            )
        deadline = CLOCK.monotonic() + START_S
        while b"Ahual is running" not in (self.folder / "demo.log").read_bytes():
            if self.process.poll() is not None or CLOCK.monotonic() > deadline:
                raise AssertionError("the house did not start:\n" + self.logs())
            time.sleep(0.2)
        for line in (self.folder / "demo-logins.txt").read_text().splitlines()[1:]:
            login, password = line.split()
            self.passwords[login] = password

    def logs(self, lines: int = 25) -> str:
        parts = []
        for path in [self.folder / "demo.log", *sorted((self.folder / "log").glob("*.log"))]:
            if path.name != "postgres.log":
                tail = path.read_text(errors="replace").splitlines()[-lines:]
                parts.append(f"--- {path.name}\n" + "\n".join(tail))
        return "\n".join(parts)

    def stop(self) -> int:
        """Stop as Ctrl-C would; return the exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=60)

    async def sim(self, command: str) -> str:
        answer = await sim.send(self.ports["control"], command)
        assert answer.startswith("ok"), f"{command}: {answer}"
        return answer

    async def execute(self, statement: str, *parameters: object) -> list[tuple[Any, ...]]:
        async with await psycopg.AsyncConnection.connect(
            self.database_url, autocommit=True
        ) as connection:
            cursor = await connection.execute(statement.encode(), parameters)
            return await cursor.fetchall() if cursor.description else []


class Visit:
    """One test's people at a house: their clients and sockets are closed with the test."""

    def __init__(self, house: House, stack: AsyncExitStack) -> None:
        self._house = house
        self._stack = stack

    async def signed_in(self, login: str) -> httpx.AsyncClient:
        """Return an API client with a session of a demo account."""
        api = self._house.api
        client = await self._stack.enter_async_context(
            httpx.AsyncClient(base_url=api, headers={"Origin": api}, trust_env=False, timeout=20)
        )
        body = {"login": login, "password": self._house.passwords[login]}
        (await client.post("/api/v1/session", json=body)).raise_for_status()
        return client

    async def live(self, client: httpx.AsyncClient) -> ClientConnection:
        """Return /api/v1/live of a signed-in client, past its hello."""
        api = self._house.api
        cookie = "; ".join(f"{k}={v}" for k, v in client.cookies.items())
        socket_ = await self._stack.enter_async_context(
            connect(
                api.replace("http", "ws") + "/api/v1/live",
                additional_headers={"Cookie": cookie, "Origin": api},
                compression=None,
                proxy=None,
            )
        )
        hello = json.loads(await asyncio.wait_for(socket_.recv(), 10))
        assert hello["type"] == "hello"
        return socket_


async def next_change(
    socket_: ClientConnection, wanted: Callable[[dict[str, Any]], bool], *, within_s: float
) -> dict[str, Any]:
    """Return the first envelope that ``wanted`` accepts."""
    async with asyncio.timeout(within_s):
        while True:
            message: dict[str, Any] = json.loads(await socket_.recv())
            if "topic" in message and wanted(message):
                return message


def new_house() -> House:
    folder = Path(tempfile.mkdtemp(prefix="ahual-house-"))
    folder.chmod(0o755)  # the embedded database runs as another user and must be able to enter
    names = (
        *(
            "api",
            "media",
            *(each.port_setting.removesuffix("_port") for each in PROTOCOLS),
            "vision_health",
            "geo_health",
            "alerts_health",
        ),
        *("rtsp", "control"),
    )
    return House(folder, dict(zip(names, free_ports(len(names)), strict=True)))
