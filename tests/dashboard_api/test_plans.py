"""Routes, timetables, trips and crews over the API."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import select

from geo.plans.making import make_trips
from models.operator import AuditEntry
from tests.builders import build_region, build_vehicle, names
from tests.dashboard_api.conftest import Centre

pytestmark = pytest.mark.postgis
DAY = {"from": "2026-03-19", "to": "2026-03-20"}


def stop(longitude: float, arrive_min: int, **changes: Any) -> dict[str, Any]:
    plain = {
        "name": names(f"Village {longitude}"),
        "latitude": 43.0,
        "longitude": longitude,
        "arrive_after_s": arrive_min * 60,
        "stay_s": 3600,
    }
    return plain | changes


def route(region_id: object, **changes: Any) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "name": names("Round"),
        "region_id": str(region_id),
        "line": [[77.0, 43.0], [77.5, 43.0], [77.0, 43.0]],
        "stops": [stop(77.2, 30), stop(77.5, 150)],
    }
    return plain | changes


async def plan(centre: Centre, client: httpx.AsyncClient) -> dict[str, Any]:
    """A route with a timetable of Thursdays at one o'clock, noon being now on a Thursday."""
    async with centre.database.transaction() as session:
        van = await build_vehicle(session)
        region_id = await build_region(session)
    made = await client.post("/api/v1/routes", json=route(region_id))
    assert made.status_code == 201, made.text
    timetable = {
        "route_id": made.json()["id"],
        "vehicle_id": str(van),
        "weekdays": [4],
        "starts_at": "13:00",
        "valid_from": "2026-03-01",
    }
    added = await client.post("/api/v1/timetables", json=timetable)
    assert added.status_code == 201, added.text
    return {
        "van": str(van),
        "region": str(region_id),
        "route": made.json(),
        "timetable": timetable | {"id": added.json()["id"]},
    }


async def trips(client: httpx.AsyncClient, **query: str) -> list[dict[str, Any]]:
    answer = await client.get("/api/v1/trips", params=DAY | query)
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_a_timetable_makes_the_days_plan(centre: Centre) -> None:
    client = await centre.signed_in("dispatcher")
    made = await plan(centre, client)
    assert [
        round(s["progress_m"] / made["route"]["length_m"], 2) for s in made["route"]["stops"]
    ] == [
        0.2,
        0.5,
    ]
    (trip,) = await trips(client)
    assert trip["plate"]
    assert trip["planned_start_at"] == "2026-03-19T08:00:00Z"
    assert [visit["planned_arrival_at"] for visit in trip["visits"]] == [
        "2026-03-19T08:30:00Z",
        "2026-03-19T10:30:00Z",
    ]
    assert {visit["state"] for visit in trip["visits"]} == {"planned"}
    later = await trips(client, to="2026-04-02")
    assert [one["service_date"] for one in later] == ["2026-03-19", "2026-03-26", "2026-04-02"]
    first = await client.get("/api/v1/trips", params=DAY | {"to": "2026-04-02", "limit": "2"})
    rest = await trips(client, to="2026-04-02", cursor=first.json()["next_cursor"])
    assert [one["id"] for one in first.json()["items"] + rest] == [one["id"] for one in later]


async def test_a_preview_shows_the_days_and_what_is_taken(centre: Centre) -> None:
    client = await centre.signed_in("dispatcher")
    made = await plan(centre, client)
    asked = {key: value for key, value in made["timetable"].items() if key != "id"}
    wanted = asked | {"weekdays": [4, 5], "starts_at": "14:00", "every_weeks": 2}
    days = (await client.post("/api/v1/timetables/preview", json=wanted)).json()
    # The week of 19 March is an odd one counted from 1 March, so the next is the week after.
    assert [day["service_date"] for day in days][:3] == ["2026-03-26", "2026-03-27", "2026-04-09"]
    assert [day["taken"] for day in days][:3] == [True, False, False]
    reversed_span = wanted | {"valid_until": "2026-02-01"}
    refused = await client.post("/api/v1/timetables/preview", json=reversed_span)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "valid_until"


async def test_a_trip_is_cancelled_with_its_reason_and_never_made_again(centre: Centre) -> None:
    client = await centre.signed_in("dispatcher")
    await plan(centre, client)
    (trip,) = await trips(client)
    url = f"/api/v1/trips/{trip['id']}/cancel"
    assert (await client.post(url, json={"why": " "})).status_code == 422
    cancelled = (await client.post(url, json={"why": "Боран"})).json()
    assert (cancelled["state"], cancelled["cancelled_why"]) == ("cancelled", "Боран")
    again = await client.post(url, json={"why": "Боран"})
    assert again.status_code == 409
    async with centre.database.read() as session:
        entry = (
            await session.execute(select(AuditEntry).where(AuditEntry.action == "trip.cancel"))
        ).scalar_one()
    assert entry.details == {"why": "Боран"}
    assert [one["state"] for one in await trips(client)] == ["cancelled"]


async def test_a_single_trip_is_added_once(centre: Centre) -> None:
    client = await centre.signed_in("dispatcher")
    made = await plan(centre, client)
    wanted = {
        "vehicle_id": made["van"],
        "route_id": made["route"]["id"],
        "service_date": "2026-03-20",
        "starts_at": "09:30",
        "note": "Ауыл мерекесі",
    }
    added = await client.post("/api/v1/trips", json=wanted)
    assert added.status_code == 201, added.text
    assert added.json()["planned_start_at"] == "2026-03-20T04:30:00Z"
    assert (await client.get(added.headers["Location"])).json()["note"] == "Ауыл мерекесі"
    assert (await client.post("/api/v1/trips", json=wanted)).status_code == 409
    over = await client.post("/api/v1/trips", json=wanted | {"service_date": "2026-03-18"})
    assert over.json()["errors"][0]["field"] == "starts_at"


async def test_a_changed_route_moves_what_has_not_begun(centre: Centre) -> None:
    client = await centre.signed_in("dispatcher")
    made = await plan(centre, client)
    centre.clock.advance(timedelta(hours=1, minutes=30))  # today's trip is under way
    changed = route(made["region"], stops=[stop(77.2, 60)])
    new = await client.put(f"/api/v1/routes/{made['route']['id']}", json=changed)
    assert new.json()["version"] == 2
    assert new.json()["replaces_id"] == made["route"]["id"]
    later = await trips(client, to="2026-03-26")
    assert [one["route"]["id"] for one in later] == [made["route"]["id"], new.json()["id"]]
    assert [len(one["visits"]) for one in later] == [2, 1]
    listed = (await client.get("/api/v1/routes")).json()["items"]
    assert [one["id"] for one in listed] == [new.json()["id"]]
    again = await client.put(f"/api/v1/routes/{made['route']['id']}", json=changed)
    assert again.status_code == 409
    gone = await client.delete(f"/api/v1/routes/{new.json()['id']}")
    assert gone.status_code == 204
    assert len(await trips(client, to="2026-03-26")) == 1
    assert (await client.get("/api/v1/timetables")).json()["items"] == []


async def test_an_ended_timetable_takes_its_trips_along(centre: Centre) -> None:
    client = await centre.signed_in("dispatcher")
    made = await plan(centre, client)
    url = f"/api/v1/timetables/{made['timetable']['id']}"
    assert (await client.delete(url)).status_code == 204
    assert await trips(client) == []
    assert (await client.delete(url)).status_code == 404


async def test_a_crew_is_of_the_vans_region(centre: Centre) -> None:
    client = await centre.signed_in("dispatcher")
    made = await plan(centre, client)
    (trip,) = await trips(client)
    person = {"full_name": "Асқар Жүнісов", "role": "driver", "region_id": made["region"]}
    driver = (await client.post("/api/v1/crew", json=person)).json()
    url = f"/api/v1/trips/{trip['id']}/crew"
    manned = (await client.put(url, json={"crew": [driver["id"]]})).json()
    assert [one["full_name"] for one in manned["crew"]] == ["Асқар Жүнісов"]
    stranger = await client.put(url, json={"crew": [str(uuid4())]})
    assert stranger.status_code == 422
    await client.delete(f"/api/v1/crew/{driver['id']}")
    assert (await client.get("/api/v1/crew")).json()["items"] == []
    assert (await trips(client))[0]["crew"] != []


async def test_a_changed_timetable_takes_its_trips_along_with_their_crews(centre: Centre) -> None:
    client = await centre.signed_in("dispatcher")
    made = await plan(centre, client)
    person = {"full_name": "Асқар Жүнісов", "role": "driver", "region_id": made["region"]}
    driver = (await client.post("/api/v1/crew", json=person)).json()
    first, second, third = await trips(client, to="2026-04-02")
    await client.put(f"/api/v1/trips/{second['id']}/crew", json={"crew": [driver["id"]]})
    await client.post(f"/api/v1/trips/{third['id']}/cancel", json={"why": "Боран"})
    centre.clock.advance(timedelta(hours=1, minutes=30))  # today's trip is under way
    change = {key: value for key, value in made["timetable"].items() if key != "id"}
    change |= {"weekdays": [4, 5], "starts_at": "14:30"}
    url = f"/api/v1/timetables/{made['timetable']['id']}"
    preview = await client.post(
        "/api/v1/timetables/preview",
        json=change | {"timetable_id": made["timetable"]["id"], "starts_at": "13:10"},
    )
    assert not any(day["taken"] for day in preview.json())
    changed = await client.put(url, json=change)
    assert (changed.status_code, changed.json()["starts_at"]) == (200, "14:30:00")
    after = await trips(client, to="2026-04-02")
    assert [(one["service_date"][5:], one["planned_start_at"][11:16]) for one in after] == [
        ("03-19", "08:00"),  # as it began, and no second one on its day
        ("03-20", "09:30"),
        ("03-26", "09:30"),
        ("03-27", "09:30"),
        ("04-02", "09:30"),
    ]
    assert [after[0], after[2]["id"], after[4]["id"]] == [first, second["id"], third["id"]]
    assert after[2]["visits"][0]["planned_arrival_at"] == "2026-03-26T10:00:00Z"
    assert [one["full_name"] for one in after[2]["crew"]] == ["Асқар Жүнісов"]
    assert after[4]["state"] == "cancelled"
    fridays = await client.put(url, json=change | {"weekdays": [5]})
    assert fridays.status_code == 200
    left = await trips(client, to="2026-04-02")
    assert [(one["service_date"][5:], one["state"]) for one in left] == [
        ("03-19", "planned"), ("03-20", "planned"), ("03-27", "planned"), ("04-02", "cancelled"),
    ]  # fmt: skip
    assert (await client.delete(url)).status_code == 204
    assert (await client.put(url, json=change)).status_code == 404


async def test_a_crew_goes_on_the_later_trips_too(centre: Centre) -> None:
    client = await centre.signed_in("dispatcher")
    made = await plan(centre, client)
    person = {"full_name": "Асқар Жүнісов", "role": "driver", "region_id": made["region"]}
    driver = (await client.post("/api/v1/crew", json=person)).json()["id"]
    gone = (await client.post("/api/v1/crew", json=person)).json()["id"]
    first, second, _ = await trips(client, to="2026-04-02")
    url = f"/api/v1/trips/{second['id']}/crew"
    both = {"crew": [driver, gone], "later": True}
    assert (await client.put(url, json=both)).status_code == 200
    await client.delete(f"/api/v1/crew/{gone}")  # who left goes on no trip that is yet to be made
    centre.clock.advance(timedelta(days=7))
    async with centre.database.transaction() as session:
        await make_trips(session, centre.clock.now())
    client = await centre.signed_in("dispatcher")  # anew: it is a week later
    manned = await trips(client, to="2026-04-09")
    assert [len(one["crew"]) for one in manned] == [0, 2, 2, 1]
    assert {one["timetable_id"] for one in manned} == {made["timetable"]["id"]}
    assert (await client.delete(f"/api/v1/timetables/{made['timetable']['id']}")).status_code == 204
    assert [one["service_date"] for one in await trips(client, to="2026-04-09")] == ["2026-03-19"]
    single = {
        "vehicle_id": made["van"], "route_id": made["route"]["id"],
        "service_date": "2026-03-28", "starts_at": "09:30",
    }  # fmt: skip
    alone = (await client.post("/api/v1/trips", json=single)).json()
    refused = await client.put(
        f"/api/v1/trips/{alone['id']}/crew", json={"crew": [], "later": True}
    )
    assert refused.status_code == 422
    assert first["crew"] == []


async def test_plans_of_another_region_do_not_exist(centre: Centre) -> None:
    made = await plan(centre, await centre.signed_in("dispatcher"))
    async with centre.database.transaction() as session:
        far = await build_region(session, "KZ-71")
    stranger = await centre.signed_in("dispatcher", login="far", region_id=far)
    assert (await stranger.get(f"/api/v1/routes/{made['route']['id']}")).status_code == 404
    assert await trips(stranger) == []
    assert (await stranger.get("/api/v1/timetables")).json()["items"] == []
    mine = await stranger.post("/api/v1/routes", json=route(made["region"]))
    assert mine.status_code == 403


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"line": [[77.0, 43.0], [77.0, 43.0]]}, "two different points"),
        ({"stops": [stop(77.2, 30), stop(77.4, 40)]}, "90 minutes"),
        ({"line": [[77.0, 143.0], [77.1, 43.0]]}, "less than or equal to 90"),
        ({"stops": [stop(77.2, 30, village="Not An Address")]}, "pattern"),
    ],
    ids=["no-line", "overlap", "off-earth", "address"],
)
async def test_a_route_that_cannot_be_meant_is_refused(
    centre: Centre, changes: dict[str, Any], said: str
) -> None:
    client = await centre.signed_in("dispatcher")
    answer = await client.post("/api/v1/routes", json=route(centre.office.region_id, **changes))
    assert answer.status_code == 422
    assert said in answer.json()["detail"]
