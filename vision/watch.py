"""Pure: looks of all cameras → changes of their zones and finished minutes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from uuid import UUID

import numpy as np

from models.observations import ZoneObservation, ZoneState
from vision.minutes import Minute, add
from vision.occupancy import Occupancy, observe
from vision.zones import Boxes, WatchedZone, people_by_zone

# Looks come once a second; a zone that got none for this long has its second counted as blind.
_MISSED_AFTER = timedelta(seconds=2)
_NOTHING: Mapping[UUID, ZoneObservation] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class WatchedCamera:
    """``windows`` maps a zone to the service window it belongs to."""

    camera_id: UUID
    office_id: UUID
    node_name: str
    zones: tuple[WatchedZone, ...]
    windows: dict[UUID, UUID]


Plan = dict[UUID, WatchedCamera]


@dataclass(frozen=True, slots=True)
class Change:
    """An observation with what the notice says about it besides.

    ``sight`` says why a picture could not be used: dark, covered, frozen.
    """

    observation: ZoneObservation
    camera_id: UUID
    office_id: UUID
    window_id: UUID | None
    sight: str | None = None


@dataclass(frozen=True, slots=True)
class ZoneMinuteDone:
    zone_id: UUID
    minute: Minute


@dataclass(slots=True)
class Outcome:
    """What is to be written."""

    changes: list[Change] = field(default_factory=list)
    minutes: list[ZoneMinuteDone] = field(default_factory=list)


@dataclass(slots=True)
class _Watched:
    zone: WatchedZone
    occupancy: Occupancy
    minute: Minute | None
    looked_at: datetime
    sight: str | None = None  # what was told last of why it cannot be seen


class Watch:
    """Holds the state of every zone; ``see`` and ``tick`` step it."""

    def __init__(self) -> None:
        self._plan: Plan = {}
        self._zones: dict[UUID, _Watched] = {}

    def follow(
        self, plan: Plan, now: datetime, before: Mapping[UUID, ZoneObservation] = _NOTHING
    ) -> Outcome:
        """Take a new plan. A zone that was not redrawn keeps its state; others start anew.

        ``before`` is what had been concluded of a zone just before this process started.
        """
        outcome = Outcome()
        zones = {zone.zone_id: zone for camera in plan.values() for zone in camera.zones}
        for zone_id in list(self._zones):
            watched = self._zones[zone_id]
            if zone_id not in zones or not _same(zones[zone_id], watched.zone):
                del self._zones[zone_id]
                if watched.minute is not None and zone_id in zones:
                    outcome.minutes.append(ZoneMinuteDone(zone_id, watched.minute))
        for zone_id, zone in zones.items():
            if zone_id not in self._zones:
                fresh = Occupancy(zone_id, zone.kind, now, before=before.get(zone_id))
                self._zones[zone_id] = _Watched(zone, fresh, None, now)
        self._plan = plan
        return outcome

    def see(
        self, camera_id: UUID, boxes: Boxes | None, at: datetime, *, sight: str | None = None
    ) -> Outcome:
        """Take one look at a camera.

        ``boxes`` is None when nothing could be seen; ``sight`` then says why, if there was a
        picture.
        """
        camera = self._plan.get(camera_id)
        outcome = Outcome()
        if camera is None:
            return outcome  # taken out of the plan while the look was under way
        counts = {} if boxes is None else people_by_zone(boxes, camera.zones)
        for zone in camera.zones:
            watched = self._zones[zone.zone_id]
            self._look(camera, watched, counts.get(zone.zone_id), at, outcome, sight=sight)
        return outcome

    def tick(self, now: datetime) -> Outcome:
        """Take a blind look at every zone whose camera has been silent; call each second."""
        outcome = Outcome()
        for camera in self._plan.values():
            for zone in camera.zones:
                watched = self._zones[zone.zone_id]
                if not timedelta(0) <= now - watched.looked_at < _MISSED_AFTER:
                    self._look(camera, watched, None, now, outcome, blind=True)
        return outcome

    def finish(self) -> Outcome:
        """Return the unfinished minutes, at shutdown; they are merged with what follows later."""
        done = [
            ZoneMinuteDone(zone_id, watched.minute)
            for zone_id, watched in self._zones.items()
            if watched.minute is not None
        ]
        for watched in self._zones.values():
            watched.minute = None
        return Outcome(minutes=done)

    @staticmethod
    def _look(
        camera: WatchedCamera,
        watched: _Watched,
        people: int | None,
        at: datetime,
        outcome: Outcome,
        *,
        blind: bool = False,
        sight: str | None = None,
    ) -> None:
        if not blind:
            watched.looked_at = at
        zone_id = watched.zone.zone_id
        watched.minute, finished = add(watched.minute, people, at)
        if finished is not None:
            outcome.minutes.append(ZoneMinuteDone(zone_id, finished))
        watched.occupancy, change = observe(watched.occupancy, people, at)
        if change is None:
            change = _seen_blind(watched, sight, at)
        if change is not None:
            watched.sight = sight if change.state is ZoneState.UNKNOWN else None
            window_id = camera.windows.get(zone_id)
            outcome.changes.append(
                Change(change, camera.camera_id, camera.office_id, window_id, watched.sight)
            )


def _seen_blind(watched: _Watched, sight: str | None, at: datetime) -> ZoneObservation | None:
    """Tell of a zone that stays unknown: pictures are back, but nothing can be seen in them."""
    if watched.occupancy.state is not ZoneState.UNKNOWN or sight is None or watched.sight:
        return None
    zone = watched.zone
    return ZoneObservation(zone.zone_id, zone.kind, ZoneState.UNKNOWN, None, since=at, at=at)


def _same(one: WatchedZone, other: WatchedZone) -> bool:
    return one.kind is other.kind and np.array_equal(one.polygon, other.polygon)
