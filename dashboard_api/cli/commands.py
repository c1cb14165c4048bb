"""The commands of ./ahual; each is a few lines and hands over to its own module."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from dashboard_api.accounts import add_user
from dashboard_api.app import openapi_schema
from dashboard_api.cli import checks, demo, installation, sim, up
from dashboard_api.cli.cameras import camera_app
from dashboard_api.cli.gps import gps_app
from dashboard_api.cli.recordings import recordings_app
from models import migrate as schema
from models.kit import log
from models.kit.clock import SystemClock
from models.kit.database import Database
from models.kit.errors import CentreError, SettingsError
from models.kit.settings import Settings, load
from models.observations import RoleName

app = typer.Typer(
    name="ahual",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Ахуал: situational video-monitoring centre.",
)
user_app = typer.Typer(no_args_is_help=True, help="Accounts of people who work here.")
app.add_typer(user_app, name="user")
app.add_typer(camera_app, name="camera")
app.add_typer(recordings_app, name="recordings")
app.add_typer(gps_app, name="gps")


def _settings() -> Settings:
    try:
        settings = load()
    except SettingsError as error:
        typer.echo(error.detail, err=True)
        raise typer.Exit(2) from error
    log.configure(level=settings.log_level, log_format=settings.log_format, process="ahual")
    return settings


def _database_url(settings: Settings) -> str:
    try:
        return installation.database_url(settings)
    except CentreError as error:
        raise typer.BadParameter(error.detail) from error


@app.command(name="demo")
def demo_command(
    *,
    director: Annotated[bool, typer.Option(help="Let windows empty and calls come in.")] = True,
    rtsp_port: Annotated[int, typer.Option(help="Port of the simulated cameras.")] = 8554,
    control_port: Annotated[int, typer.Option(help="Port that makes them misbehave.")] = 8555,
    clips: Annotated[Path | None, typer.Option(help="Rendered clips; default in var/.")] = None,
) -> None:
    """Run everything on simulated cameras, vans and calls. Ctrl-C stops it."""
    options = demo.DemoOptions(director, rtsp_port, control_port, clips)
    sys.exit(asyncio.run(demo.run(_settings(), options, SystemClock())))


@app.command(name="up")
def up_command() -> None:
    """Run the services for real use, from AHUAL_… settings or ahual.toml."""
    sys.exit(asyncio.run(up.run(_settings(), SystemClock())))


@app.command()
def test(
    only: Annotated[str, typer.Option(help="Comma-separated names of steps; default: all.")] = "",
) -> None:
    """Run every check and test of the project, cheapest first."""
    sys.exit(checks.run([name for name in only.split(",") if name]))


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def bench(arguments: typer.Context) -> None:
    """Measure the product against a peer: bench NAME [--quick] [--json]."""
    # A process of its own: what is measured shall not share one with the command line.
    command = [sys.executable, "-m", "dashboard_api.cli.bench", *arguments.args]
    sys.exit(subprocess.run(command, check=False).returncode)


def _hand_over(room: str, *arguments: str) -> NoReturn:
    """Run a command of another room, which this one may not import, in a process of its own."""
    command = [sys.executable, "-m", room, *arguments]
    sys.exit(subprocess.run(command, check=False).returncode)


_HANDED_OVER = {
    "allow_extra_args": True,
    "ignore_unknown_options": True,
    "help_option_names": [],
}


@app.command(context_settings=_HANDED_OVER)
def weights(arguments: typer.Context) -> None:
    """Weight files of the detector: list, add, fetch, export, quantise, evaluate, promote."""
    _hand_over("vision.cli", "weights", *arguments.args)


@app.command(context_settings=_HANDED_OVER)
def train(arguments: typer.Context) -> None:
    """Fine-tune the detector on the site's own labelled stills: train SET --base … --name …."""
    _hand_over("vision.cli", "train", *arguments.args)


@app.command(context_settings=_HANDED_OVER)
def vision(arguments: typer.Context) -> None:
    """What vision sees in labelled sets and in recordings: vision evaluate SET, ….

    ``vision hall FOLDER`` writes a simulated hour with its truth as such a set, ``vision hour
    FOLDER`` also measures it and says which goals are met; that takes some minutes.
    """
    what, rest = arguments.args[:1], arguments.args[1:]
    if what == ["hall"]:
        _hand_over("ingest.simulated", "hour", *rest)
    if what == ["hour"] and rest:
        drawn = subprocess.run(
            [sys.executable, "-m", "ingest.simulated", "hour", *rest], check=False
        )
        if drawn.returncode:
            sys.exit(drawn.returncode)
        _hand_over("vision.cli", "vision", "goals", rest[0])
    _hand_over("vision.cli", "vision", *arguments.args)


@app.command()
def migrate(revision: str = "head") -> None:
    """Bring the schema of the running installation (or AHUAL_DATABASE_URL) to a revision."""
    schema.upgrade(_database_url(_settings()), revision)
    typer.echo(f"schema is at {revision}")


@app.command()
def check() -> None:
    """Say whether this installation is complete and what to do where it is not."""
    findings = asyncio.run(installation.check(_settings()))
    for finding in findings:
        typer.echo(f"{'ok ' if finding.good else 'NO '} {finding.name}: {finding.detail}")
    sys.exit(0 if all(finding.good for finding in findings) else 1)


@app.command()
def openapi() -> None:
    """Print the OpenAPI 3.1 description of /api/v1."""
    typer.echo(json.dumps(openapi_schema(), ensure_ascii=False, indent=2))


@app.command(name="sim")
def sim_command(
    command: Annotated[
        list[str], typer.Argument(help="list | stall|resume|kick|stop|start SCENE …")
    ],
    port: Annotated[int, typer.Option()] = 8555,
) -> None:
    """Tell the simulated cameras of a running demo to misbehave or to show another scene."""
    answer = asyncio.run(sim.send(port, " ".join(command)))
    typer.echo(answer)
    sys.exit(0 if answer.startswith("ok") else 1)


@user_app.command("add")
def user_add(
    login: str,
    role: RoleName,
    full_name: Annotated[str, typer.Option(prompt=True)],
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)],
    language: str = "kk",
) -> None:
    """Add an account."""
    url = _database_url(_settings())

    async def add() -> None:
        database = Database(url)
        try:
            await add_user(
                database,
                login=login,
                password=password,
                role=role,
                full_name=full_name,
                language=language,
            )
        finally:
            await database.close()

    try:
        asyncio.run(add())
    except CentreError as error:
        raise typer.BadParameter(error.detail) from error
    typer.echo(f"{login} may sign in as {role}")
