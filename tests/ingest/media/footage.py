"""Real H.264 for a feed, made by libx264: picture n of a clip is as bright as ``brightness(n)``."""

from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import av
import numpy as np

from ingest.cameras import nal
from ingest.cameras.access_unit import TIMESCALE, AccessUnit, StreamParameters
from ingest.cameras.nal import stream_parameters

FPS = 10
GOP = 10
WIDTH, HEIGHT = 192, 128
START = datetime(2026, 3, 19, 7, 0, tzinfo=UTC)
STEP = TIMESCALE // FPS


def brightness(number: int) -> int:
    return 40 + 6 * (number % 30)


def encode(count: int, *, b_frames: int = 0, noise: bool = False) -> "list[av.Packet[Any]]":
    """Return ``count`` Annex B packets at 10 fps with a key picture every second."""
    encoder = av.CodecContext.create("libx264", "w")
    encoder.width, encoder.height = WIDTH, HEIGHT
    encoder.pix_fmt = "yuv420p"
    encoder.time_base = Fraction(1, TIMESCALE)
    encoder.framerate = Fraction(FPS)
    encoder.options = {
        "preset": "ultrafast",
        "profile": "main" if b_frames else "baseline",
        "x264-params": f"keyint={GOP}:min-keyint={GOP}:scenecut=0:bframes={b_frames}",
        "threads": "1",
    }
    random = np.random.default_rng(7)
    packets: list[av.Packet[Any]] = []
    for number in range(count):
        pixels = np.full((HEIGHT, WIDTH, 3), brightness(number), np.uint8)
        if noise:
            pixels ^= random.integers(0, 64, pixels.shape, np.uint8)
        frame = av.VideoFrame.from_ndarray(pixels, format="bgr24")
        frame.pts, frame.time_base = number * STEP, Fraction(1, TIMESCALE)
        packets += encoder.encode(frame)
    return [*packets, *encoder.encode(None)]


def clip(
    count: int, *, start: datetime = START, b_frames: int = 0, noise: bool = False
) -> tuple[StreamParameters, list[AccessUnit]]:
    """Return what a camera's feed would hold of ``count`` pictures beginning at ``start``."""
    origin = round(start.timestamp() * TIMESCALE)
    sps = pps = b""
    units = []
    for sequence, packet in enumerate(encode(count, b_frames=b_frames, noise=noise)):
        nals = nal.split_annex_b(bytes(packet))
        for unit in nals:
            sps = unit if nal.nal_type(unit) == nal.SPS else sps
            pps = unit if nal.nal_type(unit) == nal.PPS else pps
        assert packet.dts is not None
        assert packet.pts is not None
        dts = origin + packet.dts
        units.append(
            AccessUnit(
                sequence=sequence,
                dts=dts,
                cts=packet.pts - packet.dts,
                duration=STEP,
                key=packet.is_keyframe,
                avcc=nal.to_avcc(nals),
                received_at=dts / TIMESCALE,
            )
        )
    return stream_parameters(sps, pps, reordered=b_frames > 0), units
