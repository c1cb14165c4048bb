"""Pure: looks of the cameras of each office, put together to its waiting."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from models.observations import ZoneKind, ZoneState
from vision import visits
from vision.crowd import Counted
from vision.flow import Flow, Now, OfficeMinuteDone, finish, look
from vision.resume import resume
from vision.visits import NOBODY, Spot
from vision.watched import WatchedCamera


@dataclass(slots=True)
class _Office:
    """The latest word about every zone that counts; an unknown one is None."""

    flow: Flow
    queues: dict[UUID, int | None] = field(default_factory=dict)
    seats: dict[UUID, ZoneState | None] = field(default_factory=dict)
    spots: dict[UUID, Spot] = field(default_factory=dict)
    windows: dict[UUID, UUID] = field(default_factory=dict)


class Offices:
    """Holds the state of every office with a queue or a window; ``look`` steps it."""

    def __init__(self) -> None:
        self._offices: dict[UUID, _Office] = {}

    def follow(
        self,
        cameras: Iterable[WatchedCamera],
        past: Mapping[UUID, Sequence[OfficeMinuteDone]],
        now: datetime,
    ) -> list[OfficeMinuteDone]:
        """Take a new plan; what was known of zones that stay is kept.

        ``past`` are the last minutes of each office, written before this process started.
        """
        before, self._offices = self._offices, {}
        for camera in sorted(cameras, key=lambda camera: camera.camera_id):
            known = before.get(camera.office_id)
            office = self._offices.setdefault(
                camera.office_id,
                _Office(
                    known.flow
                    if known
                    else resume(camera.office_id, past.get(camera.office_id, ()), now)
                ),
            )
            _add(office, known, camera)
        gone = (office for office_id, office in before.items() if office_id not in self._offices)
        return [done for office in gone if (done := finish(office.flow)) is not None]

    def look(
        self,
        camera: WatchedCamera,
        counted: Counted | None,
        states: Mapping[UUID, ZoneState | None],
        at: datetime,
    ) -> OfficeMinuteDone | None:
        """Take one look; ``counted`` is None where nothing could be seen."""
        office = self._offices[camera.office_id]
        began, services_s = 0, []
        for zone in camera.zones:
            zone_id = zone.zone_id
            people = None if counted is None else counted.people[zone_id]
            if zone_id in office.queues:
                office.queues[zone_id] = people
            if zone_id in office.seats:
                office.seats[zone_id] = states[zone_id]
            if zone_id in office.spots:
                around = NOBODY if counted is None else counted.at_spots[zone_id]
                office.spots[zone_id], turn = visits.look(office.spots[zone_id], people, at, around)
                began += turn.began
                services_s += [turn.ended.length_s] if turn.ended else []
        stays_s = [
            (stay.left_at - stay.entered_at).total_seconds()
            for stay in (counted.stays if counted else ())
            if stay.zone_id in office.queues
        ]
        now = Now(
            waiting=_sum(office.queues),
            staffed=_staffed(office),
            busy=sum(spot.begun for spot in office.spots.values()),
            began=began,
            services_s=tuple(services_s),
            stays_s=tuple(stays_s),
            has_spots=bool(office.spots),
        )
        office.flow, done = look(office.flow, now, at)
        return done

    def finish(self) -> list[OfficeMinuteDone]:
        """Return the minutes under way, at shutdown."""
        every = (finish(office.flow) for office in self._offices.values())
        return [done for done in every if done is not None]


def _add(office: _Office, known: _Office | None, camera: WatchedCamera) -> None:
    for zone in camera.zones:
        zone_id = zone.zone_id
        window_id = camera.windows.get(zone_id)
        if zone.kind is ZoneKind.QUEUE:
            office.queues[zone_id] = known.queues.get(zone_id) if known else None
        elif zone.kind is ZoneKind.OPERATOR and window_id is not None:
            office.seats[zone_id] = known.seats.get(zone_id) if known else None
            office.windows[zone_id] = window_id
        elif zone.kind is ZoneKind.VISITOR:
            # Two cameras may see one window; its visits are counted by the first of them.
            if window_id is not None and window_id in {
                office.windows[spot] for spot in office.spots if spot in office.windows
            }:
                continue
            office.spots[zone_id] = (known.spots.get(zone_id) if known else None) or Spot()
            if window_id is not None:
                office.windows[zone_id] = window_id


def _sum(queues: Mapping[UUID, int | None]) -> int | None:
    """Return how many wait; None when any queue is unknown: a part is not the whole."""
    known = [people for people in queues.values() if people is not None]
    return sum(known) if known and len(known) == len(queues) else None


def _staffed(office: _Office) -> int | None:
    """Return how many windows are staffed; None while no seat is known."""
    known = {zone for zone, state in office.seats.items() if state not in (None, ZoneState.UNKNOWN)}
    if not known:
        return None
    return len({office.windows[zone] for zone in known if office.seats[zone] is ZoneState.OCCUPIED})
