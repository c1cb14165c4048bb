"""What replay is measured against: ffmpeg on the same files."""

import asyncio
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from ingest.recordings.facts import SegmentFact
from models.kit.clock import SystemClock


class Ffmpeg:
    """ffmpeg over a camera's files: one file, or all joined by its concat demuxer."""

    def __init__(self, folder: Path, root: Path, facts: Sequence[SegmentFact]) -> None:
        self._program = shutil.which("ffmpeg")
        self._list = folder / "files.txt"
        self._out = folder / "copy.mp4"
        self._root, self._facts = root, facts
        self._list.write_text("".join(f"file '{root / fact.path}'\n" for fact in facts))

    async def exact_frame_ms(self, at_s: float) -> float | None:
        """Return how long one accurate seek takes, given the right file; None without ffmpeg."""
        fact = max(
            (one for one in self._facts if one.started_at.timestamp() <= at_s),
            key=lambda one: one.started_at,
        )
        into = f"{at_s - fact.started_at.timestamp():.3f}"
        return await self._timed("-ss", into, "-i", str(self._root / fact.path), *_ONE_PICTURE)

    async def copy_ms(self, seconds: float) -> float | None:
        """Return how long a stream copy of the first seconds takes."""
        length = ("-t", f"{seconds:.3f}")
        return await self._timed(*self._input, *length, "-c", "copy", "-y", str(self._out))

    @property
    def _input(self) -> tuple[str, ...]:
        return ("-f", "concat", "-safe", "0", "-i", str(self._list))

    async def _timed(self, *arguments: str) -> float | None:
        if self._program is None:
            return None
        clock = SystemClock()
        begun = clock.monotonic()
        child = await asyncio.create_subprocess_exec(
            self._program,
            "-v",
            "error",
            "-nostdin",
            *arguments,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        failed = await child.wait()
        return None if failed else (clock.monotonic() - begun) * 1000


_ONE_PICTURE = ("-frames:v", "1", "-f", "null", "-")
