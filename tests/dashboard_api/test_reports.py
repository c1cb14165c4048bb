"""Reports over the API: totals, the rows they are made of, and files."""

import io
import zipfile
from typing import Any

import httpx
import pytest
from sqlalchemy import update

from models.plan import StopVisit, Trip
from tests.builders import NOON, build_region
from tests.dashboard_api.conftest import Centre
from tests.dashboard_api.test_plans import plan, trips

pytestmark = pytest.mark.postgis
SPAN = {"from": "2026-03-19", "to": "2026-03-26", "lang": "ru"}


async def _reported(centre: Centre) -> tuple[httpx.AsyncClient, dict[str, Any]]:
    """Two trips a week apart; the first stop of the first was served with seven people."""
    client = await centre.signed_in("dispatcher")
    made = await plan(centre, client)
    (trip,) = await trips(client)
    async with centre.database.transaction() as session:
        await session.execute(
            update(Trip).where(Trip.id == trip["id"]).values(state="done", started_at=NOON)
        )
        await session.execute(
            update(StopVisit)
            .where(StopVisit.trip_id == trip["id"], StopVisit.sequence == 1)
            .values(
                state="served",
                arrived_at=NOON.replace(hour=8, minute=40),
                departed_at=NOON.replace(hour=9, minute=20),
                people_served=7,
            )
        )
    return client, made


async def test_totals_name_exactly_their_rows(centre: Centre) -> None:
    client, made = await _reported(centre)
    totals = (await client.get("/api/v1/reports/plan-fact", params=SPAN)).json()
    assert totals["title"] == "План и факт"
    keys = [column["key"] for column in totals["columns"]]
    assert dict(zip(keys, totals["total"], strict=True)) == {
        "visits": 4,
        "served": 1,
        "missed": 0,
        "on_time_percent": 100.0,
        "stayed_min": 40,
        "people": 7,
    }
    assert [group["label"] for group in totals["groups"]] == ["2026-03-19", "2026-03-26"]
    for group in totals["groups"]:
        span = {"from": group["first"], "to": group["last"], "lang": "ru"}
        rows = (await client.get("/api/v1/reports/plan-fact/rows", params=span)).json()
        assert len(rows["rows"]) == group["cells"][0]
        assert rows["next_cursor"] is None
    by_van = await client.get("/api/v1/reports/plan-fact", params=SPAN | {"by": "vehicle"})
    (van,) = by_van.json()["groups"]
    assert van["vehicle_id"] == made["van"]


async def test_rows_come_a_day_at_a_time(centre: Centre) -> None:
    client, _ = await _reported(centre)
    days, cursor = [], None
    while True:
        query = SPAN | ({"cursor": cursor} if cursor else {})
        answer = (await client.get("/api/v1/reports/trips/rows", params=query)).json()
        days.append((answer["day"][-2:], len(answer["rows"])))
        cursor = answer["next_cursor"]
        if cursor is None:
            break
    assert [day for day in days if day[1]] == [("19", 1), ("26", 1)]
    assert len(days) == 8
    outside = await client.get("/api/v1/reports/trips/rows", params=SPAN | {"cursor": "2026-04-01"})
    assert outside.status_code == 422


async def test_files_hold_every_row(centre: Centre) -> None:
    client, _ = await _reported(centre)
    url = "/api/v1/reports/plan-fact/file"
    csv = await client.get(url, params=SPAN | {"form": "csv"})
    lines = csv.text.lstrip("\ufeff").splitlines()
    assert lines[0].startswith("День;Автомобиль;Регион")
    assert len(lines) == 5
    assert ";2026-03-19 13:40;10;" in lines[1]
    assert 'filename="plan-fact-2026-03-19-2026-03-26.csv"' in csv.headers["content-disposition"]
    xlsx = await client.get(url, params=SPAN | {"form": "xlsx"})
    with zipfile.ZipFile(io.BytesIO(xlsx.content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert sheet.count("<row ") == 5
    pdf = await client.get(url, params=SPAN | {"form": "pdf", "lang": "kk"})
    assert pdf.content.startswith(b"%PDF-")
    assert b"NotoSans" in pdf.content  # the font travels inside
    trail = (await (await centre.signed_in("auditor")).get("/api/v1/audit")).json()["items"]
    assert [entry["action"] for entry in trail].count("report.export") == 3


async def test_a_region_sees_its_own_vans(centre: Centre) -> None:
    _, made = await _reported(centre)
    async with centre.database.transaction() as session:
        far = await build_region(session, "KZ-71")
    stranger = await centre.signed_in("dispatcher", login="far", region_id=far)
    asked = SPAN | {"region_id": made["region"]}
    assert (await stranger.get("/api/v1/reports/trips", params=asked)).json()["groups"] == []
    of_van = await stranger.get("/api/v1/reports/trips", params=SPAN | {"vehicle_id": made["van"]})
    assert of_van.status_code == 404


@pytest.mark.parametrize(
    "changes",
    [{"from": "2026-03-27"}, {"to": "2028-01-01"}, {"lang": "de"}, {"from": "yesterday"}],
    ids=["reversed", "too-long", "language", "no-day"],
)
async def test_a_span_that_cannot_be_meant_is_refused(
    centre: Centre, changes: dict[str, str]
) -> None:
    client = await centre.signed_in("auditor")
    answer = await client.get("/api/v1/reports/mileage", params=SPAN | changes)
    assert answer.status_code == 422
