"""Fences over the API."""

from typing import Any
from uuid import uuid4

import pytest

from tests.builders import build_region, build_vehicle, names
from tests.dashboard_api.conftest import Centre

pytestmark = pytest.mark.postgis
SQUARE = [[77.0, 43.0], [77.2, 43.0], [77.2, 43.2], [77.0, 43.2]]


def fence(**changes: Any) -> dict[str, Any]:
    return {"name": names("Base"), "polygon": SQUARE, "rule": "stay_inside", **changes}


async def test_a_fence_is_stored_changed_and_put_away(centre: Centre) -> None:
    async with centre.database.transaction() as session:
        van = await build_vehicle(session)
    client = await centre.signed_in("dispatcher")
    hours = {"weekdays": [5, 1], "from": "20:00", "to": "06:00"}
    wanted = fence(hours=hours, vehicles=[str(van)])
    made = (await client.post("/api/v1/geofences", json=wanted)).json()
    assert made["polygon"] == [*SQUARE, SQUARE[0]]
    assert made["hours"]["weekdays"] == [1, 5]
    assert made["hours"]["from"] == "20:00:00"
    assert (made["buffer_m"], made["hold_s"], made["vehicles"]) == (50, 60, [str(van)])
    url = f"/api/v1/geofences/{made['id']}"
    changed = (await client.put(url, json=fence(rule="note", hold_s=300))).json()
    assert (changed["rule"], changed["hold_s"], changed["vehicles"]) == ("note", 300, [])
    listed = (await client.get("/api/v1/geofences")).json()["items"]
    assert [one["id"] for one in listed] == [changed["id"]]
    assert (await client.delete(url)).status_code == 404
    assert (await client.delete(f"/api/v1/geofences/{changed['id']}")).status_code == 204
    assert (await client.get("/api/v1/geofences")).json()["items"] == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"polygon": [[77, 43], [77.2, 43.2], [77.2, 43], [77, 43.2]]}, "edges of the area cross"),
        ({"polygon": [[77, 43], [77.1, 43], [77.2, 43]]}, "edges of the area cross"),
        ({"polygon": [[77, 43], [77, 43], [77.2, 43]]}, "three different corners"),
        ({"vehicles": [str(uuid4())]}, "No van of this region"),
        ({"hours": {"weekdays": [1], "from": "09:00", "to": "09:00"}}, "must differ"),
    ],
    ids=["crossing", "flat", "two-corners", "no-van", "no-hours"],
)
async def test_a_fence_that_cannot_be_meant_is_refused(
    centre: Centre, changes: dict[str, Any], said: str
) -> None:
    client = await centre.signed_in("dispatcher")
    answer = await client.post("/api/v1/geofences", json=fence(**changes))
    assert answer.status_code == 422
    assert said in answer.json()["detail"]


async def test_a_regions_dispatcher_fences_the_region_only(centre: Centre) -> None:
    async with centre.database.transaction() as session:
        far = await build_region(session, "KZ-71")
    local = await centre.signed_in("dispatcher", login="far", region_id=far)
    assert (await local.post("/api/v1/geofences", json=fence())).status_code == 403
    made = await local.post("/api/v1/geofences", json=fence(region_id=str(far)))
    assert made.status_code == 201
    central = await centre.signed_in("dispatcher")
    everywhere = (await central.post("/api/v1/geofences", json=fence())).json()
    seen = {one["id"] for one in (await local.get("/api/v1/geofences")).json()["items"]}
    assert seen == {made.json()["id"], everywhere["id"]}
    assert (await local.delete(f"/api/v1/geofences/{everywhere['id']}")).status_code == 404
