"""Routes from files and tracks over the API: shown, not stored."""

from datetime import timedelta

import pytest

from models.vehicle import Position
from tests.builders import NOON, build_vehicle
from tests.dashboard_api.conftest import Centre

pytestmark = pytest.mark.postgis


async def test_a_file_is_read_and_not_stored(centre: Centre) -> None:
    client = await centre.signed_in("dispatcher")
    text = "name,latitude,longitude\nЕсік,43.355,77.452\nТүрген,43.4,77.593\n"
    draft = (await client.post("/api/v1/routes/read", json={"text": text})).json()
    assert draft["line"] == [[77.452, 43.355], [77.593, 43.4]]
    assert draft["source"] == "imported"
    assert (await client.get("/api/v1/routes")).json()["items"] == []
    refused = await client.post("/api/v1/routes/read", json={"text": "rubbish"})
    assert refused.status_code == 422
    assert refused.headers["content-type"] == "application/problem+json"
    assert "columns name, latitude" in refused.json()["detail"]


async def test_a_driven_track_becomes_a_route(centre: Centre) -> None:
    async with centre.database.transaction() as session:
        van = await build_vehicle(session)
        session.add_all(
            Position(
                vehicle_id=van,
                fixed_at=NOON + timedelta(minutes=minute),
                received_at=NOON + timedelta(minutes=minute),
                geom=f"SRID=4326;POINT({77 + min(minute, 30) / 100} 43)",
                flags=[],
                protocol="osmand",
            )
            for minute in range(40)
        )
    client = await centre.signed_in("dispatcher")
    span = {"from": NOON.isoformat(), "to": (NOON + timedelta(hours=1)).isoformat()}
    asked = {"vehicle_id": str(van), **span}
    draft = (await client.post("/api/v1/routes/from-track", json=asked)).json()
    assert draft["line"] == [[77.0, 43.0], [77.3, 43.0]]
    assert (draft["source"], draft["corridor_m"]) == ("driven", 150.0)
    assert [stop["stay_s"] for stop in draft["stops"]] == [9 * 60]
    idle = asked | {"from": (NOON + timedelta(minutes=31)).isoformat()}
    assert (await client.post("/api/v1/routes/from-track", json=idle)).status_code == 422
