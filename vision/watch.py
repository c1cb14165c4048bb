"""Pure: looks of all cameras → changes of their zones and finished minutes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import numpy as np

from models.observations import ZoneKind, ZoneObservation, ZoneState
from vision.crowd import Counted, count, unmasked
from vision.flow import OfficeMinuteDone
from vision.minutes import Minute, add
from vision.occupancy import Occupancy, observe
from vision.offices import Offices
from vision.tracker import Colours, Tracks
from vision.watched import Plan as Plan
from vision.watched import WatchedCamera as WatchedCamera
from vision.zones import Boxes, WatchedZone

# Looks come once a second; a zone that got none for this long has its second counted as blind.
_MISSED_AFTER = timedelta(seconds=2)
# Somebody who stands before an operator's place moves on; for that long the last word holds.
CLOSES_AFTER = timedelta(seconds=30)
BLOCKED_PATIENCE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Before:
    """What was concluded just before this process started.

    Attributes:
        zones: the last word about each zone.
        offices: the last minutes of each office, oldest first.
    """

    zones: Mapping[UUID, ZoneObservation] = field(default_factory=dict)
    offices: Mapping[UUID, Sequence[OfficeMinuteDone]] = field(default_factory=dict)


_NOTHING = Before()


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
    """``seat``: of an operator's place, whose presence lasted until this minute's last look."""

    zone_id: UUID
    minute: Minute
    seat: bool = False


@dataclass(slots=True)
class Outcome:
    """What is to be written."""

    changes: list[Change] = field(default_factory=list)
    minutes: list[ZoneMinuteDone] = field(default_factory=list)
    offices: list[OfficeMinuteDone] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.changes or self.minutes or self.offices)


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
        self._tracks: dict[UUID, Tracks] = {}
        self._offices = Offices()

    def follow(self, plan: Plan, now: datetime, before: Before = _NOTHING) -> Outcome:
        """Take a new plan. A zone that was not redrawn keeps its state; others start anew."""
        outcome = Outcome()
        zones = {zone.zone_id: zone for camera in plan.values() for zone in camera.zones}
        for zone_id in list(self._zones):
            watched = self._zones[zone_id]
            if zone_id not in zones or not _same(zones[zone_id], watched.zone):
                del self._zones[zone_id]
                if watched.minute is not None and zone_id in zones:
                    outcome.minutes.append(_done(watched, watched.minute))
        for zone_id, zone in zones.items():
            if zone_id not in self._zones:
                fresh = Occupancy(zone_id, zone.kind, now, before=before.zones.get(zone_id))
                self._zones[zone_id] = _Watched(zone, fresh, None, now)
        self._plan = plan
        self._tracks = {camera_id: self._tracks.get(camera_id, Tracks()) for camera_id in plan}
        outcome.offices += self._offices.follow(plan.values(), before.offices, now)
        return outcome

    def see(
        self,
        camera_id: UUID,
        boxes: Boxes | None,
        at: datetime,
        *,
        sight: str | None = None,
        colours: Colours | None = None,
        doubtful: frozenset[UUID] = frozenset(),
    ) -> Outcome:
        """Take one look at a camera.

        ``boxes`` is None when nothing could be seen; ``sight`` then says why, if there was a
        picture. ``colours`` has a row a box, where they were looked at. In ``doubtful`` zones it is
        not known yet whether somebody is there.
        """
        camera = self._plan.get(camera_id)
        outcome = Outcome()
        if camera is None:
            return outcome  # taken out of the plan while the look was under way
        counted = None
        if boxes is not None:
            self._tracks[camera_id], counted = _count(
                camera, self._tracks[camera_id], boxes, at, colours
            )
            self._close(camera, counted, at)
        for zone in camera.zones:
            watched = self._zones[zone.zone_id]
            people = None if counted is None else counted.people[zone.zone_id]
            if counted is not None and zone.zone_id in counted.blocked:
                if at - watched.occupancy.usable_at <= BLOCKED_PATIENCE:
                    watched.looked_at = at
                    continue
                people = None
            doubt = people is not None and zone.zone_id in doubtful
            self._look(camera, watched, people, at, outcome, sight=sight, doubt=doubt)
        self._wait(camera, counted, at, outcome)
        return outcome

    def tick(self, now: datetime) -> Outcome:
        """Take a blind look at every zone whose camera has been silent; call each second."""
        outcome = Outcome()
        for camera in self._plan.values():
            silent = False
            for zone in camera.zones:
                watched = self._zones[zone.zone_id]
                if not timedelta(0) <= now - watched.looked_at < _MISSED_AFTER:
                    silent = True
                    self._look(camera, watched, None, now, outcome, blind=True)
            if silent:
                self._wait(camera, None, now, outcome)
        return outcome

    def finish(self) -> Outcome:
        """Return the unfinished minutes, at shutdown; they are merged with what follows later."""
        done = [
            _done(watched, watched.minute)
            for watched in self._zones.values()
            if watched.minute is not None
        ]
        for watched in self._zones.values():
            watched.minute = None
        return Outcome(minutes=done, offices=self._offices.finish())

    def _close(self, camera: WatchedCamera, counted: Counted, at: datetime) -> None:
        """Count nobody in a queue whose head has been empty for a while: they do not wait."""
        heads = [zone.zone_id for zone in camera.zones if zone.kind is ZoneKind.QUEUE_HEAD]
        known = [self._zones[head].occupancy for head in heads]
        if known and all(
            head.state is ZoneState.EMPTY and head.since and at - head.since >= CLOSES_AFTER
            for head in known
        ):
            for zone in camera.zones:
                if zone.kind is ZoneKind.QUEUE:
                    counted.people[zone.zone_id] = 0

    def _wait(
        self, camera: WatchedCamera, counted: Counted | None, at: datetime, outcome: Outcome
    ) -> None:
        """Take the look for the waiting at the camera's office."""
        states = {zone.zone_id: self._zones[zone.zone_id].occupancy.state for zone in camera.zones}
        done = self._offices.look(camera, counted, states, at)
        if done is not None:
            outcome.offices.append(done)

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
        doubt: bool = False,
    ) -> None:
        if not blind:
            watched.looked_at = at
        zone_id = watched.zone.zone_id
        watched.minute, finished = add(watched.minute, people, at)
        if finished is not None:
            outcome.minutes.append(_done(watched, finished))
        watched.occupancy, change = observe(watched.occupancy, people, at, doubt=doubt)
        if change is None:
            change = _seen_blind(watched, sight, at)
        if change is not None:
            watched.sight = sight if change.state is ZoneState.UNKNOWN else None
            window_id = camera.windows.get(zone_id)
            outcome.changes.append(
                Change(change, camera.camera_id, camera.office_id, window_id, watched.sight)
            )


def _count(
    camera: WatchedCamera, tracks: Tracks, boxes: Boxes, at: datetime, colours: Colours | None
) -> tuple[Tracks, Counted]:
    if camera.masks and len(boxes):
        kept = unmasked(boxes, camera.masks)
        boxes = boxes[kept]
        colours = None if colours is None else colours[kept]
    return count(tracks, camera.zones, boxes, at, colours)


def _done(watched: _Watched, minute: Minute) -> ZoneMinuteDone:
    zone = watched.zone
    return ZoneMinuteDone(zone.zone_id, minute, seat=zone.kind is ZoneKind.OPERATOR)


def _seen_blind(watched: _Watched, sight: str | None, at: datetime) -> ZoneObservation | None:
    """Tell of a zone that stays unknown: pictures are back, but nothing can be seen in them."""
    if watched.occupancy.state is not ZoneState.UNKNOWN or sight is None or watched.sight:
        return None
    zone = watched.zone
    return ZoneObservation(zone.zone_id, zone.kind, ZoneState.UNKNOWN, None, since=at, at=at)


def _same(one: WatchedZone, other: WatchedZone) -> bool:
    return (
        one.kind is other.kind
        and one.anchor is other.anchor
        and np.array_equal(one.polygon, other.polygon)
    )
