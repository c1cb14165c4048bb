"""Routes and their stops in the database; a line that trips were planned on never changes."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from geo.plans.lines import LatLon, along_m, densified, place_on
from geo.plans.villages import village_address
from ingest.gps.geodesy import distance_m
from models.kit.errors import InvalidInput
from models.kit.ids import new_id
from models.observations import RouteSource
from models.plan import Route, Stop

SAME_VILLAGE_M = 10_000.0


@dataclass(frozen=True, slots=True)
class StopDraft:
    """A stop as somebody wants it; ``village`` is empty where its address follows from its name."""

    name: dict[str, str]
    latitude: float
    longitude: float
    arrive_after_s: int
    stay_s: int
    radius_m: float = 150.0
    served_after_s: int = 900
    village: str = ""


@dataclass(frozen=True, slots=True)
class RouteDraft:
    """A route as somebody wants it; ``line`` as (latitude, longitude), two points at least."""

    name: dict[str, str]
    region_id: UUID
    line: Sequence[LatLon]
    stops: Sequence[StopDraft]
    source: RouteSource
    corridor_m: float = 300.0
    made_by_id: UUID | None = None
    replaces: Route | None = field(default=None)


async def store_route(session: AsyncSession, draft: RouteDraft, now: datetime) -> Route:
    """Store a route with its stops in the order of their arrival.

    Raises:
        InvalidInput: the line has no length, or stops do not follow each other.
    """
    line = densified(draft.line)
    metres = along_m(line)
    if len(line) < 2 or metres[-1] < 1:
        raise InvalidInput("Draw a line of at least two different points", field="line")
    route = Route(
        id=new_id(),
        name=dict(draft.name),
        region_id=draft.region_id,
        version=draft.replaces.version + 1 if draft.replaces else 1,
        replaces_id=draft.replaces.id if draft.replaces else None,
        geom=f"SRID=4326;LINESTRING({','.join(f'{lon:.7f} {lat:.7f}' for lat, lon in line)})",
        length_m=metres[-1],
        corridor_m=draft.corridor_m,
        source=draft.source,
        made_at=now,
        made_by_id=draft.made_by_id,
    )
    session.add(route)
    await session.flush()
    after_m = 0.0
    free_at_s = 0
    for sequence, wanted in enumerate(draft.stops, 1):
        if wanted.arrive_after_s < free_at_s:
            where = f"stops.{sequence - 1}.arrive_after_s"
            raise InvalidInput(
                f"Stop {sequence} is planned before the stay at the one before it ends; "
                f"let it arrive {free_at_s // 60} minutes after the start or later",
                field=where,
            )
        free_at_s = wanted.arrive_after_s + wanted.stay_s
        place = (wanted.latitude, wanted.longitude)
        # The last stop of a round trip is its start: only the end of the line is meant.
        last = sequence == len(draft.stops) and distance_m(*line[-1], *place) <= wanted.radius_m
        progress_m = metres[-1] if last else place_on(line, metres, place, after_m)[0]
        after_m = progress_m
        session.add(
            Stop(
                route_id=route.id,
                sequence=sequence,
                name=dict(wanted.name),
                village=wanted.village or await free_address(session, wanted.name, place),
                geom=f"SRID=4326;POINT({wanted.longitude} {wanted.latitude})",
                radius_m=wanted.radius_m,
                progress_m=progress_m,
                arrive_after_s=wanted.arrive_after_s,
                stay_s=wanted.stay_s,
                served_after_s=wanted.served_after_s,
            )
        )
        await session.flush()
    return route


async def free_address(session: AsyncSession, name: dict[str, str], place: LatLon) -> str:
    """Return the address of the village here: the one it has, or a new one.

    Villages of the same name are told apart by a number.
    """
    wanted: str = village_address(name.get("en") or name.get("ru") or name["kk"])
    query = select(Stop.village, func.min(func.ST_Y(Stop.geom)), func.min(func.ST_X(Stop.geom)))
    query = query.where(
        (Stop.village == wanted) | Stop.village.regexp_match(f"^{wanted}-[0-9]+$")
    ).group_by(Stop.village)
    taken: dict[str, LatLon] = {row[0]: (row[1], row[2]) for row in await session.execute(query)}
    for address, there in taken.items():
        if distance_m(*there, *place) <= SAME_VILLAGE_M:
            return address
    number = 1
    while (address := wanted if number == 1 else f"{wanted}-{number}") in taken:
        number += 1
    return address


@dataclass(frozen=True, slots=True)
class StopSeen:
    """A stop of a stored route."""

    id: UUID
    sequence: int
    name: dict[str, str]
    village: str
    latitude: float
    longitude: float
    radius_m: float
    progress_m: float
    arrive_after_s: int
    stay_s: int
    served_after_s: int


async def stops_of(session: AsyncSession, route_id: UUID) -> list[StopSeen]:
    """Return the stops of a route in order."""
    query = (
        select(
            Stop.id,
            Stop.sequence,
            Stop.name,
            Stop.village,
            func.ST_Y(Stop.geom),
            func.ST_X(Stop.geom),
            Stop.radius_m,
            Stop.progress_m,
            Stop.arrive_after_s,
            Stop.stay_s,
            Stop.served_after_s,
        )
        .where(Stop.route_id == route_id)
        .order_by(Stop.sequence)
    )
    return [StopSeen(*row) for row in await session.execute(query)]


async def line_of(session: AsyncSession, route_id: UUID) -> list[tuple[float, float]]:
    """Return a route's line as (longitude, latitude), as GeoJSON has it."""
    text = await session.scalar(select(func.ST_AsGeoJSON(Route.geom)).where(Route.id == route_id))
    return [(point[0], point[1]) for point in json.loads(text or "{}").get("coordinates", [])]
