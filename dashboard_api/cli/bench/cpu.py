"""CPU seconds and memory of processes, read from /proc: what was really used, not how long."""

import os
import time
from pathlib import Path

_PROCESS_CLOCK = 2  # clock_getcpuclockid(3): the scheduler's own count, not ticks of 10 ms
_PAGE = os.sysconf("SC_PAGE_SIZE")


def cpu_s(pid: int) -> float:
    """Return user plus system seconds of a process with all its threads, to the microsecond.

    Raises:
        FileNotFoundError: it has ended.
    """
    try:
        return time.clock_gettime(~pid << 3 | _PROCESS_CLOCK)
    except OSError as error:
        raise FileNotFoundError(f"process {pid} has ended") from error


def tree_cpu_s(pid: int) -> float:
    """Return the same for a process and all that it started and that still runs."""
    return sum(cpu_s(one) for one in _tree(pid))


def rss_mb(pid: int) -> float:
    """Return resident memory in MB (10⁶ bytes)."""
    return int(Path(f"/proc/{pid}/statm").read_text("utf-8").split()[1]) * _PAGE / 1e6


def _tree(pid: int) -> list[int]:
    found, seen = [pid], 0
    while seen < len(found):
        for task in Path(f"/proc/{found[seen]}/task").glob("*/children"):
            found += [int(child) for child in task.read_text("utf-8").split()]
        seen += 1
    return found
