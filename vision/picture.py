"""Coded pictures as they travel (AVCC H.264) → BGR pixels, and the small grey one for sight.py."""

from collections.abc import Sequence
from functools import cached_property

import av
import cv2
import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter

from models.kit.errors import InvalidInput
from vision.detector import Picture
from vision.gate import Part
from vision.sight import Thumbnail
from vision.zones import Polygon

_THUMBNAIL = (160, 90)
_LONGEST_SIDE = 1920  # of what is looked at; a larger picture is scaled down while it is converted
_FULL_RANGE = 2  # AVCOL_RANGE_JPEG
_PLANAR = frozenset({"yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "yuvj444p", "nv12"})
# Video levels go from 16 to 235; what judges brightness counts from 0 to 255.
_STRETCHED = np.clip((np.arange(256) - 16) * (255 / 219), 0, 255).astype(np.uint8)


class PictureBroken(InvalidInput):
    """The coded picture cannot be decoded, or only with holes."""

    type = "picture-broken"


class PictureToCome(InvalidInput):
    """The decoder took what it got but has not shown a picture yet; more will show one."""

    type = "picture-to-come"


class Decoded:
    """One decoded picture; pixels are converted only when somebody asks for them."""

    def __init__(self, frame: VideoFrame, converter: VideoReformatter) -> None:
        """``converter`` is the stream's own: what it learned of sizes and formats is kept."""
        self._frame = frame
        self._converter = converter

    @cached_property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels of what ``pixels`` returns."""
        width, height = self._frame.width, self._frame.height
        scale = min(1.0, _LONGEST_SIDE / max(width, height))
        return max(1, round(width * scale)), max(1, round(height * scale))

    def pixels(self) -> Picture:
        """Return height × width × 3 BGR, at most _LONGEST_SIDE on its longer side."""
        width, height = self.size
        # One thread: several would each be started and ended for this picture.
        frame = self._converter.reformat(self._frame, width, height, format="bgr24", threads=1)
        return np.asarray(frame.to_ndarray(), np.uint8)

    def thumbnail(self) -> Thumbnail:
        """Return the picture as 90 × 160 grey levels, 0 black and 255 white."""
        frame = self._frame
        if frame.format.name not in _PLANAR:
            grey = np.asarray(frame.to_ndarray(format="gray"), np.uint8)
            return np.asarray(cv2.resize(grey, _THUMBNAIL, interpolation=cv2.INTER_AREA), np.uint8)
        plane = frame.planes[0]
        rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
        luma = rows[: frame.height, : frame.width]
        small = cv2.resize(luma, _THUMBNAIL, interpolation=cv2.INTER_AREA)
        if frame.color_range != _FULL_RANGE and not frame.format.name.startswith("yuvj"):
            small = cv2.LUT(small, _STRETCHED)
        return np.asarray(small, np.uint8)


class PictureDecoder:
    """Decodes one stream: key pictures each by itself, or all pictures in their order.

    Used by one thread at a time.
    """

    def __init__(self, avcc_config: bytes) -> None:
        """``avcc_config`` is the body of the avcC box."""
        self.avcc_config = avcc_config
        self._codec = av.CodecContext.create("h264", "r")
        self._codec.extradata = avcc_config
        self._codec.thread_count = 1
        self._converter = VideoReformatter()

    def key(self, avcc: bytes) -> Decoded:
        """Return a key picture.

        Raises:
            PictureBroken: not decodable, damaged, or no picture in it.
        """
        try:
            frames = self._decode([avcc])
            frames += self._codec.decode(None)  # with B-frames a picture waits for the next one
        except (av.FFmpegError, ValueError) as error:
            raise _broken(error) from error
        finally:
            self._codec.flush_buffers()
        if not frames:
            raise _damaged()
        return self._whole(frames[0])

    def go_on(self, pictures: Sequence[bytes]) -> Decoded:
        """Decode pictures that follow those of the last call; return the newest that is shown.

        After an error the next call must begin with a key picture.

        Raises:
            PictureBroken: not decodable or damaged.
            PictureToCome: the decoder holds back what it got until it has more.
        """
        try:
            frames = self._decode(pictures)
        except (av.FFmpegError, ValueError) as error:
            self._codec.flush_buffers()
            raise _broken(error) from error
        if not frames:
            msg = "the decoder waits for further pictures of the camera"
            raise PictureToCome(msg)
        return self._whole(frames[-1])

    def _whole(self, frame: VideoFrame) -> Decoded:
        if frame.is_corrupt:
            raise _damaged()
        return Decoded(frame, self._converter)

    def _decode(self, pictures: Sequence[bytes]) -> list[VideoFrame]:
        frames: list[VideoFrame] = []
        for avcc in pictures:
            frames += self._codec.decode(av.Packet(avcc))
        return frames


def thumbnail_of(picture: Picture) -> Thumbnail:
    """Return a BGR picture as ``Decoded.thumbnail`` would."""
    small = cv2.resize(picture, _THUMBNAIL, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.uint8)


def covered(polygons: Sequence[Polygon], *, near: int = 0) -> Part:
    """Return the part of a thumbnail that polygons in picture shares cover.

    ``near`` adds so many pixels of the thumbnail on each side.
    """
    width, height = _THUMBNAIL
    part = np.zeros((height, width), np.uint8)
    for polygon in polygons:
        cv2.fillPoly(part, [np.round(polygon * (width, height)).astype(np.int32)], (1,))
    return np.asarray(cv2.dilate(part, np.ones((2 * near + 1,) * 2, np.uint8)), np.bool_)


def _broken(error: Exception) -> PictureBroken:
    return PictureBroken(
        f"the camera's picture cannot be decoded ({error}); check its H.264 settings"
    )


def _damaged() -> PictureBroken:
    return PictureBroken("the camera's picture is damaged; check the network to the camera")
