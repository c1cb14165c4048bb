"""One picture as JPEG: decoded only when somebody asks, off the event loop."""

import io
from collections.abc import Sequence

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from ingest.cameras.access_unit import AccessUnit, StreamParameters
from models.kit.errors import NotFound, Unavailable

_QUALITY = 85


def newest_key_picture(parameters: StreamParameters, gop: Sequence[AccessUnit]) -> bytes:
    """Return the cached key picture as JPEG. Runs in a worker thread.

    Raises:
        Unavailable: nothing is cached.
        NotFound: it cannot be decoded.
    """
    decoder = av.CodecContext.create("h264" if parameters.playable else "hevc", "r")
    decoder.extradata = parameters.avcc_config
    try:
        for unit in gop[:1]:
            for frame in (*decoder.decode(av.Packet(unit.avcc)), *decoder.decode(None)):
                return encode(_pixels(frame))
    except av.FFmpegError as error:
        raise _undecodable(error) from error
    raise nothing_cached()


def nothing_cached() -> Unavailable:
    return Unavailable("The camera has no picture now. Try again in a second.", retry_after_s=1)


def picture_at(init: bytes, fragment: bytes, at_s: float) -> bytes:
    """Return the last picture shown at or before ``at_s`` as JPEG. Runs in a worker thread.

    Args:
        init: ftyp and moov of the recording.
        fragment: moof and mdat of the GOP, with absolute time.
        at_s: Unix seconds; before the GOP's first picture, that one is returned.

    Raises:
        NotFound: the GOP cannot be decoded.
    """
    shown: NDArray[np.uint8] | None = None
    try:
        with av.open(io.BytesIO(init + fragment), "r", format="mp4") as container:
            for frame in container.decode(video=0):
                if shown is not None and frame.time is not None and frame.time > at_s:
                    break
                shown = _pixels(frame)
    except av.FFmpegError as error:
        raise _undecodable(error) from error
    if shown is None:
        msg = "There is no picture in this piece of the recording."
        raise NotFound(msg)
    return encode(shown)


def encode(picture: NDArray[np.uint8]) -> bytes:
    """Return a BGR picture (height, width, 3) as JPEG."""
    done, jpeg = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    if not done:
        msg = f"A picture of shape {picture.shape} cannot be written as JPEG."
        raise NotFound(msg)
    return bytes(jpeg)


def _pixels(frame: av.VideoFrame) -> NDArray[np.uint8]:
    return frame.to_ndarray(format="bgr24").astype(np.uint8, copy=False)


def _undecodable(error: av.FFmpegError) -> NotFound:
    return NotFound(f"The picture cannot be decoded: {error}.")
