"""Adding and changing cameras: passwords go in, and never come out again."""

from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select, update

from dashboard_api.sealing import seal_addresses
from ingest.cameras.address import Credentials
from models.camera import Camera, RetentionClass, Stream
from models.kit.bus import changes_after
from models.kit.secret import unseal
from models.operator import AuditEntry
from tests.builders import names
from tests.dashboard_api.conftest import KEY, Centre

pytestmark = pytest.mark.postgis
BOB = Credentials("bob", "s@crеt")


async def stored(centre: Centre, camera_id: str | UUID) -> tuple[dict[str, str], str | None]:
    """Return the addresses by kind and the unsealed credentials."""
    async with centre.database.read() as session:
        query = select(Stream).where(Stream.camera_id == UUID(str(camera_id)))
        urls = {row.kind: row.url for row in (await session.execute(query)).scalars()}
        sealed = (await session.get_one(Camera, UUID(str(camera_id)))).credentials
    return urls, None if sealed is None else unseal(KEY, sealed)


def a_camera(centre: Centre, **changed: Any) -> dict[str, Any]:
    return {
        "office_id": str(centre.office.office_id),
        "code": "almaty-1-cam-2",
        "name": names("Entrance"),
        "view": "entrance",
        "streams": [{"kind": "sub", "url": "rtsp://bob:s%40cr%D0%B5t@10.0.0.5/2"}],
    } | changed


def as_it_is(**changed: Any) -> dict[str, Any]:
    return {
        "name": names("Hall"),
        "view": "hall",
        "enabled": True,
        "streams": [{"kind": "main"}, {"kind": "sub", "recorded": False}],
    } | changed


async def test_a_password_in_the_address_is_sealed_apart_from_it(centre: Centre) -> None:
    client = await centre.signed_in("admin")
    answer = await client.post("/api/v1/cameras", json=a_camera(centre))
    assert answer.status_code == 201, answer.text
    camera_id = answer.json()["id"]
    assert answer.headers["Location"].endswith(camera_id)
    assert await stored(centre, camera_id) == ({"sub": "rtsp://10.0.0.5/2"}, BOB.to_json())
    setup = await client.get(f"/api/v1/cameras/{camera_id}/setup")
    assert setup.json()["streams"][0]["address"] == "rtsp://10.0.0.5/2"
    assert setup.json()["has_credentials"] is True
    for shown in (answer, setup):
        assert "bob" not in shown.text
    async with centre.database.read() as session:
        notices = await changes_after(session, 0, ["config"])
        trail = list(await session.scalars(select(AuditEntry)))
    assert [notice.subject_id for notice in notices] == [camera_id]
    assert [entry.action for entry in trail] == ["camera.add"]
    assert "bob" not in str(trail[0].details)
    assert (await client.post("/api/v1/cameras", json=a_camera(centre))).status_code == 409


async def test_hours_of_recording(centre: Centre) -> None:
    client = await centre.signed_in("admin")
    path = f"/api/v1/cameras/{centre.office.cameras[0]}"
    hours = [{"weekday": 1, "starts_at": "08:00:00", "ends_at": "20:00:00"}]
    for schedule in ({"kind": "hours", "hours": hours}, {"kind": "office_hours"}, None):
        edit = as_it_is(recording_schedule=schedule)
        changed = await client.put(path, json=edit)
        assert changed.status_code == 200, changed.text
        kept = changed.json()["recording_schedule"]
        assert kept == (schedule and {"hours": []} | schedule)
    for wrong in ({"kind": "hours"}, {"kind": "never", "hours": hours}, {"kind": "sometimes"}):
        edit = as_it_is(recording_schedule=wrong)
        assert (await client.put(path, json=edit)).status_code == 422


async def test_a_password_without_a_user_is_sealed_too(centre: Centre) -> None:
    client = await centre.signed_in("admin")
    streams = [{"kind": "sub", "url": "rtsp://10.0.0.5/2?channel=1&pwd=s3cret"}]
    answer = await client.post("/api/v1/cameras", json=a_camera(centre, streams=streams))
    assert answer.status_code == 201, answer.text
    camera_id = answer.json()["id"]
    sealed = {"sub": "rtsp://10.0.0.5/2?channel=1&pwd={password}"}
    assert await stored(centre, camera_id) == (sealed, Credentials("", "s3cret").to_json())
    setup = await client.get(f"/api/v1/cameras/{camera_id}/setup")
    assert setup.json()["streams"][0]["address"] == sealed["sub"]
    streams = [{"kind": "sub", "url": "rtsp://10.0.0.5/2?pwd=s3cret&token=0ther&key=third"}]
    refused = await client.post("/api/v1/cameras", json=a_camera(centre, code="x", streams=streams))
    assert refused.status_code == 422
    assert "put the password into its own field" in refused.json()["detail"]
    assert "s3cret" not in refused.text
    assert "0ther" not in refused.text


async def test_a_token_beside_a_password_is_sealed_and_stays(centre: Centre) -> None:
    client = await centre.signed_in("admin")
    streams = [{"kind": "sub", "url": "rtsp://10.0.0.5/2?token=0ther"}]
    signs_in = {"user": "bob", "password": "s3cret"}
    wanted = a_camera(centre, streams=streams, credentials=signs_in)
    answer = await client.post("/api/v1/cameras", json=wanted)
    assert answer.status_code == 201, answer.text
    camera_id = answer.json()["id"]
    bare = {"sub": "rtsp://10.0.0.5/2?token={token}"}
    held = Credentials("bob", "s3cret", "0ther")
    assert await stored(centre, camera_id) == (bare, held.to_json())
    edit = as_it_is(streams=[{"kind": "sub"}], credentials=signs_in | {"password": "new"})
    changed = await client.put(f"/api/v1/cameras/{camera_id}", json=edit)
    assert changed.status_code == 200, changed.text
    held = Credentials("bob", "new", "0ther")
    assert await stored(centre, camera_id) == (bare, held.to_json())


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"streams": [{"kind": "sub", "url": "file:///etc/passwd"}]}, "streams.0.url"),
        ({"streams": [{"kind": "sub", "url": "rtsp://8.8.8.8/1"}]}, "streams.0.url"),
        ({"streams": [{"kind": "sub", "url": "rtsp://169.254.169.254/1"}]}, "streams.0.url"),
        ({"streams": [{"kind": "sub", "url": "rtsp://nobody.invalid/1"}]}, "streams.0.url"),
        ({"onvif_url": "http://8.8.8.8/onvif/device_service"}, "onvif_url"),
        ({"onvif_url": "http://eve:other@10.0.0.5/onvif/device_service"}, "credentials"),
        ({"retention_class_id": "01890000-0000-7000-8000-000000000000"}, "retention_class_id"),
        ({"streams": [{"kind": "sub", "url": "rtsp://10.0.0.5/1"}] * 2}, "streams"),
        ({"credentials": {"user": "bob"}}, "credentials.password"),
    ],
)
async def test_what_cannot_be_meant_names_its_field(
    centre: Centre, changed: dict[str, Any], field: str
) -> None:
    client = await centre.signed_in("admin")
    answer = await client.post("/api/v1/cameras", json=a_camera(centre, **changed))
    assert answer.status_code == 422, answer.text
    assert [error["field"] for error in answer.json()["errors"]] == [field]


@pytest.mark.parametrize("role", ["operator", "supervisor", "auditor", "agent", "dispatcher"])
async def test_only_an_administrator_sets_cameras_up(centre: Centre, role: str) -> None:
    client = await centre.signed_in(role)
    url = f"/api/v1/cameras/{centre.office.cameras[0]}"
    assert (await client.post("/api/v1/cameras", json=a_camera(centre))).status_code == 403
    assert (await client.put(url, json=as_it_is())).status_code == 403
    assert (await client.get(f"{url}/setup")).status_code == 403


async def test_a_camera_is_changed(centre: Centre) -> None:
    async with centre.database.transaction() as session:
        kept = RetentionClass(code="cash", name=names("Cash"), keep_min_days=10, keep_max_days=60)
        session.add(kept)
        await session.flush()
        class_id = str(kept.id)
    client = await centre.signed_in("admin")
    url = f"/api/v1/cameras/{centre.office.cameras[0]}"
    wanted = as_it_is(
        enabled=False,
        retention_class_id=class_id,
        credentials={"user": "bob", "password": BOB.password},
        streams=[{"kind": "sub", "url": "rtsp://10.0.0.6/9", "transport": "udp"}],
    )
    answer = await client.put(url, json=wanted)
    assert answer.status_code == 200, answer.text
    shown = answer.json()
    assert (shown["enabled"], shown["retention_class_id"]) == (False, class_id)
    assert [(s["kind"], s["address"], s["transport"]) for s in shown["streams"]] == [
        ("sub", "rtsp://10.0.0.6/9", "udp")
    ]
    urls, credentials = await stored(centre, shown["id"])
    assert (urls, credentials) == ({"sub": "rtsp://10.0.0.6/9"}, BOB.to_json())
    missing = await client.put(url, json=as_it_is())  # main is gone, so it needs an address
    assert missing.json()["errors"][0]["field"] == "streams"
    async with centre.database.read() as session:
        (entry,) = await session.scalars(select(AuditEntry))
    assert set(entry.details["changed"]) == {
        "main",
        "sub",
        "credentials",
        "name",
        "enabled",
        "retention_class_id",
    }


async def test_a_password_is_for_its_host_only(centre: Centre) -> None:
    client = await centre.signed_in("admin")
    made = (await client.post("/api/v1/cameras", json=a_camera(centre))).json()["id"]

    async def put(sub: str | None, **changed: Any) -> httpx.Response:
        streams = [{"kind": "sub", "url": sub} if sub else {"kind": "sub"}]
        wanted = as_it_is(streams=streams, **changed)
        return await client.put(f"/api/v1/cameras/{made}", json=wanted)

    assert (await put(None)).status_code == 200
    assert (await put("rtsp://10.0.0.5/other")).status_code == 200
    assert (await stored(centre, made))[1] == BOB.to_json()
    for moved in (await put("rtsp://10.0.0.66/2"), await put(None, onvif_url="http://10.0.0.66/")):
        assert moved.json()["errors"][0]["field"] == "credentials"
    assert (await stored(centre, made))[0] == {"sub": "rtsp://10.0.0.5/other"}
    assert (await put("rtsp://10.0.0.66/2", credentials=None)).status_code == 200
    assert await stored(centre, made) == ({"sub": "rtsp://10.0.0.66/2"}, None)
    assert (await put("rtsp://eve:new@10.0.0.67/2")).status_code == 200
    assert await stored(centre, made) == (
        {"sub": "rtsp://10.0.0.67/2"},
        Credentials("eve", "new").to_json(),
    )


async def test_addresses_of_an_older_release_are_sealed_once(centre: Centre) -> None:
    async with centre.database.transaction() as session:
        await session.execute(update(Stream).values(url="rtsp://bob:s%40cr%D0%B5t@10.0.0.5/1"))
    assert await seal_addresses(centre.database, KEY) == 1
    assert await seal_addresses(centre.database, KEY) == 0
    urls, credentials = await stored(centre, centre.office.cameras[0])
    assert set(urls.values()) == {"rtsp://10.0.0.5/1"}
    assert credentials == BOB.to_json()


async def test_two_users_wait_for_a_person(centre: Centre) -> None:
    camera_id = centre.office.cameras[0]
    async with centre.database.transaction() as session:
        for kind in ("main", "sub"):
            await session.execute(
                update(Stream)
                .where(Stream.kind == kind)
                .values(url=f"rtsp://{kind}:secret@10.0.0.5/1")
            )
    assert await seal_addresses(centre.database, KEY) == 0
    assert (await stored(centre, camera_id))[1] is None
    client = await centre.signed_in("admin")
    setup = await client.get(f"/api/v1/cameras/{camera_id}/setup")
    assert "secret" not in setup.text
