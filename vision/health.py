"""Pure: how well each camera is looked at: how often, how late, what was lost."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

_FORGETS = 0.8  # of a mean at each look: about the last five count


@dataclass(frozen=True, slots=True)
class CameraHealth:
    """One camera since its last report.

    Attributes:
        looked_at: the last picture that was looked at; None since the start.
        looks_per_s: taken, blind ones included.
        late_s: from the picture's arrival to its state, the mean of the last few looks.
        dropped: looks that were lost because newer pictures came first.
        broken: pictures that could not be decoded.
        key_interval_s: distance of its key pictures; None while unknown.
        whole: all its pictures are decoded, because key pictures are too far apart.
    """

    looked_at: datetime | None
    looks_per_s: float
    late_s: float | None
    dropped: int
    broken: int
    key_interval_s: float | None
    whole: bool


@dataclass(slots=True)
class Tally:
    """What happened to one camera; ``looks``, ``dropped`` and ``broken`` since the start."""

    looks: int = 0
    dropped: int = 0
    broken: int = 0
    late_s: float | None = None
    looked_at: datetime | None = None

    def looked(self, at: datetime, late_s: float, *, broken: bool) -> None:
        self.looks += 1
        self.broken += broken
        self.looked_at = at
        if self.late_s is None:
            self.late_s = late_s
        self.late_s += (1 - _FORGETS) * (late_s - self.late_s)


class Health:
    """The tallies of all cameras, and what they were at the last report."""

    def __init__(self) -> None:
        self._tallies: dict[UUID, Tally] = {}
        self._reported: dict[UUID, tuple[int, int, int]] = {}
        self._reported_s: float | None = None

    def of(self, camera_id: UUID) -> Tally:
        return self._tallies.setdefault(camera_id, Tally())

    def tallies(self) -> Mapping[UUID, Tally]:
        return self._tallies

    def keep_only(self, cameras: frozenset[UUID]) -> None:
        """Begin with the new cameras, forget those that are no longer watched."""
        for gone in self._tallies.keys() - cameras:
            del self._tallies[gone]
            self._reported.pop(gone, None)
        for camera_id in cameras:
            self.of(camera_id)

    def report(
        self, now_s: float, paces: Mapping[UUID, tuple[float | None, bool]]
    ) -> dict[UUID, CameraHealth]:
        """Return every camera's health since the last report; ``now_s`` is monotonic.

        ``paces`` has each camera's key interval in seconds and whether all pictures are decoded.
        """
        lasted_s = None if self._reported_s is None else now_s - self._reported_s
        self._reported_s = now_s
        found: dict[UUID, CameraHealth] = {}
        for camera_id, tally in self._tallies.items():
            looks, dropped, broken = self._reported.get(camera_id, (0, 0, 0))
            interval_s, whole = paces.get(camera_id, (None, False))
            found[camera_id] = CameraHealth(
                looked_at=tally.looked_at,
                looks_per_s=(tally.looks - looks) / lasted_s if lasted_s else 0.0,
                late_s=tally.late_s,
                dropped=tally.dropped - dropped,
                broken=tally.broken - broken,
                key_interval_s=interval_s,
                whole=whole,
            )
            self._reported[camera_id] = (tally.looks, tally.dropped, tally.broken)
        return found
