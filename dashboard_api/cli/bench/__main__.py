"""``python -m dashboard_api.cli.bench NAME``: run one bench and print what it found."""

import asyncio
import sys
from collections.abc import Callable, Coroutine
from typing import Annotated, Any

import typer

from dashboard_api.cli.bench import gps, gps_kill, live, record, replay, soak, vision
from dashboard_api.cli.bench.report import Row, as_json, as_table
from models.kit import log
from models.kit.errors import CentreError

Bench = Callable[[bool], Coroutine[Any, Any, list[Row]]]
"""A bench: given whether to be quick (within a minute, same rows), returns its rows."""

BENCHES: dict[str, Bench] = {
    "gps": gps.run,
    "gps-kill": gps_kill.run,
    "live": live.run,
    "record": record.run,
    "replay": replay.run,
    "soak": soak.run,
    "vision": vision.run,
}


def main(
    name: Annotated[str, typer.Argument(help=" | ".join(BENCHES))],
    *,
    quick: Annotated[bool, typer.Option(help="Within a minute, the same rows.")] = False,
    json: Annotated[bool, typer.Option(help="One JSON object instead of a table.")] = False,
    part: Annotated[gps.Part | None, typer.Option(help="gps: only this part.")] = None,
    minutes: Annotated[float, typer.Option(min=1, help="How long to soak.")] = soak.MINUTES,
) -> None:
    """Measure against a peer in the same run; what happens meanwhile is told on stderr."""
    bench = BENCHES.get(name)
    if bench is None:
        raise typer.BadParameter(f"{name}: choose one of {', '.join(BENCHES)}")
    log.configure(level="warning", log_format="text", process="bench")
    try:
        if bench is gps.run:
            work = gps.run(quick, part)
        else:
            work = soak.run(quick, minutes) if bench is soak.run else bench(quick)
        rows = asyncio.run(work)
    except CentreError as error:
        typer.echo(error.detail, err=True)
        sys.exit(2)
    typer.echo(as_json(name, rows) if json else as_table(name, rows))


if __name__ == "__main__":
    typer.run(main)
