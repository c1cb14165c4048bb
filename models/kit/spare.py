"""A process started ahead of need: all is imported, and it waits to be told whom to replace.

What takes time when a killed process is started again is not its work but its imports.
"""

import json
import os
import sys
from pathlib import Path

OPTION = "--spare"


def order(environment: dict[str, str], log: Path) -> bytes:
    """Return what to write to a waiting spare's stdin: whose variables and log it takes over."""
    return json.dumps({"environment": environment, "log": str(log)}).encode() + b"\n"


def await_turn() -> None:
    """Return at once; in a process that was started with --spare, once it was told to.

    Raises:
        SystemExit: whoever would have told it is gone.
    """
    if OPTION not in sys.argv:
        return
    line = sys.stdin.readline()
    if not line:
        raise SystemExit(0)
    told = json.loads(line)
    os.environ.update(told["environment"])
    log = os.open(told["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
        os.dup2(log, stream.fileno())
    os.close(log)
