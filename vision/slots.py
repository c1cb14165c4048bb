"""Pure: the newest key picture of each camera, and which camera is looked at next."""

from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from uuid import UUID

LOOK_EVERY_S = 1.0
# A camera that sends a key picture a second sends some a little early; those still count.
_EARLY_S = 0.25


@dataclass(frozen=True, slots=True)
class KeyPicture:
    """A coded key picture and when it reached this process (wall clock, and monotonic seconds)."""

    camera_id: UUID
    avcc_config: bytes
    avcc: bytes
    arrived_at: datetime
    arrived_s: float


class Slots:
    """One place a camera: a newer picture pushes an older one out, so lateness is bounded."""

    def __init__(self, *, every_s: float = LOOK_EVERY_S) -> None:
        self._gap_s = every_s - min(_EARLY_S, every_s / 4)
        self._waiting: dict[UUID, KeyPicture] = {}
        self._taken_s: dict[UUID, float] = {}  # in the order of taking, last look last

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, picture: KeyPicture) -> bool:
        """Keep the picture if the camera is due; return whether it pushed out one not looked at.

        Pictures that come faster than one a look are skipped, not late.
        """
        camera_id = picture.camera_id
        if picture.arrived_s - self._taken_s.get(camera_id, -self._gap_s) < self._gap_s:
            return False
        late = camera_id in self._waiting
        self._waiting.pop(camera_id, None)
        self._waiting[camera_id] = picture
        return late

    def take(self) -> KeyPicture | None:
        """Return the picture of the camera whose last look is longest ago, or None."""
        if not self._waiting:
            return None
        never = (camera_id for camera_id in self._waiting if camera_id not in self._taken_s)
        longest_ago = (camera_id for camera_id in self._taken_s if camera_id in self._waiting)
        camera_id = next(chain(never, longest_ago))
        picture = self._waiting.pop(camera_id)
        self._taken_s.pop(camera_id, None)
        self._taken_s[camera_id] = picture.arrived_s
        return picture

    def keep_only(self, cameras: frozenset[UUID]) -> None:
        """Forget the cameras that are no longer watched."""
        for gone in (set(self._waiting) | set(self._taken_s)) - cameras:
            self._waiting.pop(gone, None)
            self._taken_s.pop(gone, None)
