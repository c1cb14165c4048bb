"""Encodes loops for the camera farm: noise with a burned-in counter, at a chosen size and rate."""

import hashlib
import os
from dataclasses import astuple, dataclass
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from ingest.simulated.burned import COUNTER_RANGE, Mark, burn
from models.kit.errors import InvalidInput

_HERE = Path(__file__).parent
_MADE_BY = ("burned.py", "loops.py")
_ENCODERS = {"h264": "libx264", "h265": "libx265", "mpeg4": "mpeg4"}
_MARK_BAND = 0.07  # of the height from the top: plain, so that noise never hides the mark
_NOISES = 5


@dataclass(frozen=True, slots=True)
class LoopSpec:
    """What a loop is like. It lasts whole GOPs, so that it can be repeated without a seam."""

    width: int = 640
    height: int = 360
    fps: int = 15
    gop_s: float = 2.0
    kbit: int = 500
    seconds: float = 60
    codec: str = "h264"

    @property
    def gop_pictures(self) -> int:
        return max(round(self.fps * self.gop_s), 1)

    @property
    def pictures(self) -> int:
        """How many pictures the loop has: the counter goes from 0 to one less, then again."""
        return max(round(self.fps * self.seconds / self.gop_pictures), 1) * self.gop_pictures


def make_loop(folder: Path, spec: LoopSpec) -> Path:
    """Return the loop's file, encoding it where it is not there yet. Blocks for seconds.

    Raises:
        InvalidInput: no such codec, or more pictures than the counter can tell apart.
    """
    if spec.codec not in _ENCODERS:
        raise InvalidInput(f"a loop can be {', '.join(_ENCODERS)}, not {spec.codec}")
    if spec.pictures > COUNTER_RANGE:
        raise InvalidInput(
            f"a loop of {spec.pictures} pictures has more than the counter's {COUNTER_RANGE};"
            " make it shorter"
        )
    path = folder / f"{spec.codec}-{spec.width}x{spec.height}-{_digest(spec)}.mp4"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{os.getpid()}.part")
        _encode(part, spec)
        part.replace(path)
    return path


def _digest(spec: LoopSpec) -> str:
    digest = hashlib.sha256(repr(astuple(spec)).encode())
    for name in _MADE_BY:
        digest.update((_HERE / name).read_bytes())
    return digest.hexdigest()[:16]


def _encode(path: Path, spec: LoopSpec) -> None:
    noises = [_noise(spec, seed) for seed in range(_NOISES)]
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream(_ENCODERS[spec.codec], rate=spec.fps)
        assert isinstance(stream, VideoStream)
        _configure(stream, spec)
        for number in range(spec.pictures):
            frame = VideoFrame.from_ndarray(_picture(noises, spec, number), format="bgr24")
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


def _configure(stream: VideoStream, spec: LoopSpec) -> None:
    stream.width, stream.height = spec.width, spec.height
    stream.pix_fmt = "yuv420p"
    stream.time_base = Fraction(1, spec.fps)
    stream.bit_rate = spec.kbit * 1000
    stream.codec_context.thread_count = 1
    stream.codec_context.gop_size = spec.gop_pictures
    stream.codec_context.max_b_frames = 0
    limits: dict[str, object] = {"maxrate": str(stream.bit_rate), "bufsize": str(stream.bit_rate)}
    keys = str(spec.gop_pictures)
    if spec.codec == "h264":
        stream.options = limits | {
            "preset": "veryfast",
            "profile": "baseline",
            "keyint_min": keys,
            "sc_threshold": "0",
        }
    elif spec.codec == "h265":
        x265 = f"keyint={keys}:min-keyint={keys}:scenecut=0:open-gop=0:log-level=none:pools=none"
        stream.options = limits | {"preset": "ultrafast", "x265-params": x265}
    else:
        stream.options = limits


def _noise(spec: LoopSpec, seed: int) -> NDArray[np.int16]:
    spread = np.random.default_rng(seed).normal(0, 7, (spec.height, spec.width, 1))
    return spread.astype(np.int16)


def _picture(noises: list[NDArray[np.int16]], spec: LoopSpec, number: int) -> NDArray[np.uint8]:
    """Draw a slope with a disc that goes round once a loop, under noise, and the mark above."""
    height, width = spec.height, spec.width
    slope = np.linspace(60, 180, width, dtype=np.int16).reshape(1, width, 1)
    drawn = slope + noises[number % _NOISES]
    picture = np.repeat(np.clip(drawn, 0, 255).astype(np.uint8), 3, axis=2)
    angle = 2 * np.pi * number / spec.pictures
    centre = (
        round(width * (0.5 + 0.3 * np.sin(angle))),
        round(height * (0.55 - 0.3 * np.cos(angle))),
    )
    cv2.circle(picture, centre, height // 12, (40, 90, 230), -1)
    picture[: round(_MARK_BAND * height)] = 128
    burn(picture, Mark(scene=0, variant=0, number=number), f"{number}")
    return picture
