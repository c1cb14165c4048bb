"""What the cameras of the vision bench show: a hall full of people who walk, and an empty one."""

import hashlib
import os
from collections.abc import Iterator
from fractions import Fraction
from math import pi, sin
from pathlib import Path

import av
import cv2
import numpy as np
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from ingest.simulated import figures, hall, scenes
from ingest.simulated.figures import Figure, queue_figure
from ingest.simulated.hall import HEIGHT, WIDTH, Hall
from ingest.simulated.scenes import EMPTY_HALL, SCENES, STAFFED

WALKING, STILL = "walking", "still"
FPS = 10
PICTURES = 200  # of the loop: every walker is back where it began
_GOP_PICTURES = 10
_BITS_PER_S = 400_000
_SIZE = (640, 360)
_WALKERS = 6
_MADE_BY = (__file__, figures.__file__, hall.__file__, scenes.__file__)

Picture = NDArray[np.uint8]


def make_clips(folder: Path) -> dict[str, Path]:
    """Return the clip of each variant, drawn and encoded where it is not there yet: seconds."""
    digest = hashlib.sha256(b"".join(Path(file).read_bytes() for file in _MADE_BY)).hexdigest()
    drawn = {WALKING: _walking, STILL: _still}
    clips = {variant: folder / f"vision-{variant}-{digest[:16]}.mp4" for variant in drawn}
    folder.mkdir(parents=True, exist_ok=True)
    for variant, path in clips.items():
        if not path.exists():
            part = path.with_suffix(f".{os.getpid()}.part")
            _encode(part, drawn[variant]())
            part.replace(path)
    return clips


def _still() -> Iterator[Picture]:
    """Draw the empty hall with a camera's clock; the simulator's own mark does not count there."""
    empty = Hall(SCENES[0], EMPTY_HALL)
    top = round(0.07 * HEIGHT)
    band = empty.picture(0)[:top].copy()
    for number in range(PICTURES):
        canvas = empty.picture(number)
        canvas[:top] = band
        clock = f"2026-03-19 12:00:{number // FPS:02}"
        face, size = cv2.FONT_HERSHEY_SIMPLEX, 1.0
        cv2.putText(canvas, clock, (820, HEIGHT - 20), face, size, (255, 255, 255), 2)
        yield canvas


def _walking() -> Iterator[Picture]:
    """Draw the staffed hall with its queue, and people who cross it to and fro."""
    staffed = Hall(SCENES[0], STAFFED)
    sprites = [queue_figure(n, round(HEIGHT * (0.26 + 0.015 * n))) for n in range(_WALKERS)]
    for number in range(PICTURES):
        canvas = staffed.picture(number)
        for n, sprite in enumerate(sprites):
            turn = number / PICTURES + n / _WALKERS
            x = round(WIDTH * (0.5 + 0.42 * sin(2 * pi * turn)))
            y = round(HEIGHT * (0.68 + 0.05 * n))
            Figure(sprite, (x, y), phase=n * 0.3, sway_px=5.0).draw(canvas, 8 * turn)
        yield canvas


def _encode(path: Path, pictures: Iterator[Picture]) -> None:
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=FPS)
        assert isinstance(stream, VideoStream)
        stream.width, stream.height = _SIZE
        stream.pix_fmt = "yuv420p"
        stream.time_base = Fraction(1, FPS)
        stream.bit_rate = _BITS_PER_S
        stream.codec_context.thread_count = 1
        stream.codec_context.gop_size = _GOP_PICTURES
        stream.codec_context.max_b_frames = 0
        stream.options = {
            "preset": "veryfast",
            "profile": "baseline",
            "keyint_min": str(_GOP_PICTURES),
            "sc_threshold": "0",
            "maxrate": str(_BITS_PER_S),
            "bufsize": str(_BITS_PER_S),
        }
        for number, picture in enumerate(pictures):
            small = cv2.resize(picture, _SIZE, interpolation=cv2.INTER_AREA)
            frame = VideoFrame.from_ndarray(np.asarray(small, np.uint8), format="bgr24")
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
