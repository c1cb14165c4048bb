"""./ahual up: the services for real use, under the supervisor, until SIGTERM or Ctrl-C."""

import fcntl
import os
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from dashboard_api.cli import certificates, house, installation
from dashboard_api.map_archive import require_archive
from dashboard_api.map_ground import ground
from dashboard_api.supervisor import Supervisor
from ingest.gps.decoders.table import PROTOCOLS
from models import migrate
from models.kit import postgres
from models.kit.clock import Clock
from models.kit.errors import CentreError, Conflict
from models.kit.log import get
from models.kit.secret import load_key
from models.kit.service import stop_event
from models.kit.settings import Settings
from models.workers import worker_url

log = get(__name__)

LOOPBACK = {"127.0.0.1", "::1", "localhost"}

Step = Callable[[Supervisor, str], Awaitable[None]]


@contextmanager
def only_one(state_dir: Path) -> Iterator[None]:
    """Hold the installation's lock; a second start in the same folder is refused."""
    with (state_dir / "ahual.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            msg = f"Ahual already runs on {state_dir}; stop it first (Ctrl-C in its terminal)."
            raise Conflict(msg) from error
        yield


def wanted_ports(settings: Settings) -> dict[str, tuple[str, int]]:
    return {
        "AHUAL_API_PORT": (settings.api_host, settings.api_port),
        **{
            f"AHUAL_MEDIA_PORT{f' (plus {n})' if n else ''}": (
                settings.media_host,
                settings.media_port + n,
            )
            for n in range(settings.media_workers)
        },
        **{
            f"AHUAL_{each.port_setting.upper()}": (
                settings.gps_host,
                getattr(settings, each.port_setting),
            )
            for each in PROTOCOLS
        },
        "AHUAL_VISION_HEALTH_PORT": ("127.0.0.1", settings.vision_health_port),
        "AHUAL_GEO_HEALTH_PORT": ("127.0.0.1", settings.geo_health_port),
        "AHUAL_ALERTS_HEALTH_PORT": ("127.0.0.1", settings.alerts_health_port),
    }


async def run_house(
    settings: Settings,
    clock: Clock,
    *,
    before_rooms: Step | None = None,
    after_rooms: Step | None = None,
) -> int:
    """Start the database and the rooms, run until told to stop; return the exit code."""
    stop = stop_event()
    state_dir = installation.make_state_dir(settings)
    os.environ["AHUAL_STATE_DIR"] = str(state_dir)
    supervisor = Supervisor(log_dir=state_dir / "log", run_dir=state_dir / "run", clock=clock)
    try:
        with only_one(state_dir):
            try:
                load_key(settings)
                _require_addresses(settings)
                database_url = await _start_database(settings, supervisor)
                if before_rooms is not None:
                    await before_rooms(supervisor, database_url)
                for spec in house.room_specs(settings, database_url):
                    await supervisor.start(spec)
                if after_rooms is not None:
                    await after_rooms(supervisor, database_url)
                await stop.wait()
                log.info("house.stopping")
            finally:
                await supervisor.stop()
    except CentreError as error:
        log.error("house.refused", reason=error.detail)
        return 1
    return 0


def _require_addresses(settings: Settings) -> None:
    """Refuse a public address that does not tell the media workers apart, and tiles of nowhere.

    Raises:
        SettingsError: saying what to write instead.
    """
    tiles = ground(settings.map_tiles_url)
    if tiles.file is not None:
        require_archive(tiles.file)
    if settings.media_public_url is not None:
        worker_url(settings.media_public_url, 0, settings.media_workers)


async def _start_database(settings: Settings, supervisor: Supervisor) -> str:
    if settings.database_url is not None:
        migrate.upgrade(settings.database_url)
        return settings.database_url
    cluster = postgres.locate(settings.state_dir.resolve())
    postgres.create(cluster)
    await supervisor.start(house.database_spec(cluster))
    return cluster.url


def with_workers(settings: Settings) -> Settings:
    """Return the settings with two media workers, where nobody chose and there are two cores.

    Two are for safety, not for speed: one that dies leaves the other's cameras recording.
    """
    if "media_workers" in settings.model_fields_set:
        return settings
    workers = min(2, len(os.sched_getaffinity(0)))
    os.environ["AHUAL_MEDIA_WORKERS"] = str(workers)
    return settings.model_copy(update={"media_workers": workers})


async def run(settings: Settings, clock: Clock) -> int:
    """Run the services of this installation; see run_house."""
    settings = with_workers(settings)
    busy = installation.busy_ports(wanted_ports(settings))
    for sentence in busy:
        log.error("house.refused", reason=sentence)
    if busy:
        return 1
    if settings.tls_certificate is None and settings.api_host not in LOOPBACK:
        names = certificates.own_names(settings.api_host)
        made = certificates.ensure(settings.state_dir.resolve() / "tls", names, clock)
        os.environ["AHUAL_TLS_CERTIFICATE"] = str(made.certificate)
        os.environ["AHUAL_TLS_KEY"] = str(made.key)
        os.environ["AHUAL_TLS_CA"] = str(made.ca)
        log.info("house.https", trust=str(made.ca), names=", ".join(names))
    return await run_house(settings, clock)
