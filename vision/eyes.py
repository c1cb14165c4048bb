"""One look: coded picture → can the camera see → where are people. Runs in inference threads."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import numpy as np

from models.kit.errors import InvalidInput
from models.kit.log import get
from vision import metrics, sight
from vision.detector import Detector
from vision.gate import unchanged
from vision.picture import Decoded, PictureDecoder, PictureToCome, paint_over
from vision.sight import Sight, StillSince, Thumbnail
from vision.slots import CodedPicture
from vision.watched import Plan
from vision.zones import Boxes

log = get(__name__)


@dataclass(frozen=True, slots=True)
class Look:
    """What one picture showed.

    Attributes:
        at: when the picture arrived.
        boxes: N × 4 people in picture shares; None when nothing could be seen.
        broken: the picture could not be decoded.
    """

    camera_id: UUID
    at: datetime
    sight: Sight | None
    boxes: Boxes | None
    broken: bool = False


@dataclass(slots=True)
class _Memory:
    decoder: PictureDecoder
    still: StillSince | None = None
    seen: Thumbnail | None = None
    seen_at: datetime | None = None
    boxes: Boxes | None = None


class Eyes:
    """What is remembered of each camera. Threads may look at once, never at the same camera."""

    def __init__(self) -> None:
        self._memory: dict[UUID, _Memory] = {}
        self._plan: Plan = {}

    def look(self, detector: Detector, picture: CodedPicture) -> Look | None:
        """Return what is to be seen; None when the decoder needs further pictures to show one.

        A picture that cannot be decoded is a blind look, counted. ``detector`` is the thread's own.
        """
        memory = self._memory_of(picture)
        at = picture.arrived_at
        try:
            decoded = _decoded(memory.decoder, picture)
            small = decoded.thumbnail()
        except PictureToCome:
            return None
        except InvalidInput as error:
            metrics.BROKEN.inc()
            log.warning("picture.broken", camera=str(picture.camera_id), error=error.detail)
            return Look(picture.camera_id, at, None, None, broken=True)
        camera = self._plan.get(picture.camera_id)
        masks = camera.masks if camera else ()
        paint_over(small, masks)
        memory.still, sees = sight.judge(memory.still, small, at)
        metrics.LOOKS.labels(sees).inc()
        if sees is not Sight.CLEAR:
            memory.seen = memory.boxes = None
            return Look(picture.camera_id, at, sees, None)
        if memory.boxes is not None and unchanged(memory.seen, memory.seen_at, small, at):
            metrics.REUSED.inc()
            return Look(picture.camera_id, at, sees, memory.boxes)
        pixels = decoded.pixels()
        paint_over(pixels, masks)
        with metrics.INFERENCE_S.time():
            found = detector.detect(pixels, score=camera.score if camera else None)
        height, width = pixels.shape[:2]
        memory.boxes = found.boxes.astype(np.float64) / np.array([width, height] * 2, np.float64)
        memory.seen, memory.seen_at = small, at
        return Look(picture.camera_id, at, sees, memory.boxes)

    def watch(self, plan: Plan) -> None:
        """Take a new plan; cameras that are not in it are forgotten."""
        self._plan = plan
        for gone in self._memory.keys() - plan.keys():
            self._memory.pop(gone, None)

    def _memory_of(self, picture: CodedPicture) -> _Memory:
        memory = self._memory.get(picture.camera_id)
        if memory is None or memory.decoder.avcc_config != picture.avcc_config:
            memory = _Memory(PictureDecoder(picture.avcc_config))
            self._memory[picture.camera_id] = memory
        return memory


def _decoded(decoder: PictureDecoder, picture: CodedPicture) -> Decoded:
    if picture.before is None:
        return decoder.key(picture.avcc)
    return decoder.go_on((*picture.before, picture.avcc))
