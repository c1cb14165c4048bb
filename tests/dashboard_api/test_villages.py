"""The public page of a village: without signing in, without scripts, without anybody's name."""

import re
from typing import Any

import pytest
from sqlalchemy import select, update

from dashboard_api.services import VILLAGE_LOOKS
from models.plan import CrewMember, StopVisit, Trip, TripCrew
from tests.builders import NOON, names
from tests.dashboard_api.conftest import Centre
from tests.dashboard_api.test_plans import plan, stop, trips

pytestmark = pytest.mark.postgis


async def _under_way(centre: Centre) -> dict[str, Any]:
    dispatcher = await centre.signed_in("dispatcher")
    made = await plan(centre, dispatcher)
    (trip,) = await trips(dispatcher)
    async with centre.database.transaction() as session:
        await session.execute(update(Trip).values(state="running", judged_until=NOON))
        await session.execute(
            update(StopVisit)
            .where(StopVisit.trip_id == trip["id"], StopVisit.sequence == 1)
            .values(expected_at=NOON.replace(hour=8, minute=47))
        )
        driver = CrewMember(full_name="Асқар Жүнісов", role="driver", region_id=made["region"])
        session.add(driver)
        await session.flush()
        session.add(TripCrew(trip_id=trip["id"], crew_member_id=driver.id))
    return trip


async def test_a_villager_sees_when_the_van_comes(centre: Centre) -> None:
    trip = await _under_way(centre)
    village = trip["visits"][0]["village"]
    client = await centre.client()
    page = await client.get(f"/vans/{village}")
    assert page.status_code == 200
    assert 'lang="kk"' in page.text
    assert "келе жатыр" in page.text
    assert '<span class="time">13:47</span>' in page.text
    assert "13:30" in page.text  # by plan
    russian = (await client.get(f"/vans/{village}?lang=ru")).text
    assert "Автомобиль едет к вам" in russian
    for private in ("Асқар", trip["plate"], trip["id"], trip["vehicle_id"]):
        assert private not in page.text + russian
    news = (await client.get(f"/api/v1/villages/{village}")).json()
    assert (news["now"], news["expected_at"]) == ("on_its_way", "2026-03-19T08:47:00Z")
    assert "2026-03-26T08:30:00Z" in [one["planned_arrival_at"] for one in news["following"]]


async def test_the_page_is_small_and_loads_nothing(centre: Centre) -> None:
    trip = await _under_way(centre)
    client = await centre.client()
    page = await client.get(f"/vans/{trip['visits'][0]['village']}")
    assert len(page.content) < 8000
    assert not re.search(r"<script|src=|url\(|@import", page.text)
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]


async def test_a_cancelled_visit_is_told_without_its_reason(centre: Centre) -> None:
    dispatcher = await centre.signed_in("dispatcher")
    await plan(centre, dispatcher)
    (trip,) = await trips(dispatcher)
    await dispatcher.post(f"/api/v1/trips/{trip['id']}/cancel", json={"why": "Иванов заболел"})
    page = await (await centre.client()).get(f"/vans/{trip['visits'][0]['village']}")
    assert "сапар болмайды" in page.text
    assert "Иванов" not in page.text


async def test_an_unknown_village_is_told_what_to_do(centre: Centre) -> None:
    client = await centre.client()
    page = await client.get("/vans/<b>nowhere")
    assert page.status_code == 404
    assert "1414" in page.text
    assert "<b>nowhere" not in page.text
    assert (await client.get("/api/v1/villages/nowhere")).status_code == 404


async def test_a_name_is_text_and_never_markup(centre: Centre) -> None:
    dispatcher = await centre.signed_in("dispatcher")
    evil = stop(77.2, 30, name=names("<script>alert(1)</script>"), village="evil")
    made = await plan(centre, dispatcher)
    changed = {
        "name": names("Round"),
        "region_id": made["region"],
        "line": [[77.0, 43.0], [77.5, 43.0]],
        "stops": [evil],
    }
    assert (await dispatcher.post("/api/v1/routes", json=changed)).status_code == 201
    page = await (await centre.client()).get("/vans/evil")
    assert "<script>" not in page.text


async def test_who_asks_too_often_waits(centre: Centre) -> None:
    client = await centre.client()
    throttle = centre.app.state.services.public_throttle
    for _ in range(VILLAGE_LOOKS):
        throttle.fail("127.0.0.1", centre.clock.monotonic())
    page = await client.get("/vans/esik")
    assert page.status_code == 429
    assert int(page.headers["Retry-After"]) <= 61
    assert (await client.get("/api/v1/villages/esik")).status_code == 429
    async with centre.database.read() as session:
        assert (await session.execute(select(Trip))).first() is None
