"""Where a bench runs: a folder of its own with a migrated private PostGIS; gone afterwards."""

import asyncio
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from models import migrate
from models.kit import postgres
from models.kit.database import Database
from models.kit.settings import Settings


@dataclass(frozen=True, slots=True)
class Ground:
    """A bench's own installation.

    Attributes:
        folder: may be filled; deleted at the end.
        settings: of this installation, with free ports.
        database: open until the end.
    """

    folder: Path
    settings: Settings
    database: Database


@asynccontextmanager
async def ground(**changed: object) -> AsyncIterator[Ground]:
    """Make a ground; ``changed`` are settings that differ from the defaults.

    Raises:
        SettingsError: PostgreSQL with PostGIS is not installed.
        Unavailable: it did not start.
    """
    folder = own_folder()
    server: subprocess.Popen[bytes] | None = None
    try:
        cluster = postgres.locate(folder)
        await asyncio.to_thread(postgres.create, cluster)
        server = _start(cluster, folder / "postgres.log")
        url = await asyncio.to_thread(postgres.ensure_database, cluster)
        await asyncio.to_thread(migrate.upgrade, url)
        settings = Settings.model_validate(
            {
                "state_dir": folder,
                "database_url": url,
                "media_port": free_port(),
                "api_port": free_port(),
                **changed,
            }
        )
        database = Database(url)
        try:
            yield Ground(folder, settings, database)
        finally:
            await database.close()
    finally:
        if server is not None:
            server.send_signal(signal.SIGQUIT)  # at once: what it would still write is deleted next
            await asyncio.to_thread(server.wait, 20)
        shutil.rmtree(folder, ignore_errors=True)


def own_folder() -> Path:
    """Return a new folder that the database's own user can enter."""
    folder = Path(tempfile.mkdtemp(prefix="ahual-bench-"))
    folder.chmod(0o755)
    return folder


def _start(cluster: postgres.Cluster, log: Path) -> subprocess.Popen[bytes]:
    with log.open("wb") as file:
        return subprocess.Popen(postgres.server_command(cluster), cwd="/", stdout=file, stderr=file)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
