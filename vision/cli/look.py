"""./ahual vision …: what vision sees in labelled sets and in recordings."""

import asyncio
import getpass
import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from models.kit import postgres
from models.kit.database import Database
from models.kit.settings import Settings
from models.observations import StreamKind
from vision import replay, stills
from vision.cli.door import command, cpu_s, site
from vision.detectors.choose import Runtime, choose, load_detector
from vision.evaluation import evaluate
from vision.goals import goals
from vision.plots import as_svg
from vision.recorded import Span
from vision.report import as_json, as_table

vision_app = typer.Typer(no_args_is_help=True, help="What vision sees.")


@vision_app.command("evaluate")
def evaluate_command(
    dataset: Annotated[Path, typer.Argument(help="Labelled stills, a sequence, or both.")],
    weights: Annotated[str, typer.Option(help="Pinned weights; default: those in use.")] = "",
    runtime: Annotated[Runtime, typer.Option(help="Default: the fastest installed.")] = "auto",
    precision: Annotated[str, typer.Option(help="f32 makes OpenVINO's figures repeatable.")] = "",
    score: Annotated[float | None, typer.Option(help="Threshold; default: the weights'.")] = None,
    zoom: Annotated[str, typer.Option(help="A zone to look at once more, larger.")] = "",
    *,
    in_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
    svg: Annotated[Path | None, typer.Option(help="Write the plots there.")] = None,
) -> None:
    """Say how well people, counts, presence, identities and waits are told on a labelled set."""
    with command() as settings:
        shelf = site(settings)
        pinned = shelf.find(weights or settings.vision_weights or shelf.promoted())
        threshold = pinned.weights.thresholds.score if score is None else score
        detector = load_detector(runtime, pinned, precision=precision or None)
        found = evaluate(detector, dataset, score=threshold, cpu_s=cpu_s, zoom=zoom or None)
        typer.echo(json.dumps(as_json(found), indent=2) if in_json else as_table(found))
        if svg is not None:
            svg.write_text(as_svg(found), encoding="utf-8")


@vision_app.command("goals")
def goals_command(
    dataset: Annotated[Path, typer.Argument(help="A set with a sequence, as of vision hall.")],
    runtime: Annotated[Runtime, typer.Option(help="Default: the fastest installed.")] = "auto",
    precision: Annotated[str, typer.Option(help="f32 makes OpenVINO's figures repeatable.")] = "",
) -> None:
    """Measure the weights in use on a sequence, and fail where a goal is missed."""
    with command() as settings:
        shelf = site(settings)
        pinned = shelf.find(settings.vision_weights or shelf.promoted())
        detector = load_detector(runtime, pinned, precision=precision or None)
        found = evaluate(detector, dataset, score=pinned.weights.thresholds.score, cpu_s=cpu_s)
    typer.echo(as_table(found))
    judged = [] if found.sequence is None else goals(found.sequence)
    for goal in judged:
        typer.echo(goal.line())
    if not judged or any(goal.met is False for goal in judged):
        raise typer.Exit(1)


@vision_app.command("stills")
def stills_command(
    camera: Annotated[str, typer.Argument(help="The camera's code.")],
    folder: Annotated[Path, typer.Argument(help="Where the set goes.")],
    start: Annotated[datetime, typer.Option("--from", help="In UTC.")],
    end: Annotated[datetime, typer.Option("--to", help="In UTC.")],
    every: Annotated[float, typer.Option(help="Seconds between two stills.")] = 10,
    stream: Annotated[StreamKind, typer.Option(help="What is recorded.")] = StreamKind.MAIN,
    *,
    propose: Annotated[bool, typer.Option(help="Propose labels for a person to correct.")] = True,
) -> None:
    """Write stills of a camera's recordings as a set to label; masked, and audited."""
    with command() as settings:
        span = Span(camera, start.replace(tzinfo=UTC), end.replace(tzinfo=UTC), stream)
        taken = asyncio.run(_take(settings, span, every, folder, propose=propose))
    typer.echo(
        f"{taken.stills} stills with {taken.people} proposed people in {folder}; "
        f"{taken.missing} instants are not recorded. Correct labels/ before you use the set; "
        "sequence.draft.json holds the zones and waits for the truth."
    )


async def _take(
    settings: Settings, span: Span, every_s: float, folder: Path, *, propose: bool
) -> stills.Taken:
    detector = None
    if propose:
        detector = choose(
            settings.vision_detector, settings.vision_weights, state_dir=settings.state_dir
        )
    url = settings.database_url or postgres.locate(settings.state_dir).url
    database = Database(url)
    try:
        return await stills.take(
            database,
            settings.media_node,
            settings.recordings_path,
            span,
            every_s,
            folder,
            detector,
            getpass.getuser(),
        )
    finally:
        await database.close()


@vision_app.command("replay")
def replay_command(
    camera: Annotated[str, typer.Option(help="The camera's code.")],
    start: Annotated[datetime, typer.Option("--from", help="In UTC.")],
    end: Annotated[datetime, typer.Option("--to", help="In UTC.")],
    stream: Annotated[StreamKind, typer.Option(help="What is recorded.")] = StreamKind.MAIN,
    *,
    zones: Annotated[Path | None, typer.Option(help="Try these zones instead.")] = None,
    in_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Say what would have been said of a recorded interval; nothing is written, but audited."""
    with command() as settings:
        tried = None if zones is None else replay.read_zones(zones)
        span = Span(camera, start.replace(tzinfo=UTC), end.replace(tzinfo=UTC), stream)
        said = asyncio.run(_replay(settings, span, tried))
    if in_json:
        typer.echo(json.dumps(asdict(said), indent=2))
        return
    for change in said.changes:
        people = "" if change["people"] is None else f", {change['people']} people"
        why = f" ({change['sight']})" if change["sight"] else ""
        typer.echo(f"{change['at']}  {change['zone']}: {change['state']}{people}{why}")
    for minute in said.offices:
        if minute["wait_s"] is not None:
            band = f"{minute['wait_low_s']}-{minute['wait_high_s']} s"
            typer.echo(f"{minute['minute']}  wait {minute['wait_s']} s ({band})")
    typer.echo(f"{said.looks} looks, {len(said.changes)} changes")


async def _replay(
    settings: Settings, span: Span, tried: list[replay.TriedZone] | None
) -> replay.Said:
    detector = choose(
        settings.vision_detector, settings.vision_weights, state_dir=settings.state_dir
    )
    database = Database(settings.database_url or postgres.locate(settings.state_dir).url)
    try:
        return await replay.run(
            database,
            settings.media_node,
            settings.recordings_path,
            span,
            detector,
            getpass.getuser(),
            tried,
        )
    finally:
        await database.close()
