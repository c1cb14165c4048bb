"""Words that cross rooms: enums and frozen facts. Pure; knows no table and no framework."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class StreamKind(StrEnum):
    MAIN = "main"
    SUB = "sub"


class StreamState(StrEnum):
    """What the media node knows of a stream; ``since`` is stored beside it."""

    CONNECTING = "connecting"
    LIVE = "live"
    STALLED = "stalled"
    DOWN = "down"
    AUTH_FAILED = "auth_failed"  # reachable, but refuses the user and password
    UNSUPPORTED = "unsupported"  # reachable, but sends a codec that cannot be recorded


class NoticeKind(StrEnum):
    """What a camera notices by itself."""

    MOTION = "motion"
    TAMPER = "tamper"  # covered, turned away, sprayed, out of focus
    DIGITAL_INPUT = "digital_input"  # a door contact or a button on its terminals
    VIDEO_LOSS = "video_loss"


class DiskState(StrEnum):
    """What the disk of a media node does with recordings; only OK takes them all."""

    OK = "ok"
    FULL = "full"
    READ_ONLY = "read_only"
    MISSING = "missing"  # the folder is there, its disk is not mounted
    WRONG = "wrong"  # another disk than before
    FAILED = "failed"  # it answers with errors
    SLOW = "slow"  # it takes less than the cameras send


@dataclass(frozen=True, slots=True)
class DiskFacts:
    """What a media node knows of its disk; ``free_bytes`` are above the reserve, None unknown."""

    state: DiskState
    since: datetime
    detail: str
    free_bytes: int | None
    write_bytes_per_s: float


class ZoneKind(StrEnum):
    QUEUE = "queue"
    QUEUE_HEAD = "queue_head"  # who is next; nobody waits while it stays empty
    QUEUE_TAIL = "queue_tail"  # where an overlong queue ends; somebody there: it goes on unseen
    OPERATOR = "operator"
    VISITOR = "visitor"
    RESTRICTED = "restricted"
    ENTRANCE = "entrance"
    HALL = "hall"  # people in it are counted, for crowding
    MASK = "mask"  # never looked at: painted over before anything else


class Anchor(StrEnum):
    """Which point of a person decides whether they stand in a zone."""

    FOOT = "foot"
    HEAD = "head"  # where furniture or others hide the feet


class ZoneState(StrEnum):
    """Presence in a zone. UNKNOWN means no usable picture and is never read as absence."""

    OCCUPIED = "occupied"
    EMPTY = "empty"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ZoneObservation:
    """A fact that changed: ``people`` in ``zone_id`` are ``state`` since ``since``.

    ``people`` is None exactly when the state is UNKNOWN. ``at`` is when it was concluded.
    """

    zone_id: UUID
    kind: ZoneKind
    state: ZoneState
    people: int | None
    since: datetime
    at: datetime


class FixFlag(StrEnum):
    """Why a stored position is not used for judgement. Raw fixes are flagged, never dropped."""

    INVALID = "invalid"
    ZERO = "zero"
    WEAK = "weak"
    FUTURE = "future"
    ANCIENT = "ancient"
    JUMP = "jump"


@dataclass(frozen=True, slots=True)
class PositionFix:
    """One position as a device reported it, decoded; WGS 84.

    Attributes:
        device: the identifier the device sent (IMEI or a name).
        fixed_at: the device's time of the fix, aware UTC.
        latitude, longitude: degrees.
        speed_km_h, course_deg, altitude_m, accuracy_m: None when the device did not say.
        valid: False when the device itself says it had no fix.
        ignition, external_power_v: None when the device did not say; 0 V is a cut cable.
    """

    device: str
    fixed_at: datetime
    latitude: float
    longitude: float
    valid: bool = True
    speed_km_h: float | None = None
    course_deg: float | None = None
    altitude_m: float | None = None
    accuracy_m: float | None = None
    hdop: float | None = None
    satellites: int | None = None
    battery_percent: float | None = None
    ignition: bool | None = None
    external_power_v: float | None = None


class ReportKind(StrEnum):
    """What a crew says on its panel."""

    ARRIVED = "arrived"
    SERVING = "serving"
    PEOPLE_SERVED = "people_served"  # of the stop, so far: not since the last report
    DEPARTED = "departed"
    PROBLEM = "problem"
    SOS = "sos"


class VanProblem(StrEnum):
    BREAKDOWN = "breakdown"
    ROAD = "road"
    EQUIPMENT = "equipment"
    NETWORK = "network"
    PEOPLE = "people"  # a quarrel, a crowd, somebody taken ill
    OTHER = "other"


class RouteSource(StrEnum):
    """Where a route's line came from; a driven one needs the narrowest corridor."""

    DRAWN = "drawn"
    IMPORTED = "imported"
    DRIVEN = "driven"


class TripState(StrEnum):
    PLANNED = "planned"
    RUNNING = "running"
    DONE = "done"
    MISSED = "missed"
    CANCELLED = "cancelled"


class StopVisitState(StrEnum):
    """``PASSED``: crossed without a visit; ``SERVED``: stayed at least as long as is needed."""

    PLANNED = "planned"
    ARRIVED = "arrived"
    SERVED = "served"
    PASSED = "passed"
    SKIPPED = "skipped"


class AlertState(StrEnum):
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


class Severity(StrEnum):
    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


class ComplaintState(StrEnum):
    RECEIVED = "received"
    REGISTERED = "registered"
    INVESTIGATING = "investigating"
    ACTING = "acting"
    SHORT_ANSWER_SENT = "short_answer_sent"
    FULL_ANSWER_SENT = "full_answer_sent"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    REOPENED = "reopened"


class OutcomeKind(StrEnum):
    """What became of the service itself; a card cannot close without one."""

    PROVIDED = "provided"
    LAWFULLY_REFUSED = "lawfully_refused"
    WITHDRAWN = "withdrawn"


class RoleName(StrEnum):
    OPERATOR = "operator"
    DISPATCHER = "dispatcher"
    AUDITOR = "auditor"
    AGENT = "agent"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"
