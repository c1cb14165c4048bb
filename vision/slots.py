"""Pure: the newest picture of each camera, and which camera is looked at next.

Shared by all inference threads; a camera is with one of them at a time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

LOOK_EVERY_S = 1.0
FOLLOW_EVERY_S = 0.5  # of a camera that tells one visitor from the next
# A camera that sends a key picture a second sends some a little early; those still count.
_EARLY_S = 0.25
_HELD_BYTES = 8 * 1024 * 1024  # of one camera whose pictures must all be decoded


@dataclass(frozen=True, slots=True)
class CodedPicture:
    """A coded picture and when it reached this process (wall clock, and monotonic seconds).

    Attributes:
        node_s: Unix seconds when the media node had it.
        before: pictures to decode first, where the camera's pictures need one another; None for a
            key picture that stands by itself.
    """

    camera_id: UUID
    avcc_config: bytes
    avcc: bytes
    arrived_at: datetime
    arrived_s: float
    node_s: float = 0.0
    before: tuple[bytes, ...] | None = None


@dataclass(slots=True)
class _Followed:
    """Pictures of a camera that the decoder has not got yet.

    ``from_key``: the first is a key picture. ``broken``: what follows cannot be decoded before one.
    """

    config: bytes = b""
    units: list[bytes] = field(default_factory=list)
    size: int = 0
    from_key: bool = False
    broken: bool = True

    def begin(self, config: bytes) -> None:
        self.config, self.from_key, self.broken = config, True, False
        self._empty()

    def taken(self) -> tuple[bytes, ...]:
        units = tuple(self.units)
        self.from_key = False
        self._empty()
        return units

    def give_up(self) -> None:
        self.from_key, self.broken = False, True
        self._empty()

    def _empty(self) -> None:
        self.units = []
        self.size = 0


class Slots:
    """One place a camera: a newer picture pushes an older one out, so lateness is bounded."""

    def __init__(self, *, every_s: float = LOOK_EVERY_S) -> None:
        self._every_s = every_s
        self._own_every_s: Mapping[UUID, float] = {}
        self._waiting: dict[UUID, CodedPicture] = {}
        self._waiting_since: dict[UUID, float] = {}
        self._taken_s: dict[UUID, float] = {}  # in the order of taking, last look last
        self._looked_at: set[UUID] = set()  # with an inference thread now
        self._followed: dict[UUID, _Followed] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, picture: CodedPicture) -> bool:
        """Keep a key picture if the camera is due; return whether it pushed out another.

        Pictures that come faster than one a look are skipped, not late.
        """
        if self._followed.pop(picture.camera_id, None) is not None:
            self._waiting.pop(picture.camera_id, None)  # it needs what was just forgotten
        if not self._due(picture):
            return False
        late = picture.camera_id in self._waiting
        self._waiting[picture.camera_id] = picture
        return late

    def follow(self, picture: CodedPicture, *, key: bool, look: bool) -> bool:
        """Keep one of a camera's pictures that need one another; return whether a look was lost.

        ``look`` is False for a picture that is only there to decode others.
        """
        camera_id = picture.camera_id
        held = self._followed.setdefault(camera_id, _Followed())
        if key:
            held.begin(picture.avcc_config)
        if held.broken or held.config != picture.avcc_config:
            return False
        if held.size + len(picture.avcc) > _HELD_BYTES:
            held.give_up()
            self._waiting.pop(camera_id, None)
            return True
        held.units.append(picture.avcc)
        held.size += len(picture.avcc)
        if not look or not (camera_id in self._waiting or self._due(picture)):
            return False
        if camera_id not in self._waiting:
            self._waiting_since[camera_id] = picture.arrived_s
        self._waiting[camera_id] = replace(picture, before=())
        late = picture.arrived_s - self._waiting_since[camera_id] >= self.every_s(camera_id)
        if late:
            self._waiting_since[camera_id] = picture.arrived_s
        return late

    def take(self) -> CodedPicture | None:
        """Return the picture of the camera whose last look is longest ago, or None.

        The camera is not given out again before ``done``.
        """
        free = self._waiting.keys() - self._looked_at
        if not free:
            return None
        camera_id = next((one for one in self._waiting if one not in self._taken_s), None)
        if camera_id is None or camera_id not in free:
            longest_ago = (one for one in self._taken_s if one in free)
            camera_id = next(longest_ago, None) or next(iter(free))
        picture = self._waiting.pop(camera_id)
        self._taken_s.pop(camera_id, None)
        self._taken_s[camera_id] = picture.arrived_s
        self._looked_at.add(camera_id)
        held = self._followed.get(camera_id)
        if picture.before is not None and held is not None:
            *before, newest = held.taken()
            picture = replace(picture, before=tuple(before), avcc=newest)
        return picture

    def done(self, camera_id: UUID) -> None:
        """Say that the look at a camera's last picture is over."""
        self._looked_at.discard(camera_id)

    def broken(self, camera_id: UUID) -> None:
        """Say that a camera's pictures could not be decoded: only a key picture helps."""
        held = self._followed.get(camera_id)
        if held is not None and not held.from_key:
            held.give_up()
            self._waiting.pop(camera_id, None)

    def every_s(self, camera_id: UUID) -> float:
        """Return how far apart the looks at a camera are to be."""
        return self._own_every_s.get(camera_id, self._every_s)

    def keep_only(
        self, cameras: frozenset[UUID], every_s: Mapping[UUID, float] | None = None
    ) -> None:
        """Forget the other cameras; ``every_s``: of those with a rate of their own."""
        self._own_every_s = dict(every_s or {})
        known: tuple[dict[UUID, Any], ...]
        known = (self._waiting, self._waiting_since, self._taken_s, self._followed)
        for places in known:
            for gone in places.keys() - cameras:
                del places[gone]

    def _due(self, picture: CodedPicture) -> bool:
        every_s = self.every_s(picture.camera_id)
        gap_s = every_s - min(_EARLY_S, every_s / 4)
        return picture.arrived_s - self._taken_s.get(picture.camera_id, -gap_s) >= gap_s
