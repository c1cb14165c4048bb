"""Real H.264 and H.265 of known content: picture n has brightness 16 + 4·(n mod 50)."""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import av
import numpy as np

from ingest.cameras import nal
from ingest.cameras.access_unit import AccessUnit, StreamParameters
from ingest.cameras.assembler import Assembler, CodedPicture
from ingest.cameras.codecs import H264, VideoCodec

WIDTH, HEIGHT, FPS = 192, 112, 10
START_S = 1_790_000_000.0


def brightness(number: int) -> int:
    return 16 + 4 * (number % 50)


def number_of(luma: int) -> int:
    """Return which picture has this brightness, counted from any multiple of 50."""
    return round((luma - 16) / 4)


def write_clip(
    path: Path,
    *,
    codec: str = "libx264",
    pictures: int = 40,
    gop: int = 10,
    b_frames: int = 0,
    scale: int = 1,
) -> Path:
    """Encode a small clip; ``gop`` pictures from key to key, ``scale`` times as wide and high."""
    width, height = scale * WIDTH, scale * HEIGHT
    options = {}
    if codec == "libx264":
        options = {
            "preset": "veryfast",
            "profile": "high" if b_frames else "baseline",
            "bf": str(b_frames),
            "g": str(gop),
            "keyint_min": str(gop),
            "sc_threshold": "0",
        }
    if codec == "libx265":
        x265 = f"keyint={gop}:min-keyint={gop}:scenecut=0:bframes={b_frames}:log-level=none"
        options = {"preset": "ultrafast", "x265-params": f"{x265}:pools=1:frame-threads=1"}
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=FPS, options=options)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height = width, height
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        for number in range(pictures):
            luma = np.full((height * 3 // 2, width), 128, np.uint8)
            luma[:height] = brightness(number)
            frame = av.VideoFrame.from_ndarray(luma, format="yuv420p")
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def read_clip(path: Path) -> list[CodedPicture]:
    """Return the pictures of a clip file as a source would yield them."""
    with av.open(str(path)) as container:
        video = container.streams.video[0]
        name = video.codec_context.name
        to_annex_b = av.BitStreamFilterContext(f"{name}_mp4toannexb", video)
        assert video.time_base is not None
        tick = float(video.time_base * 90_000)
        return [
            CodedPicture(
                round((packet.dts or 0) * tick),
                round((packet.pts or 0) * tick),
                nal.split_annex_b(bytes(packet)),
            )
            for demuxed in container.demux(video)
            if demuxed.size
            for packet in to_annex_b.filter(demuxed)
        ]


@lru_cache
def coded(
    folder: Path,
    pictures: int = 40,
    gop: int = 10,
    b_frames: int = 0,
    codec: str = "libx264",
) -> list[CodedPicture]:
    path = folder / f"{codec}-{pictures}-{gop}-{b_frames}.mp4"
    return read_clip(write_clip(path, codec=codec, pictures=pictures, gop=gop, b_frames=b_frames))


def assembled(
    pictures: list[CodedPicture], start_s: float = START_S, codec: VideoCodec = H264
) -> Iterator[tuple[StreamParameters | None, AccessUnit]]:
    """Yield what a feed publishes for these pictures, each arriving exactly when it is due."""
    assembler = Assembler(codec=codec)
    for picture in pictures:
        arrived_at = start_s + (picture.dts - pictures[0].dts) / 90_000
        parameters, unit = assembler.push(picture, arrived_at)
        assert unit is not None
        yield parameters, unit


def shown(path: Path) -> list[tuple[int, int]]:
    """Decode a file; return (pts in 90 kHz ticks, brightness) of every picture in shown order."""
    with av.open(str(path)) as container:
        tick = float((container.streams.video[0].time_base or 0) * 90_000)
        return [
            (round((frame.pts or 0) * tick), round(float(frame.to_ndarray()[:HEIGHT].mean())))
            for frame in container.decode(video=0)
        ]
