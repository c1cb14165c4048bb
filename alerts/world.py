"""The centre as the rules see it: its layout, and the latest word about every part. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from alerts.facts import (
    BLINDING,
    AreaFacts,
    CameraFacts,
    ClosedOfficeFacts,
    DiskReading,
    Facts,
    HallFacts,
    NodeFacts,
    OfficeFacts,
    Place,
    QueueFacts,
    Reading,
    Sight,
    StorageFacts,
    StreamReading,
    ToldSight,
    VanFacts,
    VisionFacts,
    WindowFacts,
)
from alerts.outage import CameraLine, offline_since, patience_until
from alerts.rules.camera_silent import node_is_silent
from alerts.timetables import PublishedHours, Span, span_at
from models.observations import DiskState, NoticeKind, StreamKind, StreamState, ZoneKind, ZoneState
from models.workers import worker_name, worker_of

_BLIND = frozenset(
    {
        StreamState.STALLED,
        StreamState.DOWN,
        StreamState.AUTH_FAILED,
        StreamState.UNSUPPORTED,
    }
)
_UNREACHABLE = frozenset({StreamState.CONNECTING, StreamState.STALLED, StreamState.DOWN})
_DEFAULT_HOLD_S = 60


@dataclass(frozen=True, slots=True)
class CameraLayout:
    camera_id: UUID
    office_id: UUID
    node_name: str


@dataclass(frozen=True, slots=True)
class ZoneLayout:
    zone_id: UUID
    kind: ZoneKind
    camera_id: UUID
    window_id: UUID | None
    queue_limit: int | None
    queue_for_s: int | None


@dataclass(frozen=True, slots=True)
class WindowLayout:
    window_id: UUID
    office_id: UUID
    number: int
    owner: str
    unstaffed_after_s: int


@dataclass(frozen=True)
class Layout:
    """What administrators set up: enabled cameras with their zones, windows, published hours."""

    cameras: Mapping[UUID, CameraLayout] = field(default_factory=dict)
    zones: Mapping[UUID, ZoneLayout] = field(default_factory=dict)
    windows: Mapping[UUID, WindowLayout] = field(default_factory=dict)
    hours: Mapping[UUID, PublishedHours] = field(default_factory=dict)


class World:
    """Layout plus readings. Told by notices and reloads; asked for facts by the engine."""

    def __init__(self, layout: Layout, watched_since: datetime) -> None:
        self._layout = layout
        self._watched_since = watched_since
        self._readings: dict[UUID, Reading] = {}
        self._streams: dict[UUID, dict[StreamKind, StreamReading]] = defaultdict(dict)
        self._told: dict[UUID, dict[tuple[NoticeKind, str], ToldSight]] = defaultdict(dict)
        self._nodes: dict[tuple[str, int], datetime] = {}  # by node and worker
        self._workers: dict[str, int] = {}
        self._vision: Mapping[str, datetime] = {}  # heartbeats by process
        self._looked_by: Mapping[UUID, str] = {}
        self._vans: dict[UUID, VanFacts] = {}
        self._disks: dict[tuple[str, int], DiskReading] = {}
        self._spans: dict[tuple[UUID, UUID | None], Span] = {}  # by office and own hours
        self._seats: dict[UUID, list[ZoneLayout]] = defaultdict(list)
        self._zones_of: dict[UUID, list[ZoneLayout]] = defaultdict(list)
        self._cameras_of: dict[UUID, list[CameraLayout]] = defaultdict(list)
        for camera in layout.cameras.values():
            self._cameras_of[camera.office_id].append(camera)
        for zone in layout.zones.values():
            self._zones_of[zone.camera_id].append(zone)
            window = _operated(zone, layout)
            if window is not None:
                self._seats[window.window_id].append(zone)

    def observe(self, zone_id: UUID, reading: Reading) -> bool:
        """Take in what vision concluded; False when the zone is not in the layout."""
        if zone_id not in self._layout.zones:
            return False
        self._readings[zone_id] = reading
        return True

    def hear(self, camera_id: UUID, kind: StreamKind, reading: StreamReading) -> bool:
        """Take in a stream's state; False when the camera is not in the layout."""
        if camera_id not in self._layout.cameras:
            return False
        self._streams[camera_id][kind] = reading
        return True

    def noticed(self, camera_id: UUID, kind: NoticeKind, told: ToldSight) -> bool:
        """Take in what a camera says of its own sight; False when that changes nothing here."""
        if camera_id not in self._layout.cameras or kind not in BLINDING:
            return False
        self._told[camera_id][kind, told.source] = told
        return True

    def node_seen(self, node_name: str, at: datetime, *, worker: int = 0, workers: int = 1) -> None:
        """Take in a worker's heartbeat; the last call says how many workers the node has."""
        self._nodes[(node_name, worker)] = at
        self._workers[node_name] = workers

    def vision_seen(
        self, heartbeats: Mapping[str, datetime], looked_by: Mapping[UUID, str]
    ) -> None:
        """Take in the heartbeats of all vision processes, and which one looks at a camera."""
        self._vision = heartbeats
        self._looked_by = looked_by

    def disk_seen(self, node_name: str, worker: int, reading: DiskReading) -> None:
        """Take in what a worker says of its node's disk."""
        self._disks[(node_name, worker)] = reading

    def van_moved(self, van: VanFacts) -> None:
        """Take in what is to be said of a van now; it replaces what was."""
        if van.place.vehicle_id is not None:
            self._vans[van.place.vehicle_id] = van

    def facts_of_van(self, vehicle_id: UUID) -> Iterator[Facts]:
        """Yield what is known of a van."""
        if vehicle_id in self._vans:
            yield self._vans[vehicle_id]

    def all_facts(self, now: datetime) -> Iterator[Facts]:
        """Yield the facts of every subject; what explains the silence of others comes first."""
        yield from self._node_facts()
        yield from self._vision_facts()
        yield from self._storage_facts(now)
        yield from self._vans.values()
        for office_id in self._cameras_of:
            yield self._office(office_id, now)
            yield from self._closed_office(office_id, now)
        for camera in self._layout.cameras.values():
            yield self._camera(camera, now)
        for zone in self._layout.zones.values():
            yield from self._limits(zone, now)
        for window_id in self._seats:
            yield self._window(self._layout.windows[window_id], now)

    def facts_of_zone(self, zone_id: UUID, now: datetime) -> Iterator[Facts]:
        """Yield the facts that an observation of this zone may have changed."""
        zone = self._layout.zones.get(zone_id)
        if zone is None:
            return
        yield from self._limits(zone, now)
        window = _operated(zone, self._layout)
        if window is not None:
            yield self._window(window, now)

    def facts_of_camera(self, camera_id: UUID, now: datetime) -> Iterator[Facts]:
        """Yield the facts that a change of this camera may have changed."""
        camera = self._layout.cameras.get(camera_id)
        if camera is None:
            return
        yield self._office(camera.office_id, now)
        yield self._camera(camera, now)
        for zone in self._zones_of[camera_id]:
            yield from self.facts_of_zone(zone.zone_id, now)

    def _node_facts(self) -> Iterator[NodeFacts]:
        owned = Counter(self._owner(camera) for camera in self._layout.cameras.values())
        for (node, worker), cameras in owned.items():
            name = worker_name(node, worker)
            seen_at = self._nodes.get((node, worker))
            yield NodeFacts(
                Place(f"node:{name}", None), name, cameras, seen_at, self._watched_since
            )

    def _vision_facts(self) -> Iterator[VisionFacts]:
        """Yield the processes that look at cameras; one whose cameras others took over is over."""
        looked_at = Counter(
            self._looked_by.get(camera_id) for camera_id, zones in self._zones_of.items() if zones
        )
        for name, seen_at in self._vision.items():
            if looked_at[name]:
                place = Place(f"vision:{name}", None)
                yield VisionFacts(place, name, looked_at[name], seen_at, self._watched_since)

    def _storage_facts(self, now: datetime) -> Iterator[StorageFacts]:
        for node in sorted({node for node, _ in self._disks}):
            told = [
                reading
                for (name, worker), reading in self._disks.items()
                if name == node
                and worker < self._workers.get(node, 0)
                and not node_is_silent(self._nodes.get((name, worker)), self._watched_since, now)
            ]
            yield _storage(node, told)

    def _office(self, office_id: UUID, now: datetime) -> OfficeFacts:
        lines = tuple(self._lines(office_id, now))
        return OfficeFacts(Place(f"office:{office_id}", office_id), lines, self._watched_since)

    def _lines(self, office_id: UUID, now: datetime) -> Iterator[CameraLine]:
        """Yield the lines of the cameras of which anything is known now."""
        for camera in self._cameras_of[office_id]:
            readings = list(self._streams[camera.camera_id].values())
            silent_node = node_is_silent(self._node_seen_at(camera), self._watched_since, now)
            if readings and not silent_node:
                yield _line(readings)

    def _camera(self, camera: CameraLayout, now: datetime) -> CameraFacts:
        lines = list(self._lines(camera.office_id, now))
        streams = self._streams[camera.camera_id]
        since = min((r.since for r in streams.values() if r.state in _UNREACHABLE), default=None)
        zones = self._zones_of[camera.camera_id]
        return CameraFacts(
            Place(
                f"camera:{camera.camera_id}",
                camera.office_id,
                camera_id=camera.camera_id,
            ),
            tuple(sorted(streams.items())),
            self._node_seen_at(camera),
            self._watched_since,
            tuple(s for zone in zones if (s := _sight(self._readings.get(zone.zone_id)))),
            tuple(self._told[camera.camera_id].values()),
            office_offline=since is not None and offline_since(lines) is not None,
            patience_until=None if since is None else patience_until(lines, since),
        )

    def _limits(
        self, zone: ZoneLayout, now: datetime
    ) -> Iterator[QueueFacts | HallFacts | AreaFacts]:
        """Yield what a zone's own limit is judged by; most zones have none."""
        camera = self._layout.cameras[zone.camera_id]
        place = Place(f"zone:{zone.zone_id}", camera.office_id, zone.window_id, zone.camera_id)
        if zone.kind is ZoneKind.RESTRICTED:
            yield AreaFacts(place, self._usable(zone, now))
        if zone.queue_limit is None:
            return
        hold = timedelta(seconds=zone.queue_for_s or _DEFAULT_HOLD_S)
        if zone.kind is ZoneKind.QUEUE:
            yield QueueFacts(place, zone.queue_limit, hold, self._usable(zone, now))
        elif zone.kind is ZoneKind.HALL:
            yield HallFacts(place, zone.queue_limit, hold, self._usable(zone, now))

    def _closed_office(self, office_id: UUID, now: datetime) -> Iterator[ClosedOfficeFacts]:
        """Yield who is in an office, where its hours are published and something is seen."""
        hours = self._layout.hours.get(office_id)
        if hours is None or not hours.weekly:
            return
        zones = [
            zone
            for camera in self._cameras_of[office_id]
            for zone in self._zones_of[camera.camera_id]
        ]
        readings = tuple(r for zone in zones if (r := self._usable(zone, now)) is not None)
        if zones:
            place = Place(f"office:{office_id}", office_id)
            span = self._span_of(office_id, None, now)
            yield ClosedOfficeFacts(place, readings, span)

    def _window(self, window: WindowLayout, now: datetime) -> WindowFacts:
        seats = self._seats[window.window_id]
        readings = tuple(r for seat in seats if (r := self._usable(seat, now)) is not None)
        return WindowFacts(
            Place(
                f"window:{window.window_id}",
                window.office_id,
                window.window_id,
                seats[0].camera_id,
            ),
            window.number,
            window.owner,
            timedelta(seconds=window.unstaffed_after_s),
            readings,
            self._span(window, now),
        )

    def _usable(self, zone: ZoneLayout, now: datetime) -> Reading | None:
        """Return what is known of the zone; None without a usable picture."""
        reading = self._readings.get(zone.zone_id)
        if reading is None or reading.state is ZoneState.UNKNOWN:
            return None
        if node_is_silent(self._vision_of(zone.camera_id), self._watched_since, now):
            return None  # nobody looks: what was so may have changed
        sub = self._streams[zone.camera_id].get(StreamKind.SUB)
        if sub is not None and sub.state in _BLIND:
            return None
        node_seen_at = self._node_seen_at(self._layout.cameras[zone.camera_id])
        return None if node_is_silent(node_seen_at, self._watched_since, now) else reading

    def _vision_of(self, camera_id: UUID) -> datetime | None:
        """Return the heartbeat of who looks at a camera; None where none has ever started."""
        newest = max(self._vision.values(), default=None)
        return self._vision.get(self._looked_by.get(camera_id, ""), newest)

    def _node_seen_at(self, camera: CameraLayout) -> datetime | None:
        """Return the heartbeat of the worker that owns a camera."""
        return self._nodes.get(self._owner(camera))

    def _owner(self, camera: CameraLayout) -> tuple[str, int]:
        """Return the node and worker that own a camera."""
        workers = self._workers.get(camera.node_name, 1)
        return camera.node_name, worker_of(camera.camera_id, workers)

    def _span(self, window: WindowLayout, now: datetime) -> Span:
        return self._span_of(window.office_id, window.window_id, now)

    def _span_of(self, office_id: UUID, window_id: UUID | None, now: datetime) -> Span:
        hours = self._layout.hours[office_id]
        named = window_id if window_id is not None and hours.names(window_id) else None
        span = self._spans.get((office_id, named))
        if span is None or not span.covers(now):
            span = self._spans[office_id, named] = span_at(hours, named, now)
        return span


def _storage(node: str, told: Sequence[DiskReading]) -> StorageFacts:
    """Join what the workers of a node say of their disk: the worst of them is right."""
    place = Place(f"disk:{node}", None)
    if not told:
        return StorageFacts(place, node, None, None, "", None, 0.0)
    refused = [reading for reading in told if reading.state is not DiskState.OK]
    said = min(refused, key=lambda r: r.since) if refused else max(told, key=lambda r: r.since)
    free = [reading.free_bytes for reading in told if reading.free_bytes is not None]
    freeable = [reading.freeable_bytes for reading in told if reading.freeable_bytes is not None]
    headroom = min(free) + max(freeable) if free and freeable else None
    rate = sum(reading.write_bytes_per_s for reading in told)
    return StorageFacts(place, node, said.state, said.since, said.detail, headroom, rate)


def _operated(zone: ZoneLayout, layout: Layout) -> WindowLayout | None:
    """Return the window whose operator sits in this zone, if it is such a zone."""
    if zone.kind is not ZoneKind.OPERATOR or zone.window_id is None:
        return None
    return layout.windows.get(zone.window_id)


def _line(readings: Sequence[StreamReading]) -> CameraLine:
    """Return what a camera's streams say of its line: one that answers is enough to be reached."""
    live = [reading.since for reading in readings if reading.state is StreamState.LIVE]
    if live:
        return CameraLine(live_since=min(live))
    if all(reading.state in _UNREACHABLE for reading in readings):
        return CameraLine(silent_since=min(reading.since for reading in readings))
    return CameraLine()


def _sight(reading: Reading | None) -> Sight | None:
    """Return whether a zone can be seen; None where vision had no picture to judge."""
    if reading is None or (reading.state is ZoneState.UNKNOWN and reading.sight is None):
        return None
    return Sight(reading.sight, reading.since)
