"""Pictures for these tests: a simulated hall with people, and pictures as H.264 key pictures."""

import io
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache

import av
import cv2
import numpy as np

from ingest.simulated.hall import Hall
from ingest.simulated.scenes import SCENES
from vision.detector import Picture
from vision.sight import Thumbnail


def hall(variant: str = "staffed", number: int = 0, scene: int = 0) -> Picture:
    """A hall as the sub stream shows it, 360 × 640."""
    large = _hall(variant, scene).picture(number)
    return np.asarray(cv2.resize(large, (640, 360), interpolation=cv2.INTER_AREA), np.uint8)


@lru_cache(maxsize=32)
def _hall(variant: str, scene: int) -> Hall:
    return Hall(SCENES[scene], variant)


def thumbnail(picture: Picture) -> Thumbnail:
    """A picture as sight.py sees it."""
    small = cv2.resize(picture, (160, 90), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.uint8)


def noise(height: int = 360, width: int = 640, seed: int = 0) -> Picture:
    return np.random.default_rng(seed).integers(0, 255, (height, width, 3), np.uint8)


def coded(*pictures: Picture) -> tuple[bytes, list[bytes]]:
    """Return the avcC body and one AVCC key picture for each picture (all of one size)."""
    return _coded(pictures, keys_every=1)


def stream(*pictures: Picture) -> tuple[bytes, list[bytes]]:
    """Return the same with one key picture only, which the others need."""
    return _coded(pictures, keys_every=len(pictures))


def _coded(pictures: Sequence[Picture], keys_every: int) -> tuple[bytes, list[bytes]]:
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=1)
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt = "yuv420p"
        stream.time_base = Fraction(1, 1)
        stream.options = {"g": str(keys_every), "preset": "ultrafast", "crf": "18"}
        for picture in pictures:
            frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    file.seek(0)
    with av.open(file, "r") as written:
        track = written.streams.video[0]
        packets = [bytes(packet) for packet in written.demux(track) if packet.size]
        return bytes(track.codec_context.extradata or b""), packets
