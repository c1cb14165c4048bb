"""Administrators set up vans and devices; strangers that report are seen."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from ingest.gps.decoders.message import Rejection
from ingest.gps.devices import Devices
from ingest.simulated import encoders
from models.kit.ids import new_id
from models.observations import PositionFix
from tests.dashboard_api.conftest import Centre

pytestmark = pytest.mark.postgis
IMEI = "356307042441013"
NAMES = {"kk": "Көлік", "ru": "Фургон", "en": "Van"}


async def region(client: httpx.AsyncClient) -> str:
    found: list[dict[str, Any]] = (await client.get("/api/v1/regions")).json()["items"]
    return str(found[0]["id"])


async def add(client: httpx.AsyncClient, plate: str = "001 AA 02") -> httpx.Response:
    wanted = {"plate": plate, "name": NAMES, "region_id": await region(client)}
    return await client.post("/api/v1/vehicles", json=wanted)


async def test_a_van_and_its_device_are_set_up(centre: Centre) -> None:
    admin = await centre.signed_in("admin")
    added = await add(admin, " 123 abc 02 ")
    assert added.status_code == 201
    van = added.json()
    assert (van["plate"], van["report_interval_s"], van["devices"]) == ("123 ABC 02", 30, [])
    assert added.headers["location"] == f"/api/v1/vehicles/{van['id']}"
    device = {"identifier": f" {IMEI} ", "protocol": "teltonika", "password": "s3cret"}
    answer = await admin.post(f"/api/v1/vehicles/{van['id']}/devices", json=device)
    assert answer.status_code == 201
    (shown,) = answer.json()["devices"]
    assert (shown["identifier"], shown["protocol"], shown["has_password"]) == (
        IMEI, "teltonika", True,
    )  # fmt: skip
    setup = (await admin.get("/api/v1/devices")).json()
    assert [(each["plate"], len(each["devices"])) for each in setup["vans"]] == [("123 ABC 02", 1)]
    assert {each["name"]: each["port"] for each in setup["protocols"]}["nmea"] == 5018
    assert "s3cret" not in str(setup) + answer.text
    gone = await admin.delete(f"/api/v1/vehicles/{van['id']}/devices/{shown['id']}")
    assert gone.status_code == 204
    again = await admin.delete(f"/api/v1/vehicles/{van['id']}/devices/{shown['id']}")
    assert again.status_code == 404
    async with centre.database.read() as session:
        actions = (
            await session.execute(text("SELECT action, details FROM audit_entry ORDER BY id"))
        ).all()
    named = [row[0] for row in actions if row[0].startswith(("vehicle", "device"))]
    assert named == ["vehicle.add", "device.add", "device.remove"]
    assert "s3cret" not in str(actions)


async def test_a_van_is_changed(centre: Centre) -> None:
    admin = await centre.signed_in("admin")
    van = (await add(admin)).json()
    await add(admin, "002 AA 02")
    wanted = {
        "plate": "003 AA 02", "name": NAMES, "region_id": van["region_id"], "report_interval_s": 10,
    }  # fmt: skip
    url = f"/api/v1/vehicles/{van['id']}"
    changed = await admin.put(url, json=wanted)
    assert (changed.status_code, changed.json()["plate"]) == (200, "003 AA 02")
    assert (await admin.put(url, json=wanted)).status_code == 200
    assert (await admin.put(url, json={**wanted, "plate": "002 aa 02"})).status_code == 409


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"plate": "001 aa 02"}, 409),
        ({"plate": " "}, 422),
        ({"plate": "<script>"}, 422),
        ({"region_id": str(new_id())}, 422),
        ({"report_interval_s": 0}, 422),
        ({"name": {"kk": "a"}}, 422),
    ],
    ids=["plate taken", "no plate", "odd plate", "no region", "no interval", "a name too few"],
)
async def test_a_van_that_cannot_be_is_refused(
    centre: Centre, change: dict[str, Any], status: int
) -> None:
    admin = await centre.signed_in("admin")
    await add(admin)
    wanted = {"plate": "002 AA 02", "name": NAMES, "region_id": await region(admin), **change}
    assert (await admin.post("/api/v1/vehicles", json=wanted)).status_code == status


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"identifier": "taken"}, 409),
        ({"protocol": "morse"}, 422),
        ({"identifier": "van-1", "protocol": "teltonika"}, 422),
        ({"identifier": "x" * 65}, 422),
        ({"identifier": "a\tb"}, 422),
    ],
    ids=["taken", "no protocol", "no IMEI", "too long", "not printable"],
)
async def test_a_device_that_cannot_be_is_refused(
    centre: Centre, change: dict[str, Any], status: int
) -> None:
    admin = await centre.signed_in("admin")
    url = f"/api/v1/vehicles/{(await add(admin)).json()['id']}/devices"
    taken = {"identifier": "taken", "protocol": "osmand"}
    assert (await admin.post(url, json=taken)).status_code == 201
    answer = await admin.post(url, json={"identifier": "new", "protocol": "wialon", **change})
    assert answer.status_code == status
    assert answer.json()["detail"]


async def test_strangers_that_report_are_seen_until_they_are_registered(centre: Centre) -> None:
    admin = await centre.signed_in("admin")
    now = centre.clock.now()
    stranger = await Devices(centre.database, centre.clock).admit("terminal-5", None)
    assert isinstance(stranger, Rejection)
    async with centre.database.transaction() as session:
        for device, ago, rejection in (
            (IMEI, 1, "unknown_device: no such device"),
            (IMEI, 2, "unknown_device: no such device"),
            ("phone-9", 3, "unknown_device: no such device"),
            (None, 3.5, f"unknown_device: {stranger.detail}"),  # of a relay
            ("van-1", 4, "malformed: nonsense"),
            ("van-2", 5, None),
            ("old", 24 * 8, "unknown_device: no such device"),
            (None, 1, "no_device: who?"),
        ):
            await session.execute(
                text(
                    "INSERT INTO raw_message (received_at, session_id, number, protocol, transport,"
                    " device, payload, rejection) VALUES (:at, :id, 0, 'teltonika', 'tcp', :device,"
                    " 'x', :rejection)"
                ),
                {
                    "at": now - timedelta(hours=ago),
                    "id": new_id(),
                    "device": device,
                    "rejection": rejection,
                },
            )
    found = (await admin.get("/api/v1/devices/unknown")).json()["items"]
    assert [(each["identifier"], each["messages"]) for each in found] == [
        (IMEI, 2), ("phone-9", 1), ("terminal-5", 1),
    ]  # fmt: skip
    url = f"/api/v1/vehicles/{(await add(admin)).json()['id']}/devices"
    await admin.post(url, json={"identifier": IMEI, "protocol": "teltonika"})
    found = (await admin.get("/api/v1/devices/unknown")).json()["items"]
    assert [each["identifier"] for each in found] == ["phone-9", "terminal-5"]


async def keep(centre: Centre, at: datetime, number: int, payload: bytes, **more: Any) -> None:
    """Keep a message of the conversation CALL, as the receivers do."""
    row = {
        "at": at, "id": CALL, "number": number, "device": IMEI, "payload": payload,
        "rejection": None, "checksum": False, **more,
    }  # fmt: skip
    async with centre.database.transaction() as session:
        await session.execute(
            text(
                "INSERT INTO raw_message (received_at, session_id, number, protocol, transport,"
                " device, payload, rejection, checksum_failed) VALUES (:at, :id, :number, 'wialon',"
                " 'tcp', :device, :payload, :rejection, :checksum)"
            ),
            row,
        )


CALL = new_id()


async def device_of(admin: httpx.AsyncClient, plate: str = "001 AA 02") -> tuple[str, str]:
    """Add a van with a tracker; return the ids of both."""
    van = (await add(admin, plate)).json()["id"]
    device = {"identifier": IMEI, "protocol": "wialon", "password": "s3cret"}
    answer = await admin.post(f"/api/v1/vehicles/{van}/devices", json=device)
    return van, answer.json()["devices"][0]["id"]


async def test_how_a_device_reports_is_told_to_dispatchers_under_a_masked_name(
    centre: Centre,
) -> None:
    admin = await centre.signed_in("admin")
    van, device = await device_of(admin)
    now = centre.clock.now()
    fixes = [
        PositionFix(IMEI, now - timedelta(minutes=n), 43.25, 76.9, speed_km_h=40) for n in (60, 1)
    ]
    said = [encoders.wialon_login(IMEI, "s3cret"), *map(encoders.wialon_data, fixes)]
    for number, payload in enumerate(said):
        await keep(centre, now - timedelta(minutes=3 - number), number, payload.rstrip(b"\r\n"))
    refused = f"malformed: {IMEI} is not understood"
    await keep(centre, now - timedelta(minutes=5), 900, b"#X#", rejection=refused)
    await keep(centre, now - timedelta(hours=2), 901, b"#P#", checksum=True)
    async with centre.database.transaction() as session:
        for fixed, received in ((60, 1), (1, 0)):  # one an hour late, then one with its own delay
            await session.execute(
                text(
                    "INSERT INTO position (vehicle_id, fixed_at, received_at, geom, flags,"
                    " protocol) VALUES (:van, :fixed, :received,"
                    " ST_SetSRID(ST_MakePoint(76.9, 43.25), 4326), '{}', 'wialon')"
                ),
                {
                    "van": UUID(van),
                    "fixed": now - timedelta(minutes=fixed),
                    "received": now - timedelta(minutes=received),
                },
            )
    dispatcher = await centre.signed_in("dispatcher")
    answer = await dispatcher.get("/api/v1/devices")
    (shown,) = answer.json()["vans"][0]["devices"]
    assert shown["identifier"] == "••••1013"
    assert datetime.fromisoformat(shown["heard_at"]) == now - timedelta(minutes=1)
    assert shown["clock_offset_s"] == 60
    assert shown["checksum_failed"] == 1
    assert (shown["rejection"]["reason"], shown["rejection"]["count"]) == ("malformed", 1)
    assert shown["rejection"]["detail"] == "••••1013 is not understood"
    messages = await dispatcher.get(f"/api/v1/devices/{device}/messages", params={"limit": 2})
    newest, before = messages.json()["items"]
    assert (newest["number"], newest["hex"]) == (2, None)
    assert (newest["told"][0]["lat"], newest["told"][0]["speed_km_h"]) == (43.25, 40)
    assert before["told"][0]["fixed_at"].startswith("2026-03-19T06:00")
    assert IMEI not in answer.text + messages.text
    seen = (await admin.get(f"/api/v1/devices/{device}/messages")).json()["items"]
    assert [one["number"] for one in seen] == [2, 1, 0, 900, 901]
    assert not any("lat" in line for one in seen for line in one["told"])
    assert [one["hex"] is None for one in seen] == [True, True, False, False, False]
    assert seen[3]["rejection"] == refused


async def test_a_device_goes_to_another_van_and_keeps_its_password(centre: Centre) -> None:
    admin = await centre.signed_in("admin")
    first, device = await device_of(admin)
    second = (await add(admin, "002 AA 02")).json()["id"]
    change = {"vehicle_id": second, "protocol": "osmand"}
    url = f"/api/v1/vehicles/{first}/devices/{device}"
    moved = (await admin.put(url, json=change)).json()
    assert (moved["id"], moved["devices"][0]["protocol"]) == (second, "osmand")
    assert moved["devices"][0]["has_password"]
    assert (await admin.put(url, json=change)).status_code == 404
    url = f"/api/v1/vehicles/{second}/devices/{device}"
    ended = (await admin.put(url, json={**change, "password": ""})).json()
    assert not ended["devices"][0]["has_password"]
    assert (await admin.put(url, json={**change, "vehicle_id": str(new_id())})).status_code == 404


async def test_a_crews_phone_is_changed_by_its_pairing_only(centre: Centre) -> None:
    admin = await centre.signed_in("admin")
    van = (await add(admin)).json()["id"]
    assert (await admin.post(f"/api/v1/vehicles/{van}/panels")).status_code == 201
    (phone,) = (await admin.get("/api/v1/devices")).json()["vans"][0]["devices"]
    assert phone["phone"]
    url = f"/api/v1/vehicles/{van}/devices/{phone['id']}"
    assert (await admin.delete(url)).status_code == 409


async def test_a_van_has_an_office_of_its_own_and_a_place_for_the_night(centre: Centre) -> None:
    admin = await centre.signed_in("admin")
    wanted = {
        "plate": "001 AA 02", "name": NAMES, "region_id": await region(admin),
        "office_id": str(centre.office.office_id), "stop_interval_s": 600, "speed_limit_km_h": 90,
        "base": {"latitude": 43.2, "longitude": 76.9}, "base_radius_m": 500,
    }  # fmt: skip
    van = (await admin.post("/api/v1/vehicles", json=wanted)).json()
    assert {key: van[key] for key in wanted} == wanted
    url = f"/api/v1/vehicles/{van['id']}"
    assert (await admin.put(url, json={**wanted, "office_id": str(new_id())})).status_code == 404
    without = (await admin.put(url, json={**wanted, "base": None, "office_id": None})).json()
    assert (without["base"], without["office_id"]) == (None, None)
