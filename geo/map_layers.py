"""The layers of the offline map as GeoJSON: base layers from geo/data, ours from the database."""

import json
from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from geo.geometry import distance_m
from geo.regions import REGIONS
from geo.repository import vehicles
from models.kit.clock import Clock, SystemClock
from models.kit.errors import NotFound
from models.office import Office, Region

DATA = Path(__file__).parent / "data"
ATTRIBUTION = "Natural Earth · © GeoNames (CC BY 4.0)"
Layer = dict[str, Any]


def _collection(features: list[dict[str, Any]]) -> Layer:
    return {"type": "FeatureCollection", "attribution": ATTRIBUTION, "features": features}


def _point(
    longitude: float, latitude: float, properties: Mapping[str, Any], identifier: str | int
) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": identifier,
        "geometry": {"type": "Point", "coordinates": [longitude, latitude]},
        "properties": dict(properties),
    }


@cache
def _file(name: str) -> Layer:
    features = json.loads((DATA / f"{name}.geojson").read_text(encoding="utf-8"))["features"]
    return _collection(features)


@cache
def _regions() -> Layer:
    names = {region.code: region.names for region in REGIONS}
    features = [
        {**feature, "properties": {"code": code, "name": names[code]}}
        for feature in _file("regions")["features"]
        for code in [feature["properties"]["code"]]
    ]
    return _collection(features)


@cache
def known_places() -> list[dict[str, Any]]:
    """Return the places of the map as they are stored."""
    places: list[dict[str, Any]] = json.loads((DATA / "places.json").read_text(encoding="utf-8"))
    return places


def place_names(latitude: float, longitude: float) -> dict[str, str]:
    """Return the names of the place of the map that is nearest to a point."""
    nearest = min(
        known_places(),
        key=lambda place: distance_m(latitude, longitude, place["latitude"], place["longitude"]),
    )
    return dict(nearest["name"])


@cache
def _places() -> Layer:
    return _collection(
        [
            _point(
                place["longitude"],
                place["latitude"],
                {key: place[key] for key in ("name", "region", "population", "centre")},
                place["id"],
            )
            for place in known_places()
        ]
    )


async def _offices(session: AsyncSession, _clock: Clock) -> Layer:
    query = (
        select(
            Office.id,
            Office.code,
            Office.name,
            Region.code,
            func.ST_X(Office.geom),
            func.ST_Y(Office.geom),
        )
        .join(Region, Region.id == Office.region_id)
        .order_by(Office.code)
    )
    return _collection(
        [
            _point(
                longitude,
                latitude,
                {"office_id": str(office_id), "code": code, "name": name, "region": region},
                str(office_id),
            )
            for office_id, code, name, region, longitude, latitude in await session.execute(query)
        ]
    )


async def _vehicles(session: AsyncSession, clock: Clock) -> Layer:
    now = clock.now()
    return _collection(
        [
            _point(
                van.position.longitude,
                van.position.latitude,
                {
                    "vehicle_id": str(van.id),
                    "plate": van.plate,
                    "name": van.name,
                    "region_id": str(van.region_id),
                    "freshness": van.freshness(now),
                    "speed_km_h": van.position.speed_km_h,
                    "course_deg": van.position.course_deg,
                    "fixed_at": van.position.fixed_at.isoformat(),
                    "received_at": van.position.received_at.isoformat(),
                },
                str(van.id),
            )
            for van in await vehicles(session)
            if van.position is not None
        ]
    )


_BASE: dict[str, Callable[[], Layer]] = {
    "regions": _regions,
    "places": _places,
    "lakes": lambda: _file("lakes"),
    "rivers": lambda: _file("rivers"),
    "countries": lambda: _file("countries"),
}
_LIVE: dict[str, Callable[[AsyncSession, Clock], Awaitable[Layer]]] = {
    "offices": _offices,
    "vehicles": _vehicles,
}
LAYERS: tuple[str, ...] = (*_BASE, *_LIVE)
_system_clock = SystemClock()


async def layer(session: AsyncSession, name: str, clock: Clock = _system_clock) -> Layer:
    """Return a layer as a GeoJSON FeatureCollection; base layers are the same object each time.

    Raises:
        NotFound: no layer has this name.
    """
    if name in _BASE:
        return _BASE[name]()
    if name in _LIVE:
        return await _LIVE[name](session, clock)
    raise NotFound(f"There is no map layer {name}; there are {', '.join(LAYERS)}.")
