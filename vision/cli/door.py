"""What every command of this room does first and last: settings, log, errors in one line."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import typer
from sqlalchemy.exc import SQLAlchemyError

from models.kit import log
from models.kit.clock import SystemClock
from models.kit.errors import CentreError
from models.kit.settings import Settings, load
from vision.site_weights import SiteWeights


@contextmanager
def command() -> Iterator[Settings]:
    """Give the settings; what goes wrong is told in one line, exit code 2."""
    try:
        settings = load()
        log.configure(level="warning", log_format=settings.log_format, process="ahual")
        yield settings
    except CentreError as error:
        typer.echo(error.detail, err=True)
        sys.exit(2)
    except (OSError, SQLAlchemyError) as error:
        typer.echo(f"{error}".splitlines()[0], err=True)
        sys.exit(2)


def site(settings: Settings) -> SiteWeights:
    return SiteWeights(settings.state_dir)


def today() -> str:
    return SystemClock().now().date().isoformat()


cpu_s = time.process_time
