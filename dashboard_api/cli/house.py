"""Which processes make the house, in start order; shared by up, demo and the flow tests."""

import asyncio
import sys

from dashboard_api.supervisor import Spec
from models import migrate
from models.kit import postgres
from models.kit.settings import Settings

ROOMS = ("ingest", "vision", "geo", "alerts", "dashboard_api")


def python_module(module: str, *arguments: str) -> tuple[str, ...]:
    """Return the command of a child that dies with its parent, also on kill -9."""
    return ("setpriv", "--pdeathsig", "TERM", sys.executable, "-m", module, *arguments)


def database_spec(cluster: postgres.Cluster) -> Spec:
    """The embedded PostGIS: ready means it answers and the schema is at head."""

    def prepare() -> None:
        migrate.upgrade(postgres.ensure_database(cluster))

    async def ready() -> None:
        await asyncio.to_thread(prepare)

    return Spec(
        "postgres",
        tuple(postgres.server_command(cluster)),
        stop_signal=postgres.STOP_SIGNAL,
        after_start=ready,
        needed=True,
    )


def room_specs(settings: Settings, database_url: str) -> list[Spec]:
    """One process a room, of ingest one a worker. The rest of ``settings`` is in their environment.

    A node of one worker is named ingest, those of several ingest-0, ingest-1, ….
    """
    environment = {
        "AHUAL_DATABASE_URL": database_url,
        "AHUAL_STATE_DIR": str(settings.state_dir.resolve()),
        "PYTHONUNBUFFERED": "1",
        "OPENCV_LOG_LEVEL": "ERROR",
    }
    workers = settings.media_workers
    specs = [
        Spec(
            worker_process(worker, workers),
            python_module("ingest"),
            {
                **environment,
                "AHUAL_MEDIA_WORKERS": str(workers),
                "AHUAL_MEDIA_WORKER": str(worker),
            },
            spared=workers > 1,
        )
        for worker in range(workers)
    ]
    return specs + [
        Spec(room, python_module(room), environment) for room in ROOMS if room != "ingest"
    ]


def worker_process(worker: int, workers: int) -> str:
    """Return what a media worker's process, log and pid file are called."""
    return "ingest" if workers == 1 else f"ingest-{worker}"
