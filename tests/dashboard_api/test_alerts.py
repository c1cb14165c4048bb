"""The alert list and what a person does to an alert."""

from datetime import timedelta
from uuid import UUID

import pytest

from models.alert import Alert
from models.kit.ids import new_id
from tests.builders import NOON, build_office, build_vehicle
from tests.dashboard_api.conftest import Centre

pytestmark = pytest.mark.postgis


async def _raise(centre: Centre, minutes: int, **of: UUID | None) -> str:
    at = NOON + timedelta(minutes=minutes)
    alert = Alert(
        id=new_id(),
        rule="queue_too_long",
        subject=f"zone:{new_id()}",
        severity="warning",
        state="open",
        active=True,
        since_at=at,
        raised_at=at,
        details={"people": 9},
        **({"office_id": centre.office.office_id} | of),
    )
    async with centre.database.transaction() as session:
        session.add(alert)
    return str(alert.id)


async def test_newest_come_first_page_by_page(centre: Centre) -> None:
    made = [await _raise(centre, minutes) for minutes in range(5)]
    client = await centre.signed_in("operator")
    first = (await client.get("/api/v1/alerts", params={"limit": 3})).json()
    await _raise(centre, 9)
    query = {"limit": "3", "cursor": first["next_cursor"]}
    second = (await client.get("/api/v1/alerts", params=query)).json()
    listed = [alert["id"] for alert in first["items"] + second["items"]]
    assert listed == made[::-1]
    assert second["next_cursor"] is None
    assert first["items"][0]["office"]["name"]["kk"] == "almaty-1"


async def test_acknowledged_then_resolved_with_both_names(centre: Centre) -> None:
    alert_id = await _raise(centre, 0)
    client = await centre.signed_in("operator")
    url = f"/api/v1/alerts/{alert_id}"
    taken = await client.post(f"{url}/acknowledge", json={"note": "қоңырау шалдым"})
    assert taken.status_code == 200, taken.text
    assert taken.json()["state"] == "acknowledged"
    assert taken.json()["acknowledged_by"]["full_name"] == "Әйгерім Сапарова"
    assert (await client.post(f"{url}/acknowledge")).status_code == 200
    done = await client.post(f"{url}/resolve", json={})
    assert done.json()["state"] == "resolved"
    assert [line["kind"] for line in done.json()["updates"]] == ["acknowledged", "resolved"]
    assert done.json()["updates"][0]["note"] == "қоңырау шалдым"
    assert (await client.post(f"{url}/resolve")).status_code == 409
    left = (await client.get("/api/v1/alerts", params={"state": "open,acknowledged"})).json()
    assert left["items"] == []


async def test_dispatcher_sees_alerts_about_vans_only(centre: Centre) -> None:
    async with centre.database.transaction() as session:
        van = await build_vehicle(session)
    office_alert = await _raise(centre, 0)
    van_alert = await _raise(centre, 1, office_id=None, vehicle_id=van)
    client = await centre.signed_in("dispatcher")
    listed = (await client.get("/api/v1/alerts")).json()["items"]
    assert [alert["id"] for alert in listed] == [van_alert]
    assert (await client.get(f"/api/v1/alerts/{office_alert}")).status_code == 404
    assert (await client.post(f"/api/v1/alerts/{office_alert}/resolve")).status_code == 404
    assert (await client.post(f"/api/v1/alerts/{van_alert}/resolve")).status_code == 200


async def test_alerts_of_another_region_do_not_exist(centre: Centre) -> None:
    async with centre.database.transaction() as session:
        far = await build_office(session, code="astana-1", region_code="KZ-71")
    near_alert = await _raise(centre, 0)
    far_alert = await _raise(centre, 1, office_id=far.office_id)
    client = await centre.signed_in("operator", region_id=far.region_id)
    listed = (await client.get("/api/v1/alerts")).json()["items"]
    assert [alert["id"] for alert in listed] == [far_alert]
    assert (await client.get(f"/api/v1/alerts/{near_alert}")).status_code == 404
