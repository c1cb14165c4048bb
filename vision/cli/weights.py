"""./ahual weights …: which weight files there are, and how one comes to be used."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from vision import training
from vision.cli.door import command, cpu_s, site, today
from vision.lifecycle import Asked, content_of, fetch, measure, promote, take
from vision.quantise import quantise
from vision.report import as_json, as_table
from vision.site_weights import SiteWeights
from vision.weights import Content, Form, Pinned

weights_app = typer.Typer(no_args_is_help=True, help="Weight files of the people detector.")

Name = Annotated[str, typer.Argument(help="What the weights are called here.")]
Sha256 = Annotated[str, typer.Option("--sha256", help="Of the file, from whoever published it.")]
Licence = Annotated[str, typer.Option(help="For example Apache-2.0.")]
Origin = Annotated[str, typer.Option(help="Where the file comes from, in a few words.")]
Classes = Annotated[
    str, typer.Option(help="Comma-separated, in the network's order; default: what the file says.")
]
Size = Annotated[str, typer.Option(help="HEIGHTxWIDTH of the input; default 384x640 where free.")]
Score = Annotated[float | None, typer.Option(help="Threshold; default that of its family.")]
Dataset = Annotated[Path, typer.Argument(help="A labelled set: images/ and labels/.")]


@weights_app.command("list")
def list_command(
    *, as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False
) -> None:
    """List what is pinned; an arrow marks what vision uses."""
    with command() as settings:
        shelf = site(settings)
        used = settings.vision_weights or shelf.promoted()
        rows = [_row(shelf, pinned, used) for pinned in shelf.all().values()]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        ap50 = "AP50 –" if row["ap50"] is None else f"AP50 {row['ap50']:.3f} on {row['dataset']}"
        mark = "→" if row["used"] else " "
        typer.echo(
            f"{mark} {row['name']:<24} {row['form']:<9} {row['decoder']:<11} {row['input']:<8} "
            f"{row['sha256'][:16]}  {row['licence']}  {ap50}"
        )


@weights_app.command("add")
def add_command(
    name: Name,
    file: Annotated[Path, typer.Argument(help=".onnx, .xml (with its .bin), .pt or .engine")],
    sha256: Sha256,
    licence: Licence,
    origin: Origin,
    classes: Classes = "",
    size: Size = "",
    score: Score = None,
) -> None:
    """Pin a file of yours after trying it."""
    with command() as settings:
        asked = Asked(licence, origin, _classes(classes), _size(size), score)
        pinned = take(site(settings), name, file.name, content_of(file), sha256, asked)
        typer.echo(_pinned(pinned))


@weights_app.command("fetch")
def fetch_command(
    name: Name,
    url: Annotated[str, typer.Argument(help="https://… of one weight file.")],
    sha256: Sha256,
    licence: Licence,
    classes: Classes = "",
    size: Size = "",
    score: Score = None,
) -> None:
    """Fetch a file now and pin it. The service itself never fetches anything."""
    with command() as settings:
        asked = Asked(licence, url, _classes(classes), _size(size), score)
        file = url.rpartition("/")[2].partition("?")[0]
        pinned = take(site(settings), name, file, Content(fetch(url), b""), sha256, asked)
        typer.echo(_pinned(pinned))


@weights_app.command("remove")
def remove_command(name: Name) -> None:
    """Forget weights of this site and delete their file."""
    with command() as settings:
        site(settings).drop(name)
        typer.echo(f"{name} is gone")


@weights_app.command("export")
def export_command(
    name: Annotated[str, typer.Argument(help="A pinned .pt checkpoint.")],
    to: Annotated[Form, typer.Option(help="onnx, openvino or tensorrt")] = "onnx",
    called: Annotated[str, typer.Option("--as", help="Default: NAME-FORM.")] = "",
    size: Size = "",
    int8: Annotated[
        Path | None, typer.Option(help="A set to calibrate 8-bit numbers on; default: not 8-bit.")
    ] = None,
) -> None:
    """Turn a checkpoint into a form that runs without torch. Needs the extra ultralytics."""
    with command() as settings:
        shelf = site(settings)
        called = called or f"{name}-{to}{'-int8' if int8 else ''}"
        pinned = training.export(shelf, name, called, to, size=_size(size), calibration=int8)
        typer.echo(_pinned(pinned))


@weights_app.command("quantise")
def quantise_command(
    name: Name,
    dataset: Annotated[Path, typer.Option("--on", help="A set to calibrate on: your own stills.")],
    called: Annotated[str, typer.Option("--as", help="Default: NAME-int8.")] = "",
) -> None:
    """Pin weights once more in 8-bit numbers for OpenVINO: a quarter less CPU. Needs no torch."""
    with command() as settings:
        pinned = quantise(site(settings), name, called or f"{name}-int8", dataset)
        typer.echo(_pinned(pinned))


@weights_app.command("evaluate")
def evaluate_command(
    name: Name,
    dataset: Dataset,
    *,
    in_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Measure weights on a set and write their model card."""
    with command() as settings:
        found = measure(site(settings), name, dataset, cpu_s=cpu_s, at=today())
        typer.echo(json.dumps(as_json(found), indent=2) if in_json else as_table(found))
        typer.echo(f"card: {site(settings).folder / name}.card.md", err=True)


@weights_app.command("promote")
def promote_command(
    name: Name,
    dataset: Annotated[Path, typer.Option("--on", help="The site's evaluation set.")],
) -> None:
    """Use weights from vision's next start on, if they are better on the set; else exit code 1."""
    with command() as settings:
        fixed = settings.vision_weights
        verdict = promote(site(settings), name, dataset, cpu_s=cpu_s, at=today(), present=fixed)
        typer.echo(f"{name} is {'promoted' if verdict.better else 'not promoted'}: {verdict.why}")
        if verdict.better and fixed is not None:
            typer.echo(f"but AHUAL_VISION_WEIGHTS still says {fixed}: unset it", err=True)
    sys.exit(0 if verdict.better else 1)


def _row(shelf: SiteWeights, pinned: Pinned, used: str) -> dict[str, Any]:
    entry = pinned.weights
    card = shelf.card(pinned.name)
    groups = card["evaluation"]["groups"] if card else []
    return {
        "name": pinned.name,
        "used": pinned.name == used,
        "form": entry.form,
        "decoder": entry.decoder,
        "input": f"{entry.preprocessing.height}x{entry.preprocessing.width}",
        "sha256": entry.sha256,
        "licence": entry.licence,
        "ap50": groups[-1]["ap50"] if groups else None,
        "dataset": card["evaluation"]["dataset"] if card else None,
    }


def _pinned(pinned: Pinned) -> str:
    entry = pinned.weights
    size = f"{entry.preprocessing.height}x{entry.preprocessing.width}"
    return (
        f"{pinned.name}: {entry.decoder} of {len(entry.classes)} classes, {size}, "
        f"sha256 {entry.sha256[:16]}…; measure it with ./ahual weights evaluate {pinned.name} SET"
    )


def _classes(given: str) -> tuple[str, ...] | None:
    return tuple(name.strip() for name in given.split(",")) if given else None


def _size(given: str) -> tuple[int, int] | None:
    if not given:
        return None
    try:
        height, width = map(int, given.lower().split("x"))
    except ValueError as error:
        raise typer.BadParameter(f"{given}: a size is HEIGHTxWIDTH, like 384x640") from error
    return height, width
