"""What the notices of other rooms say to this one; a notice nobody can read is an error."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from alerts.facts import BLINDING, Reading, StreamReading, ToldSight
from alerts.rules.van_moves import KINDS
from models.kit.bus import Notice
from models.observations import AlertState, NoticeKind, StreamKind, StreamState, ZoneState

TOPICS = ("observation", "stream", "camera_notice", "complaint", "config", "alert", "movement")


@dataclass(frozen=True, slots=True)
class ZoneSeen:
    """Vision concluded something new about a zone."""

    zone_id: UUID
    reading: Reading


@dataclass(frozen=True, slots=True)
class StreamHeard:
    """A media node reports a stream's state."""

    camera_id: UUID
    kind: StreamKind
    reading: StreamReading


@dataclass(frozen=True, slots=True)
class CameraNoticed:
    """A camera tells what it noticed by itself."""

    camera_id: UUID
    kind: NoticeKind
    sight: ToldSight


@dataclass(frozen=True, slots=True)
class ComplaintChanged:
    complaint_id: UUID


@dataclass(frozen=True, slots=True)
class LayoutChanged:
    """Cameras, zones or offices were edited."""


@dataclass(frozen=True, slots=True)
class VanMoved:
    """A movement of a van was said, amended or withdrawn."""

    vehicle_id: UUID


@dataclass(frozen=True, slots=True)
class AlertDismissed:
    """A person resolved an alert whose condition may still hold."""

    rule: str
    subject: str


Message = (
    ZoneSeen
    | StreamHeard
    | CameraNoticed
    | ComplaintChanged
    | LayoutChanged
    | AlertDismissed
    | VanMoved
)


def read(notice: Notice) -> Message | None:
    """Return what a notice says; None when it says nothing that concerns the rules.

    Raises:
        ValueError: it is not what the topic promises.
    """
    try:
        return _read(notice)
    except (KeyError, TypeError, AttributeError) as error:
        msg = f"a notice of topic {notice.topic} lacks or garbles {error}"
        raise ValueError(msg) from error


def _read(notice: Notice) -> Message | None:
    data = notice.data
    match notice.topic:
        case "observation":
            state, people = ZoneState(data["state"]), data["people"]
            counted = type(people) is int and people >= 0
            if counted is (state is ZoneState.UNKNOWN) or not (counted or people is None):
                msg = f"state {state} with people {people!r}"
                raise ValueError(msg)
            sight = data.get("sight")
            since = _time(data["since"])
            reading = Reading(state, people, since, None if sight is None else str(sight))
            return ZoneSeen(UUID(data["zone_id"]), reading)
        case "stream":
            heard = StreamReading(StreamState(data["state"]), _time(data["since"]))
            return StreamHeard(UUID(data["camera_id"]), StreamKind(data["kind"]), heard)
        case "camera_notice":
            kind = NoticeKind(data["kind"])
            blind = BLINDING.get(kind) if data["active"] else None
            told = ToldSight(blind, _time(data["since"]), str(data["source"]))
            return CameraNoticed(UUID(data["camera_id"]), kind, told)
        case "complaint":
            return ComplaintChanged(UUID(notice.subject_id))
        case "config":
            return LayoutChanged()
        case "movement" if data["kind"] in KINDS:
            return VanMoved(UUID(data["vehicle_id"]))
        case "alert" if data["state"] == AlertState.RESOLVED and data["cleared_at"] is None:
            return AlertDismissed(str(data["rule"]), str(data["subject"]))
    return None


def _time(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        msg = f"a time without an offset: {text}"
        raise ValueError(msg)
    return at
