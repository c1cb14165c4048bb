"""Pure: a camera that is watched, and the plan of all of them."""

from dataclasses import dataclass
from uuid import UUID

from models.observations import StreamKind
from vision.zones import Polygon, WatchedZone


@dataclass(frozen=True, slots=True)
class WatchedCamera:
    """``windows`` maps a zone to the service window it belongs to; ``masks`` are never judged.

    ``every_s`` is how many seconds lie between two looks, ``score`` the camera's own threshold.
    ``far`` are zones to look at once more, larger; ``stream`` is what is looked at: the main one
    where that shows more of them.
    """

    camera_id: UUID
    office_id: UUID
    node_name: str
    zones: tuple[WatchedZone, ...]
    windows: dict[UUID, UUID]
    masks: tuple[Polygon, ...] = ()
    every_s: float = 1.0
    score: float | None = None
    far: tuple[Polygon, ...] = ()
    stream: StreamKind = StreamKind.SUB


Plan = dict[UUID, WatchedCamera]
