"""Who hears of which change on the live socket. Pure; a topic that is not listed goes to nobody."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from dashboard_api.permissions import Permission
from dashboard_api.sessions import Caller
from models.kit.bus import Notice
from models.observations import RoleName

HEARD_WITH: dict[str, tuple[Permission, ...]] = {
    "stream": (Permission.CAMERAS_READ, Permission.ALERTS_READ),
    "observation": (Permission.LIVE_VIEW, Permission.ALERTS_READ),
    "waiting": (Permission.OFFICES_READ,),
    "alert": (Permission.ALERTS_READ,),
    "complaint": (Permission.COMPLAINTS_READ,),
    "clip": (Permission.COMPLAINTS_READ,),
    "position": (Permission.VANS_VIEW,),
    "vehicle": (Permission.VANS_VIEW,),
    "trip": (Permission.VANS_VIEW,),
    "plan": (Permission.VANS_VIEW,),
    "movement": (Permission.VANS_VIEW,),
    "van_report": (Permission.VANS_VIEW,),
    "config": (Permission.CAMERAS_READ,),
    "turn": (Permission.CAMERAS_TURN,),
}


@dataclass
class Places:
    """Region by office, camera and vehicle id."""

    regions: dict[str, UUID] = field(default_factory=dict)

    def of(self, *ids: object) -> UUID | None:
        """Return the region of the first id that is known."""
        return next((self.regions[str(i)] for i in ids if str(i) in self.regions), None)


def heard(caller: Caller, notice: Notice, places: Places) -> Mapping[str, Any] | None:
    """Return the data that the caller hears of a change; None for nothing at all."""
    if not caller.may(*HEARD_WITH.get(notice.topic, ())):
        return None
    data = notice.data
    if (
        caller.role is RoleName.DISPATCHER
        and notice.topic == "alert"
        and not data.get("vehicle_id")
    ):
        return None
    if caller.region_id is None:
        return data
    if notice.topic == "position":
        near = [
            position
            for position in data.get("positions", [])
            if places.of(position.get("vehicle_id")) == caller.region_id
        ]
        return {"positions": near} if near else None
    if notice.topic == "alert" and _of_the_centre(data):
        return data
    return data if places.of(*_where(notice)) == caller.region_id else None


def _of_the_centre(alert: Mapping[str, Any]) -> bool:
    """Return whether an alert is of the centre itself, such as a media node that is down."""
    return all(alert.get(key, ...) is None for key in ("office", "vehicle_id", "complaint_id"))


def _where(notice: Notice) -> list[object]:
    """Return the ids in a notice that have a region, the surest first."""
    data = notice.data
    office = data.get("office")
    return [
        office.get("id") if isinstance(office, Mapping) else None,
        data.get("office_id"),
        data.get("camera_id"),
        data.get("vehicle_id"),
        notice.subject_id,
    ]
