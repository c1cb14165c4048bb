"""Offices with what is seen there now; regions."""

from datetime import datetime, time, timedelta

import pytest
from sqlalchemy import delete, insert

from models.looking import VisionNode
from models.observation import ZoneObservationRow
from tests.builders import NOON, build_office
from tests.dashboard_api.conftest import Centre

pytestmark = pytest.mark.postgis


async def _see(centre: Centre, zone: object, state: str, people: int | None) -> None:
    async with centre.database.transaction() as session:
        await session.execute(
            insert(ZoneObservationRow).values(
                zone_id=zone, at=NOON, since=NOON, state=state, people=people
            )
        )


async def test_office_shows_its_windows_as_they_are_now(centre: Centre) -> None:
    await _see(centre, centre.office.queue_zone, "occupied", 6)
    await _see(centre, centre.office.operator_zones[2], "empty", 0)
    await _see(centre, centre.office.operator_zones[3], "unknown", None)
    client = await centre.signed_in("agent")
    office = (await client.get(f"/api/v1/offices/{centre.office.office_id}")).json()
    assert office["queue"] == 6
    assert (office["longitude"], office["latitude"]) == (76.9, 43.23)
    assert office["region"]["code"] == "KZ-75"
    presence = {w["number"]: w["presence"] and w["presence"]["state"] for w in office["windows"]}
    assert presence == {1: None, 2: "empty", 3: "unknown", 4: None}
    assert all(window["open_now"] for window in office["windows"])
    assert [camera["code"] for camera in office["cameras"]] == ["almaty-1-cam-1"]


async def test_without_vision_nothing_is_known_of_windows(centre: Centre) -> None:
    await _see(centre, centre.office.queue_zone, "occupied", 6)
    await _see(centre, centre.office.operator_zones[2], "empty", 0)
    client = await centre.signed_in("agent")
    path = f"/api/v1/offices/{centre.office.office_id}"
    for silent_s, state, queue in ((10, "empty", 6), (20, "unknown", None)):
        await _vision_seen(centre, centre.clock.now() - timedelta(seconds=silent_s))
        office = (await client.get(path)).json()
        assert office["queue"] == queue
        window = next(one for one in office["windows"] if one["number"] == 2)
        assert window["presence"]["state"] == state


async def _vision_seen(centre: Centre, at: datetime) -> None:
    async with centre.database.transaction() as session:
        await session.execute(delete(VisionNode))
        node = VisionNode(name="vision-1", started_at=NOON, seen_at=at, detector="", cameras=1)
        session.add(node)


async def test_closed_office_has_no_open_window(centre: Centre) -> None:
    async with centre.database.transaction() as session:
        night = await build_office(session, code="night", opens=time(20), closes=time(21))
    client = await centre.signed_in("operator")
    office = (await client.get(f"/api/v1/offices/{night.office_id}")).json()
    assert not any(window["open_now"] for window in office["windows"])
    assert office["queue"] is None


async def test_offices_are_found_by_region_and_words(centre: Centre) -> None:
    async with centre.database.transaction() as session:
        far = await build_office(session, code="astana-100%", region_code="KZ-71")
    client = await centre.signed_in("operator")

    async def codes(**query: str) -> list[str]:
        items = (await client.get("/api/v1/offices", params=query)).json()["items"]
        return [office["code"] for office in items]

    assert await codes() == ["almaty-1", "astana-100%"]
    assert await codes(q="ASTANA") == ["astana-100%"]
    assert await codes(q="0%") == ["astana-100%"]
    assert await codes(q="жандосов") == ["almaty-1", "astana-100%"]
    assert await codes(region_id=str(far.region_id)) == ["astana-100%"]


async def test_regional_operator_sees_one_region(centre: Centre) -> None:
    async with centre.database.transaction() as session:
        far = await build_office(session, code="astana-1", region_code="KZ-71")
    client = await centre.signed_in("operator", region_id=far.region_id)
    assert len((await client.get("/api/v1/offices")).json()["items"]) == 1
    assert (await client.get(f"/api/v1/offices/{centre.office.office_id}")).status_code == 404
    regions = (await client.get("/api/v1/regions")).json()["items"]
    assert [region["code"] for region in regions] == ["KZ-71"]
