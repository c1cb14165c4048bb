"""Thumbnails of recorded key pictures: which GOP stands for a stretch, decoding, joining."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from ingest.media.pictures import encode
from ingest.media.seek_plan import Spot, spots_of
from ingest.media.stored import stored_file
from ingest.recordings.samples import decoding, pictures
from ingest.recordings.stored_file import StoredFile
from models.kit.errors import CentreError

CELL = (160, 90)  # pixels, across and down
STRIP_MAX = 60
_DARK = (16, 10, 7)  # BGR, where nothing is recorded
Thumbnail = NDArray[np.uint8]


def cells(files: Sequence[StoredFile], edges_ms: Sequence[int]) -> list[Spot | None]:
    """Return for each stretch between two edges its first GOP; None where none begins in it.

    A stretch shorter than a GOP shows the GOP that plays at its beginning.
    """
    spots = spots_of(files)
    found: list[Spot | None] = []
    at = 0
    for start_ms, end_ms in pairwise(edges_ms):
        while at < len(spots) and spots[at].gop.end_ms <= start_ms:
            at += 1
        fits = at < len(spots) and spots[at].gop.at_ms < end_ms
        found.append(spots[at] if fits else None)
    return found


def read_thumbnail(root: Path, spot: Spot) -> Thumbnail | None:
    """Return the key picture of a GOP, small; None where it cannot be read. Blocking."""
    try:
        path = stored_file(root, spot.file.path)
        with path.open("rb") as file:
            how = decoding(file.read(spot.file.init_bytes))
            file.seek(spot.gop.offset)
            content = file.read(spot.gop.length)
        key = pictures(content)[0]
        decoder = av.CodecContext.create("h264", "r")
        decoder.thread_count = 1
        decoder.extradata = how.avcc_config
        packet = av.Packet(content[key.offset : key.offset + key.length])
        for frame in (*decoder.decode(packet), *decoder.decode(None)):
            return _fitted(frame.reformat(format="bgr24").to_ndarray())
    except (CentreError, OSError, av.FFmpegError):
        return None  # a dark cell says it; the film itself tells why
    return None


def join(thumbnails: Sequence[Thumbnail | None]) -> bytes:
    """Return the thumbnails side by side as one JPEG, dark where there is none."""
    dark = np.full((CELL[1], CELL[0], 3), _DARK, np.uint8)
    return encode(np.hstack([dark if one is None else one for one in thumbnails]))


def _fitted(picture: NDArray[np.generic]) -> Thumbnail:
    """Shrink a picture into a cell with its own proportions."""
    height, width = picture.shape[:2]
    scale = min(CELL[0] / width, CELL[1] / height)
    size = max(round(width * scale), 1), max(round(height * scale), 1)
    small = cv2.resize(picture.astype(np.uint8, copy=False), size, interpolation=cv2.INTER_AREA)
    cell: Thumbnail = np.full((CELL[1], CELL[0], 3), _DARK, np.uint8)
    left, top = (CELL[0] - size[0]) // 2, (CELL[1] - size[1]) // 2
    cell[top : top + size[1], left : left + size[0]] = small
    return cell
