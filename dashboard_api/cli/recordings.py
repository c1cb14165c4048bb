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
from models.camera import Camera, RetentionClass
from models.kit.clock import Clock, SystemClock
from models.kit.database import Database
from models.kit.errors import CentreError, InvalidInput, NotFound
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


@recordings_app.command("class")
def class_command(
    code: str,
    min_days: Annotated[float, typer.Argument(help="Footage stays at least so long.")],
    max_days: Annotated[float, typer.Argument(help="And at most so long.")],
    kk: Annotated[str, typer.Option(help="Its name in Kazakh.")] = "",
    ru: Annotated[str, typer.Option(help="Its name in Russian.")] = "",
    en: Annotated[str, typer.Option(help="Its name in English.")] = "",
) -> None:
    """Make a retention class, or change it."""
    wanted = {"keep_min_days": min_days, "keep_max_days": max_days}
    wanted_names = {"kk": kk or code, "ru": ru or code, "en": en or code}
    sys.exit(_with_database(lambda _, database: set_class(database, code, wanted, wanted_names)))


@recordings_app.command("keep")
def keep_command(
    camera: Annotated[str, typer.Argument(help="The camera's code.")],
    code: Annotated[str, typer.Argument(help="Of the class; empty for the default.")] = "",
) -> None:
    """Put a camera into a retention class."""
    sys.exit(_with_database(lambda _, database: put_into_class(database, camera, code)))


async def set_class(
    database: Database, code: str, days: dict[str, float], called: dict[str, str]
) -> int:
    if not 0 < days["keep_min_days"] <= days["keep_max_days"]:
        raise InvalidInput("The days must be more than 0, the least not above the most.")
    async with database.transaction() as session:
        query = select(RetentionClass).where(RetentionClass.code == code)
        found = (await session.scalars(query)).one_or_none()
        if found is None:
            session.add(RetentionClass(code=code, name=called, **days))
        else:
            found.name = called
            found.keep_min_days, found.keep_max_days = days["keep_min_days"], days["keep_max_days"]
    typer.echo(f"{code}: {days['keep_min_days']:g} to {days['keep_max_days']:g} days")
    return 0


async def put_into_class(database: Database, camera_code: str, code: str) -> int:
    async with database.transaction() as session:
        camera = (
            await session.scalars(select(Camera).where(Camera.code == camera_code))
        ).one_or_none()
        if camera is None:
            raise NotFound(f"There is no camera {camera_code}.")
        camera.retention_class_id = None
        if code:
            query = select(RetentionClass.id).where(RetentionClass.code == code)
            camera.retention_class_id = (await session.scalars(query)).one_or_none()
            if camera.retention_class_id is None:
                raise NotFound(f"There is no class {code}: make it with recordings class.")
    typer.echo(f"{camera_code} keeps {code or 'the default'}")
    return 0


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
