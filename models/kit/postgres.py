"""The embedded default database: a private PostGIS cluster, reachable only by a unix socket.

No password exists: the socket folder is mode 0700. As root every server program runs as the
system user ``postgres`` (PostgreSQL refuses root). The server dies with
its parent, also on kill -9.
"""

import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from models.kit.clock import SystemClock
from models.kit.errors import SettingsError, Unavailable
from models.kit.log import get

log = get(__name__)

DATABASE = "ahual"
STOP_SIGNAL = signal.SIGINT  # fast shutdown: clients are disconnected, data is flushed
_SOCKET_PATH_LIMIT = 107 - len("/.s.PGSQL.5432.lock")
_START_S = 30.0
_OPTIONS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "256MB",
    "work_mem": "32MB",
    "max_wal_size": "2GB",
    "wal_compression": "lz4",
    "jit": "off",
    "random_page_cost": "1.1",
    "max_connections": "120",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
}


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where a private cluster lives and who runs it."""

    data: Path
    socket: Path
    bindir: Path
    user: str  # the system user the server runs as
    switch_user: bool  # True as root: prefix server programs with setpriv

    @property
    def url(self) -> str:
        return f"postgresql:///{DATABASE}?host={self.socket}&user={self.user}"

    def command(self, *arguments: str, die_with_parent: bool = False) -> list[str]:
        prefix: list[str] = ["setpriv"]
        if self.switch_user:
            prefix += [f"--reuid={self.user}", f"--regid={self.user}", "--init-groups"]
        if die_with_parent:
            prefix += ["--pdeathsig", "INT"]
        return [*(prefix if len(prefix) > 1 else []), *arguments]


def find_bindir() -> Path:
    """Return the folder of initdb and postgres: newest Debian version, else PATH.

    Raises:
        SettingsError: no PostgreSQL server is installed.
    """
    override = os.environ.get("AHUAL_POSTGRES_BIN")
    if override:
        return Path(override)
    candidates = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3])
    )
    if candidates:
        return candidates[-1].parent
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).parent
    msg = (
        "PostgreSQL is not installed. Run ./ahual setup, or apt-get install "
        "--no-install-recommends postgresql-15-postgis-3, or set AHUAL_DATABASE_URL."
    )
    raise SettingsError(msg)


def locate(state_dir: Path) -> Cluster:
    """Decide where the cluster of this installation lives; creates nothing."""
    root = os.geteuid() == 0
    user = "postgres" if root else pwd.getpwuid(os.geteuid()).pw_name
    home = state_dir.resolve()
    data = home / "postgres"
    if root and not _reachable_by(user, home):
        data = Path("/var/lib/ahual") / hashlib.sha256(str(home).encode()).hexdigest()[:12]
        log.warning(
            "postgres.moved",
            reason=f"user {user} cannot enter {home}; a parent folder is closed to it",
            data=str(data),
        )
    socket = data.parent / (data.name + "-socket")
    if len(str(socket)) > _SOCKET_PATH_LIMIT:
        short = hashlib.sha256(str(socket).encode()).hexdigest()[:12]
        socket = Path(tempfile.gettempdir()) / f"ahual-{short}"
    return Cluster(data, socket, find_bindir(), user, root)


def _reachable_by(user: str, folder: Path) -> bool:
    while not folder.exists():
        folder = folder.parent
    answer = subprocess.run(
        [
            "setpriv",
            f"--reuid={user}",
            f"--regid={user}",
            "--init-groups",
            "test",
            "-x",
            str(folder),
        ],
        check=False,
        stderr=subprocess.DEVNULL,
    )
    return answer.returncode == 0


def create(cluster: Cluster) -> None:
    """Make the folders and run initdb where that has not been done. Idempotent."""
    cluster.data.parent.mkdir(parents=True, exist_ok=True)
    for folder in (cluster.data, cluster.socket):
        folder.mkdir(mode=0o700, exist_ok=True)
        if cluster.switch_user:
            shutil.chown(folder, cluster.user, cluster.user)
    if (cluster.data / "PG_VERSION").exists():
        return
    _run(
        cluster.command(
            str(cluster.bindir / "initdb"),
            f"--pgdata={cluster.data}",
            "--auth-local=trust",
            "--auth-host=reject",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--data-checksums",
            f"--username={cluster.user}",
        )
    )


def server_command(cluster: Cluster) -> list[str]:
    """Return the foreground server command; it stops when the process that runs it dies."""
    options = [f"-c{name}={value}" for name, value in _OPTIONS.items()]
    return cluster.command(
        str(cluster.bindir / "postgres"),
        "-D",
        str(cluster.data),
        f"-cunix_socket_directories={cluster.socket}",
        *options,
        die_with_parent=True,
    )


def ensure_database(cluster: Cluster, name: str = DATABASE) -> str:
    """Wait until the server answers, make the database and PostGIS, return its URL.

    Raises:
        Unavailable: the server did not answer within 30 s.
    """
    admin = cluster.url.replace(f"/{DATABASE}?", "/postgres?")
    url = cluster.url.replace(f"/{DATABASE}?", f"/{name}?")
    clock = SystemClock()
    deadline = clock.monotonic() + _START_S
    while True:
        try:
            with psycopg.connect(admin, autocommit=True, connect_timeout=5) as connection:
                exists = connection.execute(
                    "SELECT 1 FROM pg_database WHERE datname = %s", (name,)
                ).fetchone()
                if not exists:
                    connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute("CREATE EXTENSION IF NOT EXISTS postgis")
        except psycopg.OperationalError as error:
            if clock.monotonic() > deadline:
                msg = f"The embedded database did not start within {_START_S:.0f} s: {error}"
                raise Unavailable(msg) from error
            time.sleep(0.1)  # noqa: TID251 - synchronous start-up, before any event loop
        else:
            return url


def _run(command: Sequence[str]) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd="/")
    if done.returncode != 0:
        msg = f"{Path(command[0]).name} … failed: {done.stderr.strip() or done.stdout.strip()}"
        raise Unavailable(msg)
