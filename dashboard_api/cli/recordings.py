"""./ahual recordings …: what an administrator asks of the recordings of this machine's node."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Annotated

import typer
from sqlalchemy import select

from dashboard_api.cli import installation
from ingest.recordings.disk import accept, disk_of, memory_of
from ingest.recordings.holdings import Outlook, outlook
from ingest.recordings.reconcile import Reconcile
from ingest.recordings.retention import default_keep
from models.camera import Camera
from models.kit.clock import Clock, SystemClock
from models.kit.database import Database
from models.kit.errors import CentreError
from models.kit.settings import Settings, load

recordings_app = typer.Typer(no_args_is_help=True, help="Recordings on this node's disk.")
_GIGABYTE = 1e9


@recordings_app.command("check")
def check_command(
    *,
    fix: Annotated[bool, typer.Option("--fix", help="Repair what can be repaired.")] = False,
) -> None:
    """Compare files and rows both ways; exit code 1 where something differs."""
    sys.exit(_with_database(lambda settings, database: check(settings, database, fix=fix)))


@recordings_app.command("status")
def status_command() -> None:
    """Say how long footage is kept: asked for, so far, and feasible with this disk."""
    sys.exit(_with_database(status))


@recordings_app.command("accept-disk")
def accept_command() -> None:
    """Take the disk that is mounted now for the right one, after a disk was replaced."""
    settings = load()
    try:
        name = accept(memory_of(settings), settings.recordings_path)
    except CentreError as error:
        typer.echo(error.detail, err=True)
        sys.exit(2)
    typer.echo(f"recordings go to {settings.recordings_path}, disk {name}")


async def check(
    settings: Settings, database: Database, *, fix: bool = False, clock: Clock | None = None
) -> int:
    """Print what differs; return 0 where nothing is left to be repaired."""
    clock = clock or SystemClock()
    disk = disk_of(settings, clock)
    found = fixed = 0
    async for finding in Reconcile(disk, settings.media_node, database, clock).run(fix=fix):
        mark = "fixed " if finding.fixed else ""
        typer.echo(f"{mark}{finding.kind:<10} {finding.path}  {finding.detail}")
        found += 1
        fixed += finding.fixed
    typer.echo(f"{found} differences, {fixed} repaired" if found else "files and rows agree")
    return 1 if found > fixed else 0


async def status(settings: Settings, database: Database) -> int:
    clock = SystemClock()
    disk = disk_of(settings, clock)
    free = await asyncio.to_thread(disk.look)
    typer.echo(f"disk: {free.state}{f', {free.detail}' if free.detail else ''}")
    if free.free_bytes is None:
        return 1
    typer.echo(f"free: {free.free_bytes / _GIGABYTE:.1f} GB above the reserve")
    async with database.read() as session:
        found = await outlook(
            session, settings.media_node, default_keep(settings), free.free_bytes, clock.now()
        )
        codes = {row.id: row.code for row in await session.execute(select(Camera.id, Camera.code))}
    for each in found:
        typer.echo(_line(codes[each.holding.stream.camera_id], each))
    return 0


def _line(code: str, each: Outlook) -> str:
    keep = each.holding.keep
    return (
        f"{code:<24} {each.holding.stream.kind:<5} {each.bytes_per_day / _GIGABYTE:7.2f} GB a day"
        f"  kept {each.kept_days:6.1f} days, asked {keep.min_days:g} to {keep.max_days:g},"
        f" feasible {each.feasible_days:.1f}"
    )


def _with_database(work: Callable[[Settings, Database], Awaitable[int]]) -> int:
    settings = load()

    async def run() -> int:
        database = Database(installation.database_url(settings))
        try:
            return await work(settings, database)
        finally:
            await database.close()

    try:
        return asyncio.run(run())
    except (CentreError, OSError) as error:
        typer.echo(str(error), err=True)
        return 2
