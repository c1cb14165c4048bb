"""./ahual train: fine-tunes a checkpoint on the site's own labelled stills."""

from pathlib import Path
from typing import Annotated

import typer

from vision import training
from vision.cli.door import command, site


def train_command(
    dataset: Annotated[Path, typer.Argument(help="A labelled set: images/ and labels/.")],
    base: Annotated[str, typer.Option(help="A pinned .pt checkpoint to start from.")],
    name: Annotated[str, typer.Option(help="What the new weights are called.")],
    epochs: Annotated[int, typer.Option(min=1, help="Passes over the set.")] = 40,
    size: Annotated[int, typer.Option(min=32, help="Longer side of pictures, pixels.")] = 640,
    batch: Annotated[int, typer.Option(min=1, help="Pictures at a time.")] = 16,
) -> None:
    """Train, export to ONNX and pin both. Needs the extra ultralytics; promotes nothing."""
    with command() as settings:
        wish = training.Wish(base, name, epochs, size, batch)
        checkpoint, exported = training.train(site(settings), dataset, wish)
        typer.echo(
            f"{exported.name} is pinned (checkpoint {checkpoint.name}); "
            f"next: ./ahual weights promote {exported.name} --on EVALUATION_SET"
        )
