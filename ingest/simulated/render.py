"""Encodes the halls into clips, once: a clip is made again only when what draws it has changed."""

import fcntl
import hashlib
import os
import sys
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from multiprocessing import get_context
from pathlib import Path

import av
import cv2
import numpy as np
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from ingest.simulated.hall import HEIGHT, LOOP_PICTURES, WIDTH, Hall
from ingest.simulated.scenes import SCENES, Scene, scene

RATE_HZ = 10
PICTURES_PER_GOP = 10

_HERE = Path(__file__).parent
_DRAWN_BY = ("burned.py", "figures.py", "hall.py", "render.py", "scenes.py")


@dataclass(frozen=True, slots=True)
class Quality:
    kind: str
    width: int
    height: int
    bits_per_s: int


QUALITIES = (
    Quality("main", WIDTH, HEIGHT, 1_500_000),
    Quality("sub", WIDTH // 2, HEIGHT // 2, 400_000),
)


def clip_path(folder: Path, scene_name: str, variant: str, kind: str) -> Path:
    """Return where a scene's clip is; ``kind`` is main or sub."""
    return folder / f"{scene_name}-{variant}-{kind}.mp4"


def render_all(
    folder: Path,
    *,
    scenes: tuple[Scene, ...] = SCENES,
    variants: tuple[str, ...] | None = None,
    workers: int | None = None,
) -> None:
    """Make every clip that is missing or out of date; tells on stderr how far it is.

    ``variants`` limits the work to these; None means all that the scenes have. A second process
    that wants the same folder waits and finds them made.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _render_missing(folder, scenes, variants, workers)


def _render_missing(
    folder: Path, scenes: tuple[Scene, ...], variants: tuple[str, ...] | None, workers: int | None
) -> None:
    key = _drawing_key()
    wanted = [
        (s.name, variant)
        for s in scenes
        for variant in s.variants
        if (variants is None or variant in variants) and _stamp(folder, s.name, variant) != key
    ]
    if not wanted:
        return
    count = workers or min(os.cpu_count() or 1, 8)
    with ProcessPoolExecutor(count, mp_context=get_context("spawn")) as pool:
        jobs = {pool.submit(_render, folder, name, v, key): f"{name} {v}" for name, v in wanted}
        for done, job in enumerate(as_completed(jobs), start=1):
            job.result()
            sys.stderr.write(f"simulated cameras: drawn {done}/{len(wanted)} ({jobs[job]})\n")
            sys.stderr.flush()


def _drawing_key() -> str:
    """Return a hash of everything that a clip is made from."""
    digest = hashlib.sha256()
    files = chain((_HERE / name for name in _DRAWN_BY), sorted((_HERE / "cutouts").glob("*.png")))
    for path in files:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _stamp_path(folder: Path, scene_name: str, variant: str) -> Path:
    return folder / f"{scene_name}-{variant}.sha256"


def _stamp(folder: Path, scene_name: str, variant: str) -> str | None:
    path = _stamp_path(folder, scene_name, variant)
    made = all(clip_path(folder, scene_name, variant, q.kind).exists() for q in QUALITIES)
    return path.read_text() if made and path.exists() else None


def _render(folder: Path, scene_name: str, variant: str, key: str) -> None:
    """Draw one variant and encode both qualities; the stamp comes last, so a stop is harmless."""
    cv2.setNumThreads(1)
    hall = Hall(scene(scene_name), variant)
    outputs = [
        (q, clip_path(folder, scene_name, variant, q.kind).with_suffix(".part")) for q in QUALITIES
    ]
    containers = [av.open(str(path), "w", format="mp4") for _, path in outputs]
    streams = [
        _stream(container.add_stream("libx264", rate=RATE_HZ), quality)
        for container, (quality, _) in zip(containers, outputs, strict=True)
    ]
    for number in range(LOOP_PICTURES):
        picture = hall.picture(number)
        for (quality, _), container, stream in zip(outputs, containers, streams, strict=True):
            size = (quality.width, quality.height)
            sized = picture
            if size != (WIDTH, HEIGHT):
                sized = np.asarray(
                    cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8
                )
            frame = VideoFrame.from_ndarray(sized, format="bgr24")
            frame.pts = number
            container.mux(stream.encode(frame))
    for container, stream in zip(containers, streams, strict=True):
        container.mux(stream.encode())
        container.close()
    for _, path in outputs:
        path.replace(path.with_suffix(".mp4"))
    _stamp_path(folder, scene_name, variant).write_text(key)


def _stream(stream: VideoStream, quality: Quality) -> VideoStream:
    stream.width, stream.height = quality.width, quality.height
    stream.pix_fmt = "yuv420p"
    stream.time_base = Fraction(1, RATE_HZ)
    stream.bit_rate = quality.bits_per_s
    stream.codec_context.thread_count = 1
    stream.codec_context.gop_size = PICTURES_PER_GOP
    stream.codec_context.max_b_frames = 0
    stream.options = {
        "preset": "veryfast",
        "profile": "baseline",
        "keyint_min": str(PICTURES_PER_GOP),
        "sc_threshold": "0",
        "maxrate": str(quality.bits_per_s),
        "bufsize": str(quality.bits_per_s),
    }
    return stream
