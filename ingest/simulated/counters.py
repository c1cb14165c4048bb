"""Reads burned-in counters out of recordings and streams, and counts what is missing of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
from av.video.frame import VideoFrame

from ingest.simulated.burned import read_counter

_OPENING_S = 10.0


@dataclass(frozen=True, slots=True)
class Sighting:
    """One decoded picture: its own time in seconds, and its counter, None where unreadable."""

    at_s: float
    counter: int | None


def sightings(source: str | Path, limit: int | None = None) -> list[Sighting]:
    """Decode a file or RTSP stream to its end or to ``limit`` pictures. Blocks.

    Raises:
        av.FFmpegError: it cannot be opened or read.
    """
    options = {"rtsp_transport": "tcp"} if str(source).startswith("rtsp") else {}
    found: list[Sighting] = []
    with av.open(str(source), options=options, timeout=_OPENING_S) as container:
        for frame in container.decode(video=0):
            found.append(Sighting(frame.time or 0.0, _counter(frame)))
            if len(found) == limit:
                break
    return found


def missing_pictures(seen: Sequence[Sighting], loop_pictures: int, fps: float) -> int:
    """Return how many pictures are not there between the first and the last of one camera.

    The counter tells to a picture what is missing within a loop, the time how many whole loops.
    An unreadable picture counts as missing: nobody can say that it is the right one.
    """
    readable = [one for one in seen if one.counter is not None]
    if not readable:
        return len(seen)
    missing = 0
    for before, after in pairwise(readable):
        steps = ((after.counter or 0) - (before.counter or 0)) % loop_pictures
        by_time = (after.at_s - before.at_s) * fps
        loops = max(round((by_time - steps) / loop_pictures), 0)
        missing += (steps + loops * loop_pictures or loop_pictures) - 1
    return missing


def _counter(frame: VideoFrame) -> int | None:
    luma = frame.planes[0]
    rows = np.frombuffer(bytes(luma), np.uint8).reshape(luma.height, luma.line_size)
    return read_counter(rows[:, : frame.width])
