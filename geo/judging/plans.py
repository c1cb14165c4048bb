"""Plans of vans as the engine needs them, read from the tables; lines are read once."""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from geo.judgement.line import LatLon, Line
from geo.judgement.plan import (
    RULES,
    FencePlan,
    Hours,
    Rules,
    StopPlan,
    TripPlan,
    VanPlan,
    windowed,
)
from geo.judgement.rules import DEAD_ZONE_SILENCES
from geo.plans.lines import simplified
from models.kit.log import get

log = get(__name__)
_VANS = text("""
    SELECT id, ST_Y(base), ST_X(base), base_radius_m, report_interval_s, stop_interval_s,
           speed_limit_km_h, region_id
    FROM vehicle
""")
_TRIPS = text("""
    SELECT t.id, t.vehicle_id, t.route_id, t.version, r.corridor_m,
           CAST(extract(epoch FROM t.planned_start_at) AS float8),
           CAST(extract(epoch FROM t.planned_end_at) AS float8)
    FROM trip t JOIN route r ON r.id = t.route_id
    WHERE t.planned_start_at >= :since AND t.planned_start_at < :until AND t.state <> 'cancelled'
      AND (CAST(:vehicle_id AS uuid) IS NULL OR t.vehicle_id = :vehicle_id)
""")
_LINES = text("SELECT id, ST_AsGeoJSON(geom, 9) FROM route WHERE id = ANY(CAST(:ids AS uuid[]))")
_STOPS = text("""
    SELECT v.trip_id, v.sequence, ST_Y(s.geom), ST_X(s.geom), s.radius_m, s.progress_m,
           CAST(extract(epoch FROM v.planned_arrival_at) AS float8),
           CAST(extract(epoch FROM v.planned_departure_at) AS float8), s.served_after_s
    FROM stop_visit v JOIN stop s ON s.id = v.stop_id
    WHERE v.trip_id = ANY(CAST(:ids AS uuid[])) ORDER BY v.trip_id, v.sequence
""")
_FENCES = text("""
    SELECT g.id, ST_AsGeoJSON(g.geom, 9), g.rule, g.buffer_m, g.hold_s, g.calendar, g.region_id,
           array_remove(array_agg(v.vehicle_id), NULL)
    FROM geofence g LEFT JOIN geofence_vehicle v ON v.geofence_id = g.id
    WHERE g.archived_at IS NULL GROUP BY g.id ORDER BY g.id
""")
_DEAD_ZONES = text("""
    SELECT cell, longest_s FROM dead_zone
    WHERE decision = 'known' OR decision IS NULL AND silences >= :silences
""")
_RULES = text("""
    SELECT vehicle_id, working_hours, late_s, early_s, off_route_s, stay_s, no_progress_s, lost_s
    FROM van_rules
""")
_KEPT_LINES = 500
_BENDS_M = 5.0  # below any receiver's error


@dataclass(slots=True)
class Plans:
    """Reads plans; remembers lines and trips that did not change."""

    _lines: dict[UUID, Line] = field(default_factory=dict)
    _trips: dict[UUID, TripPlan] = field(default_factory=dict)

    async def read(
        self,
        session: AsyncSession,
        since: datetime,
        until: datetime,
        vehicle_id: UUID | None = None,
    ) -> dict[UUID, VanPlan]:
        """Return the plan of every van, or of one, with the trips that start in that time."""
        asked = {"since": since, "until": until, "vehicle_id": vehicle_id}
        rows = [tuple(row) for row in await session.execute(_TRIPS, asked)]
        trips = await self._planned(session, rows)
        fences = [tuple(row) for row in await session.execute(_FENCES)]
        dead = await session.execute(_DEAD_ZONES, {"silences": DEAD_ZONE_SILENCES})
        dead_for_s: dict[str, float] = {row[0]: row[1] for row in dead}
        rules = {row[0]: row[1:] for row in map(tuple, await session.execute(_RULES))}
        plans: dict[UUID, VanPlan] = {}
        for row in await session.execute(_VANS):
            van_id, latitude, longitude, radius_m, reports_s, stops_s, limit, region_id = row
            if vehicle_id is not None and van_id != vehicle_id:
                continue
            plans[van_id] = VanPlan(
                str(van_id),
                windowed(trips[van_id]),
                tuple(_fence(f) for f in fences if _holds(f, van_id, region_id)),
                None if latitude is None else (latitude, longitude),
                radius_m,
                reports_s,
                stops_s,
                limit,
                rules_of(rules.get(None), rules.get(van_id)),
                dead_cells=frozenset(dead_for_s),
                dead_for_s=dead_for_s,
            )
        return plans

    async def _planned(
        self, session: AsyncSession, rows: Collection[tuple[Any, ...]]
    ) -> Mapping[UUID, list[TripPlan]]:
        await self._read_lines(session, {row[2] for row in rows})
        unknown = [row[0] for row in rows if not self._knows(row)]
        stops: dict[UUID, list[StopPlan]] = defaultdict(list)
        for trip_id, sequence, latitude, longitude, *rest in await session.execute(
            _STOPS, {"ids": unknown}
        ):
            stops[trip_id].append(StopPlan(sequence, (latitude, longitude), *rest))
        known: dict[UUID, TripPlan] = {}
        by_van: dict[UUID, list[TripPlan]] = defaultdict(list)
        for row in rows:
            trip_id, vehicle_id, route_id, version, corridor_m, starts, ends = row
            if route_id not in self._lines:
                continue
            trip = self._trips[trip_id] if self._knows(row) else None
            known[trip_id] = trip or TripPlan(
                str(trip_id),
                str(route_id),
                self._lines[route_id],
                corridor_m,
                starts,
                ends,
                tuple(stops[trip_id]),
                version,
            )
            by_van[vehicle_id].append(known[trip_id])
        self._trips |= known
        return by_van

    def _knows(self, row: tuple[Any, ...]) -> bool:
        trip = self._trips.get(row[0])
        return trip is not None and (
            trip.version, trip.starts, trip.ends, trip.corridor_m, trip.route_id,
        ) == (row[3], row[5], row[6], row[4], str(row[2]))  # fmt: skip

    async def _read_lines(self, session: AsyncSession, route_ids: Collection[UUID]) -> None:
        missing = [route_id for route_id in route_ids if route_id not in self._lines]
        if not missing:
            return
        if len(self._lines) > _KEPT_LINES:
            self._lines = {key: self._lines[key] for key in route_ids if key in self._lines}
            self._trips.clear()
        for route_id, drawn in await session.execute(_LINES, {"ids": missing}):
            points = [(north, east) for east, north in json.loads(drawn)["coordinates"]]
            try:
                self._lines[route_id] = thinned(points)
            except ValueError as error:  # its trips are not judged; all others are
                log.error("judging.bad_line", route_id=str(route_id), error=str(error))


def thinned(points: Sequence[LatLon]) -> Line:
    """Return a line with as few points as judging needs, and the progress of the given one.

    A recorded road has a point every few metres: searching them costs time and tells nothing.
    """
    whole = Line.of(points)
    kept = simplified(list(zip(whole.latitudes, whole.longitudes, strict=True)), _BENDS_M)
    along, index = [], 0
    for latitude, longitude in kept:
        while (whole.latitudes[index], whole.longitudes[index]) != (latitude, longitude):
            index += 1
        along.append(whole.along_m[index])
        index += 1
    return Line.of(kept, along)


def rules_of(*wider_to_narrower: tuple[Any, ...] | None) -> Rules:
    """Return the rules of a van: each number as the narrowest word on it, or the product's own.

    A word is the columns of ``van_rules`` after the van's id; None in it leaves a number alone.
    """
    names = [field.name for field in fields(Rules)]
    said: dict[str, Any] = {}
    for word in wider_to_narrower:
        said |= {
            name: value for name, value in zip(names, word or (), strict=False) if value is not None
        }
    if "working_hours" in said:
        said["working_hours"] = _hours(said["working_hours"])
    return replace(RULES, **said)


def _holds(fence: tuple[Any, ...], vehicle_id: UUID, region_id: UUID) -> bool:
    if fence[7]:
        return vehicle_id in fence[7]
    return fence[6] is None or fence[6] == region_id


def _fence(row: tuple[Any, ...]) -> FencePlan:
    fence_id, drawn, rule, buffer_m, hold_s, calendar, *_ = row
    ring = tuple(
        (latitude, longitude) for longitude, latitude in json.loads(drawn)["coordinates"][0]
    )
    return FencePlan(str(fence_id), ring, rule, buffer_m, hold_s, calendar and _hours(calendar))


def _hours(calendar: dict[str, Any]) -> Hours:
    return Hours(
        frozenset(calendar["weekdays"]),
        time.fromisoformat(calendar["from"]),
        time.fromisoformat(calendar["to"]),
        calendar.get("time_zone", "Asia/Almaty"),
    )


def earliest_change(old: VanPlan, new: VanPlan, since: float) -> float | None:
    """Return from when on a van has to be judged again since its trips changed; None: never.

    Trips that start before ``since`` are no longer in both plans.
    """
    before = {trip.id: trip for trip in old.trips if trip.starts >= since}
    after = {trip.id: trip for trip in new.trips if trip.starts >= since}
    changed = [
        trip.opens
        for one, other in ((before, after), (after, before))
        for key, trip in one.items()
        if not _same(trip, other.get(key))
    ]
    return min(changed, default=None)


def _same(trip: TripPlan, other: TripPlan | None) -> bool:
    # Not when they open: a neighbour that grew too old to be read changes that.
    return other is not None and (trip.version, trip.starts, trip.ends, trip.stops) == (
        other.version,
        other.starts,
        other.ends,
        other.stops,
    )
