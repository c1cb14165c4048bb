"""Decodes what was recorded and counts, by the burned-in counters, what is missing."""

import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from uuid import UUID

from ingest.simulated.counters import missing_pictures, sightings
from ingest.simulated.loops import LoopSpec


@dataclass(frozen=True, slots=True)
class Seen:
    files: int
    pictures: int
    missing: int

    def __add__(self, other: "Seen") -> "Seen":
        return Seen(
            self.files + other.files, self.pictures + other.pictures, self.missing + other.missing
        )


def count_missing(
    folder: Path, cameras: Sequence[UUID], spec: LoopSpec, begun_at: float, ended_at: float
) -> Seen:
    """Decode the files of all cameras, a process a core. Blocks.

    Args:
        folder: the node's recordings.
        cameras: all of them must be there.
        spec: of the loop that the cameras played.
        begun_at: Unix seconds: from then on everything must be there …
        ended_at: … until then.
    """
    total = Seen(0, 0, 0)
    with ProcessPoolExecutor(os.cpu_count() or 1, mp_context=get_context("spawn")) as pool:
        jobs = [
            pool.submit(_camera, folder / str(camera), spec, begun_at, ended_at)
            for camera in cameras
        ]
        for job in jobs:
            total += job.result()
    return total


def _camera(folder: Path, spec: LoopSpec, begun_at: float, ended_at: float) -> Seen:
    files = _within(sorted(folder.glob("*/*/*.mp4")), begun_at, ended_at)
    seen = [one for file in files for one in sightings(file)]
    if not seen:
        return Seen(0, 0, round((ended_at - begun_at) * spec.fps))
    late_s = max(seen[0].at_s - begun_at, 0.0)
    early_s = max(ended_at - seen[-1].at_s - 1 / spec.fps, 0.0)
    at_the_ends = int(late_s * spec.fps) + int(early_s * spec.fps)
    missing = missing_pictures(seen, spec.pictures, spec.fps) + at_the_ends
    return Seen(len(files), len(seen), missing)


def _within(files: Sequence[Path], begun_at: float, ended_at: float) -> list[Path]:
    """Return those that overlap the time; a file is named by when it begins, in milliseconds."""
    begins = [int(file.stem) / 1000 for file in files]
    ends = [*begins[1:], ended_at][: len(begins)]
    return [
        file
        for file, begin, end in zip(files, begins, ends, strict=True)
        if begin <= ended_at and end >= begun_at
    ]
