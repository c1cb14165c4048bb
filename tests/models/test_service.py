"""A process ends when it is told to, whatever hangs in it."""

import subprocess
import sys

_HANGS = """
import asyncio, threading
from models.kit.service import end_within

async def main():
    stop = asyncio.Event()
    stop.set()
    await end_within(stop, 0.2)
    await asyncio.to_thread(threading.Event().wait)

asyncio.run(main())
"""


def test_a_thread_that_never_comes_back_does_not_hold_the_process() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", _HANGS], capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 1
    assert "Timeout" in ended.stderr
    assert "threading.py" in ended.stderr
