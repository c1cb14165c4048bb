"""One private PostGIS server a run, one fresh migrated database a test that asks for it."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from pathlib import Path
from uuid import uuid4

import hypothesis
import psycopg
import pytest
from psycopg import sql

from models import migrate
from models.kit import postgres
from models.kit.database import Database
from tests.house import House, Visit, new_house

TEMPLATE = "ahual_template"
# A deadline measures what else the machine does: a test that holds would fail under load.
hypothesis.settings.register_profile("suite", deadline=None)
hypothesis.settings.load_profile("suite")
UNSAFE_BUT_FAST = ("-cfsync=off", "-csynchronous_commit=off", "-cfull_page_writes=off")


@pytest.fixture(scope="session")
def cluster_url() -> Iterator[str]:
    """URL of the ``postgres`` database of a server that lives as long as this run."""
    given = os.environ.get("AHUAL_TEST_DATABASE_URL")
    if given:
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="ahual-test-") as folder:
        Path(folder).chmod(0o755)
        cluster = postgres.locate(Path(folder))
        postgres.create(cluster)
        with (Path(folder) / "postgres.log").open("w") as log:
            server = subprocess.Popen(
                [*postgres.server_command(cluster), *UNSAFE_BUT_FAST, "-clog_min_messages=fatal"],
                cwd="/",
                stdout=log,
                stderr=log,
            )
        try:
            yield postgres.ensure_database(cluster, "postgres")
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(timeout=20)


@pytest.fixture(scope="session")
def template_database(cluster_url: str) -> str:
    with psycopg.connect(cluster_url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(TEMPLATE)))
    url = cluster_url.replace("/postgres?", f"/{TEMPLATE}?")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS postgis")
    migrate.upgrade(url)
    return TEMPLATE


def _drop(cluster_url: str, name: str) -> None:
    with psycopg.connect(cluster_url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def sweeper(cluster_url: str) -> Iterator[ThreadPoolExecutor]:
    """Drops databases of finished tests while the next ones run: 0.3 s a test."""
    with ThreadPoolExecutor(1, thread_name_prefix="sweeper") as pool:
        yield pool


@pytest.fixture
def database_url(
    cluster_url: str, template_database: str, sweeper: ThreadPoolExecutor
) -> Iterator[str]:
    """A migrated, empty database of this test's own."""
    name = f"test_{uuid4().hex[:12]}"
    with psycopg.connect(cluster_url, autocommit=True) as connection:
        connection.execute(
            # Logging every page of the template instead costs 0.04 s of CPU more a test.
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
                sql.Identifier(name), sql.Identifier(template_database)
            )
        )
    yield cluster_url.replace("/postgres?", f"/{name}?")
    sweeper.submit(_drop, cluster_url, name)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = Database(database_url)
    yield opened
    await opened.close()


@pytest.fixture(scope="session")
def house() -> Iterator[House]:
    """One running demo for all flow and e2e tests; stopped as by Ctrl-C, which must end with 0."""
    running = new_house()
    running.start()
    try:
        yield running
    finally:
        code = running.stop()
        shutil.rmtree(running.folder, ignore_errors=True)
    assert code == 0


@pytest.fixture
async def visit(house: House) -> AsyncIterator[Visit]:
    async with AsyncExitStack() as stack:
        yield Visit(house, stack)
