"""What the rules judge: the latest word about each queue, window and camera. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from alerts.timetables import Span
from models.observations import StreamKind, StreamState, ZoneState


@dataclass(frozen=True, slots=True)
class Place:
    """Whom a verdict is about: the alert's subject and where a person finds it."""

    subject: str
    office_id: UUID
    window_id: UUID | None = None
    camera_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """The state that vision last reported for a zone; ``people`` is None exactly when unknown."""

    state: ZoneState
    people: int | None
    since: datetime


@dataclass(frozen=True, slots=True)
class StreamReading:
    """What the media node last said of a stream."""

    state: StreamState
    since: datetime


@dataclass(frozen=True, slots=True)
class QueueFacts:
    """A queue zone. ``reading`` is None while nothing usable is known of it."""

    place: Place
    limit: int
    hold: timedelta
    reading: Reading | None


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
class CameraFacts:
    """A camera. ``watched_since``: before that we did not look, so older silence is not judged."""

    place: Place
    streams: tuple[tuple[StreamKind, StreamReading], ...]
    node_seen_at: datetime | None
    watched_since: datetime


Facts = QueueFacts | WindowFacts | CameraFacts
