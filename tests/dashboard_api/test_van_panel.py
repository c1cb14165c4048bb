"""A crew's phone: pairing, what it reads, what it reports, and where it was."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import cv2
import httpx
import numpy as np
import pytest
from sqlalchemy import func, select, text

from dashboard_api.services import PANEL_CALLS
from ingest.gps.devices import Devices
from ingest.gps.intake import Intake
from ingest.gps.receivers.osmand_http import OsmandReceiver
from ingest.gps.store import PositionStore
from models.alert import Alert, AlertUpdate
from models.kit.clock import SystemClock
from models.kit.settings import Settings
from models.operator import AuditEntry
from models.plan import StopVisit, Trip, VanPanel, VanReport
from models.vehicle import Device
from tests.builders import NOON, build_region, build_vehicle
from tests.dashboard_api.conftest import Centre
from tests.dashboard_api.test_plans import plan, trips

pytestmark = pytest.mark.postgis


async def paired(centre: Centre, van: object) -> httpx.AsyncClient:
    """A phone that a dispatcher paired with the van; its link is in ``link``."""
    dispatcher = await centre.signed_in("dispatcher")
    made = await dispatcher.post(f"/api/v1/vehicles/{van}/panels")
    assert made.status_code == 201, made.text
    phone = await centre.client()
    phone.headers["Authorization"] = f"Bearer {made.json()['link'].partition('#')[2]}"
    return phone


async def a_van(centre: Centre) -> UUID:
    async with centre.database.transaction() as session:
        return await build_vehicle(session)


def report(kind: str, at: datetime = NOON, **more: Any) -> dict[str, Any]:
    return {"id": str(uuid4()), "kind": kind, "happened_at": at.isoformat()} | more


async def send(phone: httpx.AsyncClient, *reports: dict[str, Any]) -> list[dict[str, Any]]:
    answer = await phone.post("/api/v1/van/reports", json={"reports": list(reports)})
    assert answer.status_code == 200, answer.text
    results: list[dict[str, Any]] = answer.json()["results"]
    return results


async def alerts(centre: Centre) -> list[Alert]:
    async with centre.database.read() as session:
        return list(await session.scalars(select(Alert).order_by(Alert.raised_at, Alert.id)))


async def test_a_phone_that_asks_without_end_waits_and_stops_no_other(centre: Centre) -> None:
    van = await a_van(centre)
    hasty, other = await paired(centre, van), await paired(centre, van)
    answers = [await hasty.get("/api/v1/van") for _ in range(PANEL_CALLS + 1)]
    assert {answer.status_code for answer in answers[:-1]} == {200}
    refused = answers[-1]
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "61")
    assert (await other.get("/api/v1/van")).status_code == 200
    centre.clock.advance(timedelta(seconds=61))
    assert (await send(hasty, report("arrived")))[0]["accepted"]


async def test_a_phone_is_paired_by_a_link_that_nobody_can_read_again(centre: Centre) -> None:
    van = await a_van(centre)
    dispatcher = await centre.signed_in("dispatcher")
    url = f"/api/v1/vehicles/{van}/panels"
    made = (await dispatcher.post(url)).json()
    origin, _, token = made["link"].partition("#")
    assert origin == "http://localhost:8080/van"
    picture = np.array([[255 * (c == "0") for c in row] for row in made["qr"]], np.uint8)
    large = cv2.resize(picture, None, fx=6, fy=6, interpolation=cv2.INTER_NEAREST)
    assert cv2.QRCodeDetector().detectAndDecode(large)[0] == made["link"]
    (listed,) = (await dispatcher.get(url)).json()["items"]
    assert token not in str(listed)
    assert (listed["id"], listed["seen_at"]) == (made["id"], None)
    phone = await centre.client()
    phone.headers["Authorization"] = f"Bearer {token}"
    assert (await phone.get("/api/v1/van")).json()["vehicle"]["id"] == str(van)
    (listed,) = (await dispatcher.get(url)).json()["items"]
    assert listed["seen_at"] is not None
    async with centre.database.read() as session:
        kept = (await session.execute(select(VanPanel.token_sha256))).scalar_one()
        assert token.encode() not in kept
        device = select(Device.identifier).where(Device.identifier.startswith("panel-"))
        assert (await session.execute(device)).scalar_one() == f"panel-{made['id']}"

    assert (await dispatcher.delete(f"{url}/{made['id']}")).status_code == 204
    refused = await phone.get("/api/v1/van")
    assert (refused.status_code, "new link" in refused.json()["detail"]) == (401, True)
    async with centre.database.read() as session:
        assert (await session.execute(device)).scalar_one_or_none() is None
        done = await session.scalars(select(AuditEntry.action).order_by(AuditEntry.id))
        assert list(done) == ["panel.pair", "panel.revoke"]
    assert (await dispatcher.delete(f"{url}/{uuid4()}")).status_code == 404


async def test_a_dispatcher_pairs_only_vans_of_the_own_region(centre: Centre) -> None:
    van = await a_van(centre)
    async with centre.database.transaction() as session:
        elsewhere = await build_region(session, "KZ-10")
    stranger = await centre.signed_in("dispatcher", login="far", region_id=elsewhere)
    assert (await stranger.post(f"/api/v1/vehicles/{van}/panels")).status_code == 404


async def test_a_phone_shows_the_days_trip_and_tomorrows(centre: Centre) -> None:
    dispatcher = await centre.signed_in("dispatcher")
    made = await plan(centre, dispatcher)
    phone = await paired(centre, made["van"])
    shown = (await phone.get("/api/v1/van")).json()
    (trip,) = shown["trips"]
    assert trip["service_date"] == "2026-03-19"
    assert [visit["state"] for visit in trip["visits"]] == ["planned", "planned"]
    centre.clock.advance(timedelta(days=6))  # the day before the next trip
    shown = (await phone.get("/api/v1/van")).json()
    assert [trip["service_date"] for trip in shown["trips"]] == ["2026-03-26"]


async def test_reports_count_once_and_a_bad_one_stops_no_other(centre: Centre) -> None:
    dispatcher = await centre.signed_in("dispatcher")
    made = await plan(centre, dispatcher)
    (trip,) = await trips(dispatcher)
    stop = {"trip_id": trip["id"], "sequence": 1}
    phone = await paired(centre, made["van"])
    said = [
        report("arrived", **stop),
        report("dancing", **stop),
        report("people_served", NOON + timedelta(minutes=2), people=3, **stop),
        {"kind": "arrived"},
        report("people_served", **stop),
        report("departed", NOON + timedelta(hours=1), **stop),
        report("departed", trip_id=str(uuid4()), sequence=1),
    ]
    results = await send(phone, *said)
    assert [one["accepted"] for one in results] == [True, False, True, False, False, False, True]
    assert [one["tied"] for one in results] == [True, False, True, False, False, False, False]
    assert "60 minutes ahead" in results[5]["problem"]["detail"]
    assert results[3]["id"] is None
    again = await send(phone, *said)
    assert [one["repeated"] for one in again] == [True, False, True, False, False, False, True]
    (trip,) = await trips(dispatcher)
    assert trip["visits"][0]["people_served"] == 3
    span = {"from": "2026-03-19T00:00:00Z", "to": "2026-03-20T00:00:00Z"}
    listed = (await dispatcher.get("/api/v1/van-reports", params=span)).json()["items"]
    assert listed[0]["kind"] == "people_served"
    assert len(listed) == 3
    assert listed[0]["stop"] == trip["visits"][0]["name"]
    assert listed[0]["plate"] == trip["plate"]


async def test_the_last_count_of_a_stop_is_the_latest_said_not_sent(centre: Centre) -> None:
    dispatcher = await centre.signed_in("dispatcher")
    made = await plan(centre, dispatcher)
    (trip,) = await trips(dispatcher)
    stop = {"trip_id": trip["id"], "sequence": 2}
    one, other = await paired(centre, made["van"]), await paired(centre, made["van"])
    await send(one, report("people_served", NOON, people=9, **stop))
    await send(other, report("people_served", NOON - timedelta(minutes=30), people=4, **stop))
    (trip,) = await trips(dispatcher)
    assert trip["visits"][1]["people_served"] == 9


async def test_a_call_for_help_is_a_critical_alert_whatever_the_phones_clock(
    centre: Centre,
) -> None:
    phone = await paired(centre, await a_van(centre))
    sos = report("sos", NOON + timedelta(days=400), latitude=43.2, longitude=76.9)
    (result,) = await send(phone, sos)
    assert result["accepted"]
    await send(phone, sos)
    (alert,) = await alerts(centre)
    assert (alert.rule, alert.severity, alert.state) == ("van_sos", "critical", "open")
    assert alert.since_at == NOON
    assert alert.details["place"] == "43.20000, 76.90000"
    assert alert.details["plate"]
    (still,) = (await phone.get("/api/v1/van")).json()["open_reports"]
    assert (still["id"], still["state"]) == (sos["id"], "open")

    await send(phone, report("sos"))  # nobody has seen the first yet: one alert, said twice
    assert len(await alerts(centre)) == 1
    dispatcher = await centre.signed_in("dispatcher")
    await dispatcher.post(f"/api/v1/alerts/{alert.id}/acknowledge", json={})
    (still,) = (await phone.get("/api/v1/van")).json()["open_reports"]
    assert still["state"] == "acknowledged"
    await send(phone, report("sos"))  # a new cry after it was seen must be seen again
    assert [one.state for one in await alerts(centre)].count("open") == 1
    assert len(await alerts(centre)) == 2
    async with centre.database.read() as session:
        lines = await session.scalars(select(AlertUpdate.kind).order_by(AlertUpdate.id))
        assert list(lines) == ["raised", "reraised", "acknowledged", "raised"]


async def test_a_problem_is_a_warning_that_a_person_resolves(centre: Centre) -> None:
    phone = await paired(centre, await a_van(centre))
    bad, good = report("problem"), report("problem", problem="road", note="Жол жабық")
    results = await send(phone, bad, good)
    assert [one["accepted"] for one in results] == [False, True]
    (alert,) = await alerts(centre)
    assert (alert.rule, alert.severity) == ("van_problem", "warning")
    assert (alert.details["problem"], alert.details["note"]) == ("road", "Жол жабық")
    dispatcher = await centre.signed_in("dispatcher")
    assert (await dispatcher.get("/api/v1/alerts")).json()["items"][0]["id"] == str(alert.id)
    await dispatcher.post(f"/api/v1/alerts/{alert.id}/resolve", json={})
    assert (await phone.get("/api/v1/van")).json()["open_reports"] == []


async def test_a_report_of_another_van_cannot_be_taken_over(centre: Centre) -> None:
    async with centre.database.transaction() as session:
        vans = [
            await build_vehicle(session, plate=f"00{n} AA 02", identifier=f"v{n}") for n in (1, 2)
        ]
    first, second = await paired(centre, vans[0]), await paired(centre, vans[1])
    said = report("arrived", vehicle_id=str(vans[0]))
    assert (await send(first, said))[0]["accepted"]
    del said["vehicle_id"]
    (refused,) = await send(second, said)
    assert (refused["accepted"], refused["problem"]["status"]) == (False, 409)
    # The phone was paired anew, with another van, before it could send.
    (refused,) = await send(second, report("sos", vehicle_id=str(vans[0])))
    assert (refused["accepted"], refused["problem"]["status"]) == (False, 422)
    assert await alerts(centre) == []


async def test_a_removed_trip_leaves_what_was_said_of_it(centre: Centre) -> None:
    dispatcher = await centre.signed_in("dispatcher")
    made = await plan(centre, dispatcher)
    (trip,) = await trips(dispatcher)
    phone = await paired(centre, made["van"])
    await send(phone, report("arrived", trip_id=trip["id"], sequence=1))
    async with centre.database.transaction() as session:
        await session.execute(text("DELETE FROM trip WHERE id = :id"), {"id": trip["id"]})
    async with centre.database.read() as session:
        (kept,) = await session.scalars(select(VanReport))
        assert (kept.kind, kept.trip_id, kept.sequence) == ("arrived", None, None)
        assert (await session.execute(select(func.count()).select_from(StopVisit))).scalar() != 0
        assert await session.get(Trip, trip["id"]) is None


async def test_a_phone_is_a_tracker_and_is_answered_after_the_commit(
    centre: Centre, settings: Settings
) -> None:
    van = await a_van(centre)
    phone = await paired(centre, van)
    clock = SystemClock()
    at = clock.now().replace(microsecond=0)
    fixes = [
        {
            "fixed_at": (at - timedelta(seconds=30 * back)).isoformat(),
            "latitude": 43.2 + back / 1000,
            "longitude": 76.9,
            "accuracy_m": 8.0,
            "speed_m_s": 10.0,
        }
        for back in (2, 1, 0)
    ]
    body = {"positions": fixes}
    away = settings.model_copy(update={"osmand_port": 9})
    centre.app.state.services = replace(centre.app.state.services, settings=away)
    refused = await phone.post("/api/v1/van/positions", json=body)
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "10")

    store, stop = PositionStore(centre.database, clock), asyncio.Event()
    receiver = OsmandReceiver(Intake(Devices(centre.database, clock), store), clock)
    writing = asyncio.create_task(store.run(stop))
    try:
        port = await receiver.start("127.0.0.1", 0)
        here = settings.model_copy(update={"osmand_port": port, "gps_host": "0.0.0.0"})
        centre.app.state.services = replace(centre.app.state.services, settings=here)
        for _ in range(2):  # an answer that was lost on the way
            taken = await phone.post("/api/v1/van/positions", json=body)
            assert (taken.status_code, taken.json()["stored"]) == (200, 3)
            async with centre.database.read() as session:
                query = text("SELECT count(*), max(speed_km_h) FROM position WHERE vehicle_id=:v")
                assert tuple((await session.execute(query, {"v": van})).one()) == (3, 36.0)
    finally:
        stop.set()
        await receiver.close()
        await writing
