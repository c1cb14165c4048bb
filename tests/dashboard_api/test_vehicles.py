"""Vans on the map and their tracks."""

from datetime import timedelta
from uuid import UUID

import pytest

from models.vehicle import LastPosition, Position
from tests.builders import NOON, build_office, build_vehicle
from tests.dashboard_api.conftest import Centre

pytestmark = pytest.mark.postgis
SPAN = {"from": "2026-03-19T06:00:00Z", "to": "2026-03-19T08:00:00Z"}


async def _drive(centre: Centre) -> UUID:
    """A van that drove north for three minutes, with one impossible jump."""
    async with centre.database.transaction() as session:
        van = await build_vehicle(session)
        for minute, flags in enumerate(([], [], ["jump"], [])):
            session.add(
                Position(
                    vehicle_id=van,
                    fixed_at=NOON + timedelta(minutes=minute),
                    received_at=NOON + timedelta(minutes=minute, seconds=1),
                    geom=f"SRID=4326;POINT(76.9 {43 + minute / 100})",
                    flags=flags,
                    protocol="osmand",
                )
            )
        session.add(
            LastPosition(
                vehicle_id=van,
                fixed_at=NOON + timedelta(minutes=3),
                received_at=NOON + timedelta(minutes=3, seconds=1),
                geom="SRID=4326;POINT(76.9 43.03)",
                speed_km_h=41.5,
            )
        )
    return van


async def test_van_shows_where_it_is_and_how_fresh_that_is(centre: Centre) -> None:
    van = await _drive(centre)
    client = await centre.signed_in("dispatcher")
    centre.clock.advance(timedelta(minutes=3, seconds=5))
    shown = (await client.get("/api/v1/vehicles")).json()["items"]
    assert [vehicle["id"] for vehicle in shown] == [str(van)]
    assert shown[0]["freshness"] == "online"
    assert shown[0]["position"]["latitude"] == 43.03
    assert shown[0]["position"]["speed_km_h"] == 41.5
    centre.clock.advance(timedelta(hours=2))
    assert (await client.get(f"/api/v1/vehicles/{van}")).json()["freshness"] == "lost"


async def test_track_draws_good_fixes_and_positions_list_all(centre: Centre) -> None:
    van = await _drive(centre)
    client = await centre.signed_in("dispatcher")
    track = (await client.get(f"/api/v1/vehicles/{van}/track", params=SPAN)).json()
    assert track["type"] == "Feature"
    assert track["geometry"]["coordinates"] == [[76.9, 43.0], [76.9, 43.01], [76.9, 43.03]]
    assert len(track["properties"]["fixed_at"]) == 3
    query = SPAN | {"vehicle_id": str(van), "limit": "3"}
    first = (await client.get("/api/v1/positions", params=query)).json()
    rest = await client.get("/api/v1/positions", params=query | {"cursor": first["next_cursor"]})
    rows = first["items"] + rest.json()["items"]
    assert [row["flags"] for row in rows] == [[], [], ["jump"], []]
    assert rest.json()["next_cursor"] is None
    long = await client.get(
        f"/api/v1/vehicles/{van}/track", params=SPAN | {"to": "2026-05-01T00:00:00Z"}
    )
    assert long.status_code == 422


async def test_vans_of_another_region_do_not_exist(centre: Centre) -> None:
    van = await _drive(centre)
    async with centre.database.transaction() as session:
        far = await build_office(session, code="astana-1", region_code="KZ-71")
    client = await centre.signed_in("dispatcher", region_id=far.region_id)
    assert (await client.get("/api/v1/vehicles")).json()["items"] == []
    assert (await client.get(f"/api/v1/vehicles/{van}")).status_code == 404
    layer = (await client.get("/api/v1/map/vehicles.geojson")).json()
    assert layer["features"] == []


async def test_map_layers_are_geojson_and_vans_are_not_for_agents(centre: Centre) -> None:
    van = await _drive(centre)
    client = await centre.signed_in("operator")
    for layer in ("regions", "places", "lakes", "rivers", "countries", "offices", "vehicles"):
        answer = await client.get(f"/api/v1/map/{layer}.geojson")
        assert answer.status_code == 200, layer
        assert answer.headers["content-type"] == "application/geo+json"
        assert answer.json()["features"], layer
    assert answer.json()["features"][0]["id"] == str(van)
    agent = await centre.signed_in("agent")
    assert (await agent.get("/api/v1/map/vehicles.geojson")).status_code == 403
