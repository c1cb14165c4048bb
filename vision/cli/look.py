"""./ahual vision …: what vision sees in labelled sets and in recordings."""

import json
from pathlib import Path
from typing import Annotated

import typer

from vision.cli.door import command, cpu_s, site
from vision.detectors.choose import Runtime, load_detector
from vision.evaluation import evaluate
from vision.plots import as_svg
from vision.report import as_json, as_table

vision_app = typer.Typer(no_args_is_help=True, help="What vision sees.")


@vision_app.command("evaluate")
def evaluate_command(
    dataset: Annotated[Path, typer.Argument(help="Labelled stills, a sequence, or both.")],
    weights: Annotated[str, typer.Option(help="Pinned weights; default: those in use.")] = "",
    runtime: Annotated[Runtime, typer.Option(help="Default: the fastest installed.")] = "auto",
    precision: Annotated[str, typer.Option(help="f32 makes OpenVINO's figures repeatable.")] = "",
    score: Annotated[float | None, typer.Option(help="Threshold; default: the weights'.")] = None,
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
        found = evaluate(detector, dataset, score=threshold, cpu_s=cpu_s)
        typer.echo(json.dumps(as_json(found), indent=2) if in_json else as_table(found))
        if svg is not None:
            svg.write_text(as_svg(found), encoding="utf-8")
