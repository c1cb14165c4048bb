"""The offline map: every layer is GeoJSON in longitude, latitude, named in three languages."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from geo import map_layers
from geo.map_layers import LAYERS, layer
from geo.regions import REGIONS
from models.kit.clock import ManualClock
from models.kit.database import Database
from models.kit.errors import NotFound
from tests.builders import build_office, build_vehicle

NOW = datetime(2026, 3, 19, 7, 0, tzinfo=UTC)
CYRILLIC = re.compile(r"[\u0400-\u04ff «»—.\-]+")
LATIN = re.compile(r"[A-Za-züë'’() —.\-]+")


def coordinates_of(geometry: dict[str, Any]) -> Iterator[tuple[float, float]]:
    stack: list[Any] = [geometry["coordinates"]]
    while stack:
        one = stack.pop()
        if isinstance(one[0], int | float):
            yield one[0], one[1]
        else:
            stack.extend(one)


async def layer_of(name: str) -> dict[str, Any]:
    """A base layer needs no database: its session is never touched."""
    return await layer(None, name)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["regions", "places", "lakes", "rivers", "countries"])
async def test_base_layers_are_longitude_latitude_within_the_view(name: str) -> None:
    collection = await layer_of(name)
    assert collection["type"] == "FeatureCollection"
    assert collection["features"]
    for feature in collection["features"]:
        assert feature["type"] == "Feature"
        for longitude, latitude in coordinates_of(feature["geometry"]):
            assert 44 <= longitude <= 90
            assert 38 <= latitude <= 58


@pytest.mark.parametrize("name", ["regions", "places", "countries", "lakes", "rivers"])
async def test_names_are_in_three_languages(name: str) -> None:
    named = [f["properties"]["name"] for f in (await layer_of(name))["features"]]
    assert any(named)
    for names in filter(None, named):
        assert CYRILLIC.fullmatch(names["kk"]), names
        assert CYRILLIC.fullmatch(names["ru"]), names
        assert LATIN.fullmatch(names["en"]), names


async def test_all_twenty_regions_have_a_shape_and_a_code() -> None:
    codes = [f["properties"]["code"] for f in (await layer_of("regions"))["features"]]
    assert sorted(codes) == sorted(region.code for region in REGIONS)
    assert len(set(codes)) == 20
    assert {"KZ-71", "KZ-75", "KZ-79", "KZ-10", "KZ-33", "KZ-62"} <= set(codes)


async def test_every_region_has_its_centre_among_the_places() -> None:
    places = (await layer_of("places"))["features"]
    centres = [f["properties"] for f in places if f["properties"]["centre"]]
    assert {c["region"] for c in centres} == {region.code for region in REGIONS}
    assert len(places) == 351
    by_english = {c["name"]["en"]: c for c in centres}
    assert by_english["Oral"]["name"] == {"kk": "Орал", "ru": "Уральск", "en": "Oral"}
    assert by_english["Astana"]["region"] == "KZ-71"


def test_base_layers_are_small() -> None:
    sizes = {path.name: path.stat().st_size for path in Path(map_layers.DATA).iterdir()}
    assert sizes["regions.geojson"] <= 200_000
    assert all(sizes[f"{name}.geojson"] <= 150_000 for name in ("lakes", "rivers", "countries"))


async def test_an_unknown_layer_names_the_known_ones() -> None:
    with pytest.raises(NotFound, match="places"):
        await layer_of("roads")


@pytest.mark.postgis
async def test_our_layers_come_from_the_database(database: Database) -> None:
    async with database.transaction() as session:
        office = await build_office(session)
        vehicle_id = await build_vehicle(session)
        await build_vehicle(session, plate="002 AA 02", identifier="van-2")  # never heard of
        await session.execute(
            text(
                "INSERT INTO last_position (vehicle_id, fixed_at, received_at, geom, speed_km_h) "
                "VALUES (:id, :at, :at, 'SRID=4326;POINT(76.9 43.2)', 40)"
            ),
            {"id": vehicle_id, "at": NOW},
        )
    clock = ManualClock(NOW + timedelta(minutes=5))
    async with database.read() as session:
        (shown,) = (await layer(session, "offices", clock))["features"]
        assert shown["geometry"]["coordinates"] == [76.9, 43.23]
        assert shown["properties"]["office_id"] == str(office.office_id)
        assert shown["properties"]["name"].keys() == {"kk", "ru", "en"}
        (van,) = (await layer(session, "vehicles", clock))["features"]
        assert van["geometry"]["coordinates"] == [76.9, 43.2]
        assert van["properties"]["freshness"] == "stale"
        assert van["id"] == str(vehicle_id)
    assert set(LAYERS) == {
        "regions", "places", "lakes", "rivers", "countries", "offices", "vehicles",
    }  # fmt: skip
