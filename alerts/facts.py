"""What the rules judge: the latest word about each queue, window and camera. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from alerts.outage import CameraLine
from alerts.timetables import Span
from models.observations import DiskState, NoticeKind, StreamKind, StreamState, ZoneState

# What a camera notices by itself that takes its sight, in vision's words.
BLINDING = {NoticeKind.TAMPER: "covered", NoticeKind.VIDEO_LOSS: "no_video"}


@dataclass(frozen=True, slots=True)
class Place:
    """Whom a verdict is about: the alert's subject and where a person finds it."""

    subject: str
    office_id: UUID | None  # None: of the centre itself
    window_id: UUID | None = None
    camera_id: UUID | None = None
    vehicle_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """The state that vision last reported for a zone; ``people`` is None exactly when unknown."""

    state: ZoneState
    people: int | None
    since: datetime
    sight: str | None = None  # why nothing can be seen, where there is a picture: dark, covered …


@dataclass(frozen=True, slots=True)
class StreamReading:
    """What the media node last said of a stream."""

    state: StreamState
    since: datetime


@dataclass(frozen=True, slots=True)
class LimitFacts:
    """A zone with a limit of people. ``reading`` is None while nothing usable is known of it."""

    place: Place
    limit: int
    hold: timedelta
    reading: Reading | None


class QueueFacts(LimitFacts):
    """A queue zone."""

    __slots__ = ()


class HallFacts(LimitFacts):
    """A zone with a limit that is no queue."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class AreaFacts:
    """A zone where nobody may be. ``reading``: as of a limited zone."""

    place: Place
    reading: Reading | None


@dataclass(frozen=True, slots=True)
class ClosedOfficeFacts:
    """An office with published hours, and what is known of all its zones."""

    place: Place
    readings: tuple[Reading, ...]
    hours: Span


@dataclass(frozen=True, slots=True)
class WindowFacts:
    """A service window: one reading an operator zone, and its published hours around now."""

    place: Place
    number: int
    owner: str
    unstaffed_after: timedelta
    readings: tuple[Reading, ...]  # of the zones that are known of; may be empty
    hours: Span


@dataclass(frozen=True, slots=True)
class Sight:
    """Whether a zone can be seen; ``blind`` is what hinders it, None where nothing does."""

    blind: str | None
    since: datetime


@dataclass(frozen=True, slots=True)
class ToldSight:
    """What a camera says of its own sight; ``blind`` None: what hindered it is over.

    ``source`` is the camera's name of the part that noticed it.
    """

    blind: str | None
    since: datetime
    source: str = ""


@dataclass(frozen=True, slots=True)
class CameraFacts:
    """A camera. ``watched_since``: before that we did not look, so older silence is not judged.

    Attributes:
        sights: one a zone whose pictures vision has judged.
        told: one a part of the camera that noticed something by itself, lately.
        office_offline: all cameras of its office are silent together.
        patience_until: its office may still explain its silence until then.
    """

    place: Place
    streams: tuple[tuple[StreamKind, StreamReading], ...]
    node_seen_at: datetime | None
    watched_since: datetime
    sights: tuple[Sight, ...] = ()
    told: tuple[ToldSight, ...] = ()
    office_offline: bool = False
    patience_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class OfficeFacts:
    """An office's line to us: one entry a camera whose own node is alive."""

    place: Place
    lines: tuple[CameraLine, ...]
    watched_since: datetime


@dataclass(frozen=True, slots=True)
class NodeFacts:
    """A worker of a media node that owns cameras."""

    place: Place
    name: str
    cameras: int
    seen_at: datetime | None
    watched_since: datetime


@dataclass(frozen=True, slots=True)
class VisionFacts:
    """A vision process that looks at cameras; ``seen_at`` is its heartbeat."""

    place: Place
    name: str
    cameras: int
    seen_at: datetime
    watched_since: datetime


@dataclass(frozen=True, slots=True)
class DiskReading:
    """What a worker of a node last said of the disk that the node's workers share.

    Attributes:
        free_bytes: above the reserve, None when it could not be looked at.
        freeable_bytes: what retention may still delete; known to worker 0.
        write_bytes_per_s: of this worker.
    """

    state: DiskState
    since: datetime
    detail: str
    free_bytes: int | None
    freeable_bytes: int | None
    write_bytes_per_s: float


@dataclass(frozen=True, slots=True)
class StorageFacts:
    """The disk of a media node; ``state`` is None while all its workers are silent.

    ``headroom_bytes`` can be written before the disk refuses, None while that is not known.
    """

    place: Place
    node: str
    state: DiskState | None
    since: datetime | None
    detail: str
    headroom_bytes: int | None
    write_bytes_per_s: float


@dataclass(frozen=True, slots=True)
class VanMove:
    """A movement that lasts, or a moment that is not old; ``details`` are for the alert."""

    kind: str
    since: datetime
    critical: bool
    details: dict[str, Any]


@dataclass(frozen=True, slots=True)
class VanFacts:
    """A van and what is to be said of it now, oldest first."""

    place: Place
    moves: tuple[VanMove, ...] = ()


Facts = (
    QueueFacts
    | HallFacts
    | AreaFacts
    | ClosedOfficeFacts
    | WindowFacts
    | CameraFacts
    | OfficeFacts
    | NodeFacts
    | VisionFacts
    | StorageFacts
    | VanFacts
)
