"""Which moves an alert may make. Pure: a status and a step give a status and the history lines."""

from dataclasses import dataclass, replace

from models.kit.errors import Conflict
from models.observations import AlertState

# Their conditions are measured, so their end is too: nobody has to see them off.
SELF_RESOLVING = frozenset(
    {
        "queue_too_long",
        "window_unstaffed",
        "hall_crowded",
        "area_entered",
        "people_after_hours",
        "camera_silent",
        "camera_blind",
        "office_offline",
        "node_down",
        "vision_down",
        "recording_disk",
        "recording_stopped",
        "van_off_route",
        "van_far_off_route",
        "van_wrong_way",
        "van_stop_skipped",
        "van_late",
        "van_left_early",
        "van_unplanned_stop",
        "van_no_progress",
        "van_lost",
        "van_in_dead_zone",
        "van_overspeed",
        "van_unauthorised",
        "van_power_lost",
        "van_fence",
    }
)


@dataclass(frozen=True, slots=True)
class AlertStatus:
    """Where an alert stands; ``active`` says whether its condition still holds."""

    state: AlertState
    active: bool


@dataclass(frozen=True, slots=True)
class Step:
    """The status after a move and the kinds of history lines that it writes, in order."""

    status: AlertStatus
    lines: tuple[str, ...]


def acknowledge(status: AlertStatus) -> Step:
    """A person takes it on. A second acknowledgement changes nothing.

    Raises:
        Conflict: it is resolved already.
    """
    if status.state is AlertState.RESOLVED:
        msg = "This alert is resolved already; there is nothing left to acknowledge."
        raise Conflict(msg)
    if status.state is AlertState.ACKNOWLEDGED:
        return Step(status, ())
    return Step(replace(status, state=AlertState.ACKNOWLEDGED), ("acknowledged",))


def resolve(status: AlertStatus) -> Step:
    """A person closes it, acknowledged before or not, even while the condition still holds.

    Raises:
        Conflict: it is resolved already.
    """
    if status.state is AlertState.RESOLVED:
        msg = "This alert is resolved already."
        raise Conflict(msg)
    return Step(replace(status, state=AlertState.RESOLVED), ("resolved",))


def clear(status: AlertStatus, *, rule: str) -> Step:
    """The condition ended. Seen or self-resolving alerts resolve; others wait for a person."""
    if status.state is AlertState.RESOLVED or not status.active:
        return Step(status, ())
    if status.state is AlertState.ACKNOWLEDGED or rule in SELF_RESOLVING:
        return Step(AlertStatus(AlertState.RESOLVED, active=False), ("cleared", "resolved"))
    return Step(replace(status, active=False), ("cleared",))
