"""One look: coded picture → can the camera see → where are people. Runs in inference threads."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import numpy as np

from models.kit.errors import InvalidInput
from models.kit.log import get
from vision import metrics, tamper
from vision.colours import colours
from vision.detector import Detector, PartDetector, Picture
from vision.gate import LOOK_AGAIN_AFTER, Part, changed, unchanged
from vision.masks import Masks
from vision.parts import Found, cheapest, crop_of, inner, places, renewed
from vision.patches import patches
from vision.picture import Decoded, PictureDecoder, PictureToCome, covered
from vision.seats import Seats, seated
from vision.sight import Sight, Thumbnail
from vision.slots import CodedPicture
from vision.tamper import View
from vision.tracker import Colours
from vision.watched import Plan, WatchedCamera
from vision.zones import ASPECT, WAITING, Boxes
from vision.zoom import zoomed

log = get(__name__)
_NEAR = 4  # pixels of a thumbnail around a zone: who comes in is seen in time
_WHOLE_FOR = timedelta(seconds=5)  # where people walk everywhere, parts cost more than they spare


@dataclass(frozen=True, slots=True)
class Look:
    """What one picture showed.

    Attributes:
        at: when the picture arrived.
        boxes: N × 4 people in picture shares; None when nothing could be seen.
        colours: what they wear, a row a box, where people are followed; else None.
        broken: the picture could not be decoded.
        doubtful: operators' zones of which it is not known yet whether somebody sits there.
    """

    camera_id: UUID
    at: datetime
    sight: Sight | None
    boxes: Boxes | None
    colours: Colours | None = None
    broken: bool = False
    doubtful: frozenset[UUID] = frozenset()


@dataclass(slots=True)
class _Memory:
    decoder: PictureDecoder
    view: View = field(default_factory=View)
    seen: Thumbnail | None = None  # each place as it was when it was last looked at
    seen_at: datetime | None = None  # all of it
    whole_until: datetime | None = None  # parts were of no use a moment ago
    found: Found | None = None
    boxes: Boxes | None = None  # of ``found``, with the faint ones that count
    colours: Colours | None = None
    camera: WatchedCamera | None = None
    part: Part | None = None  # where a change counts, of ``camera``'s zones
    hidden: Part | None = None  # what its masks cover
    seats: Seats = field(default_factory=dict)
    doubtful: frozenset[UUID] = frozenset()

    def follow(self, camera: WatchedCamera | None) -> None:
        """Look with the zones of this plan: what was found with others stands no longer."""
        if camera is self.camera:
            return
        part = hidden = None
        if camera is not None:
            part = covered([zone.polygon for zone in camera.zones], near=_NEAR)
            hidden = covered(camera.masks)
            hidden = hidden if hidden.any() and not hidden.all() else None
            part = part if hidden is None else part & ~hidden
        if not (_same(part, self.part) and _same(hidden, self.hidden)):
            self.seen, self.seats = None, {}
            self.view = View()  # who draws zones has looked: this is how the view shall be
        self.camera, self.part, self.hidden = camera, part, hidden


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
            with metrics.stage("decode"):
                decoded = _decoded(memory.decoder, picture)
                small = decoded.thumbnail()
        except PictureToCome:
            return None
        except InvalidInput as error:
            metrics.BROKEN.inc()
            log.warning("picture.broken", camera=str(picture.camera_id), error=error.detail)
            return Look(picture.camera_id, at, None, None, broken=True)
        camera = self._plan.get(picture.camera_id)
        memory.follow(camera)
        if memory.hidden is not None:  # filled with the rest, so that it says nothing of sight
            small[memory.hidden] = np.resize(small[~memory.hidden], memory.hidden.sum())
        with metrics.stage("judge"):
            memory.view, sees = tamper.look(memory.view, small, at)
        metrics.LOOKS.labels(sees).inc()
        if sees is not Sight.CLEAR:
            memory.seen = memory.found = memory.boxes = None
            memory.doubtful = frozenset()
            return Look(picture.camera_id, at, sees, None)
        # Whether a doubtful box is a chair is found out by looking on.
        if (
            memory.boxes is not None
            and not memory.doubtful
            and unchanged(memory.seen, memory.seen_at, small, at, memory.part)
        ):
            metrics.REUSED.inc()
            return Look(picture.camera_id, at, sees, memory.boxes, memory.colours)
        with metrics.stage("convert"):
            pixels = decoded.pixels()
            if camera is not None and camera.masks:
                Masks(camera.masks)(pixels)
        with metrics.INFERENCE_S.time(), metrics.stage("detect"):
            found = _look_at_parts(memory, detector, pixels, small, at)
            if found is None:
                found = _look_at_all(memory, detector, pixels)
                memory.seen, memory.seen_at = small, at
        memory.found = found
        zones = camera.zones if camera else ()
        memory.seats, there = seated(
            memory.seats, found.sure, found.faint, zones, at, patches(pixels, zones)
        )
        memory.boxes, memory.doubtful = there.boxes, there.doubtful
        follows = camera is not None and any(zone.kind in WAITING for zone in camera.zones)
        memory.colours = colours(pixels, memory.boxes) if follows else None
        colours_now, doubtful = memory.colours, memory.doubtful
        return Look(picture.camera_id, at, sees, memory.boxes, colours_now, doubtful=doubtful)

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


def _look_at_all(memory: _Memory, detector: Detector, pixels: Picture) -> Found:
    camera = memory.camera
    found = zoomed(
        detector,
        pixels,
        camera.far if camera else (),
        aspect=ASPECT,
        score=camera.score if camera else None,
    )
    height, width = pixels.shape[:2]
    size = np.array([width, height] * 2, np.float64)
    return Found(found.boxes / size, found.faint / size)


def _look_at_parts(
    memory: _Memory, detector: Detector, pixels: Picture, small: Thumbnail, at: datetime
) -> Found | None:
    """Look where something changed; None where all of the picture is to be looked at."""
    camera, found, seen, seen_at = memory.camera, memory.found, memory.seen, memory.seen_at
    if found is None or seen is None or seen_at is None or (camera is not None and camera.far):
        return None
    if memory.whole_until is not None and at < memory.whole_until:
        return None
    if not (isinstance(detector, PartDetector) and detector.sees_parts):
        return None
    if seen.shape != small.shape or not timedelta(0) <= at - seen_at < LOOK_AGAIN_AFTER:
        return None
    where = places(changed(seen, small), memory.part, found.sure)
    if where is None:
        memory.whole_until = at + _WHOLE_FOR
        return None
    height, width = pixels.shape[:2]
    crops = cheapest(
        [crop_of(place, height, width) for place in where],
        partial(detector.share, height, width),
    )
    if crops is None:
        memory.whole_until = at + _WHOLE_FOR
        return None
    score = camera.score if camera else None
    looks = [detector.detect_part(pixels, crop, score=score) for crop in crops]
    told = renewed(found, looks, height, width)
    if told is None:
        memory.whole_until = at + _WHOLE_FOR
    else:
        metrics.PARTS.inc()
        seen = seen.copy()
        for _, crop in looks:
            rows, columns = inner(crop, height, width)
            seen[rows, columns] = small[rows, columns]
        memory.seen = seen
    return told


def _same(one: Part | None, other: Part | None) -> bool:
    if one is None or other is None:
        return one is other
    return bool(np.array_equal(one, other))


def _decoded(decoder: PictureDecoder, picture: CodedPicture) -> Decoded:
    if picture.before is None:
        return decoder.key(picture.avcc)
    return decoder.go_on((*picture.before, picture.avcc))
