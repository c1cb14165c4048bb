"""Key pictures as they travel (AVCC H.264) → BGR pixels, and the small grey one for sight.py."""

import av
import cv2
import numpy as np

from models.kit.errors import InvalidInput
from vision.detector import Picture, require_picture
from vision.sight import Thumbnail

_THUMBNAIL = (160, 90)


class PictureBroken(InvalidInput):
    """The coded picture cannot be decoded, or only with holes."""

    type = "picture-broken"


class KeyPictureDecoder:
    """Decodes key pictures of one stream, each by itself. Used by one thread at a time."""

    def __init__(self, avcc_config: bytes) -> None:
        """``avcc_config`` is the body of the avcC box."""
        self.avcc_config = avcc_config
        self._codec = av.CodecContext.create("h264", "r")
        self._codec.extradata = avcc_config
        self._codec.thread_count = 1

    def decode(self, avcc: bytes) -> Picture:
        """Return the picture, height × width × 3 BGR.

        Raises:
            PictureBroken: not decodable, damaged, or no picture in it.
        """
        try:
            frames = self._codec.decode(av.Packet(avcc))
            frames += self._codec.decode(None)  # with B-frames a picture waits for the next one
        except (av.FFmpegError, ValueError) as error:
            msg = f"the camera's picture cannot be decoded ({error}); check its H.264 settings"
            raise PictureBroken(msg) from error
        finally:
            self._codec.flush_buffers()
        if not frames or frames[0].is_corrupt:
            msg = "the camera's picture is damaged; check the network to the camera"
            raise PictureBroken(msg)
        return np.asarray(frames[0].to_ndarray(format="bgr24"), np.uint8)


def thumbnail(picture: Picture) -> Thumbnail:
    """Return the picture as 90 × 160 grey levels.

    Raises:
        InvalidInput: not a picture.
    """
    require_picture(picture)
    small = cv2.resize(picture, _THUMBNAIL, interpolation=cv2.INTER_AREA)
    grey: Thumbnail = np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.uint8)
    return grey
