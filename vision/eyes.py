"""One look: coded picture → can the camera see → where are people. Runs in the inference thread."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import numpy as np

from models.kit.errors import InvalidInput
from models.kit.log import get
from vision import metrics, sight
from vision.detector import Detector
from vision.picture import KeyPictureDecoder, thumbnail
from vision.sight import Sight, StillSince, Thumbnail
from vision.slots import KeyPicture
from vision.zones import Boxes

log = get(__name__)
LOOK_AGAIN_AFTER = timedelta(seconds=10)
# A pixel has changed beyond 15 grey levels; fewer than 0.15 % of them is noise and the burned-in
# clock. Such a picture keeps the people of the last one, but never for longer than 10 s.
_CHANGED_LEVELS = 15
_CHANGED_SHARE = 0.0015


@dataclass(frozen=True, slots=True)
class Look:
    """What one picture showed.

    Attributes:
        at: when the picture arrived.
        boxes: N × 4 people in picture shares; None when nothing could be seen.
    """

    camera_id: UUID
    at: datetime
    sight: Sight | None
    boxes: Boxes | None


@dataclass(slots=True)
class _Memory:
    decoder: KeyPictureDecoder
    still: StillSince | None = None
    seen: Thumbnail | None = None
    seen_at: datetime | None = None
    boxes: Boxes | None = None


class Eyes:
    """Holds the detector and, for each camera, its decoder and last thumbnails."""

    def __init__(self, detector: Detector) -> None:
        self._detector = detector
        self._memory: dict[UUID, _Memory] = {}

    def look(self, picture: KeyPicture) -> Look:
        """Return what is to be seen; a picture that cannot be decoded is a blind look, counted."""
        memory = self._memory_of(picture)
        at = picture.arrived_at
        try:
            pixels = memory.decoder.decode(picture.avcc)
            small = thumbnail(pixels)
        except InvalidInput as error:
            metrics.BROKEN.inc()
            log.warning("picture.broken", camera=str(picture.camera_id), error=error.detail)
            return Look(picture.camera_id, at, None, None)
        memory.still, sees = sight.judge(memory.still, small, at)
        metrics.LOOKS.labels(sees).inc()
        if sees is not Sight.CLEAR:
            memory.seen = memory.boxes = None
            return Look(picture.camera_id, at, sees, None)
        if memory.boxes is not None and _unchanged(memory, small, at):
            metrics.REUSED.inc()
            return Look(picture.camera_id, at, sees, memory.boxes)
        with metrics.INFERENCE_S.time():
            found = self._detector.detect(pixels)
        height, width = pixels.shape[:2]
        memory.boxes = found.boxes.astype(np.float64) / np.array([width, height] * 2, np.float64)
        memory.seen, memory.seen_at = small, at
        return Look(picture.camera_id, at, sees, memory.boxes)

    def keep_only(self, cameras: frozenset[UUID]) -> None:
        """Forget the cameras that are no longer watched."""
        for gone in self._memory.keys() - cameras:
            del self._memory[gone]

    def _memory_of(self, picture: KeyPicture) -> _Memory:
        memory = self._memory.get(picture.camera_id)
        if memory is None or memory.decoder.avcc_config != picture.avcc_config:
            memory = _Memory(KeyPictureDecoder(picture.avcc_config))
            self._memory[picture.camera_id] = memory
        return memory


def _unchanged(memory: _Memory, small: Thumbnail, at: datetime) -> bool:
    if memory.seen is None or memory.seen_at is None:
        return False
    if not timedelta(0) <= at - memory.seen_at < LOOK_AGAIN_AFTER:
        return False
    difference = np.abs(memory.seen.astype(np.int16) - small.astype(np.int16))
    return int(np.count_nonzero(difference > _CHANGED_LEVELS)) < _CHANGED_SHARE * small.size
