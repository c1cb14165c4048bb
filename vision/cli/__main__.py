"""``python -m vision.cli``: ./ahual weights …, ./ahual train …, ./ahual vision …."""

import typer

from vision.cli.look import vision_app
from vision.cli.train import train_command
from vision.cli.weights import weights_app

app = typer.Typer(
    name="ahual", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
)
app.add_typer(weights_app, name="weights")
app.add_typer(vision_app, name="vision")
app.command("train")(train_command)

app(prog_name="ahual")
