"""Cameras, their zones and tickets to see them."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

from ingest.media.tickets import verify
from models.camera import Camera, CameraNotice, MediaNode
from models.kit.ids import new_id
from models.observation import ZoneObservationRow
from models.operator import AuditEntry
from tests.builders import NOON, SQUARE, build_office
from tests.dashboard_api.conftest import KEY, Centre

pytestmark = pytest.mark.postgis
SPAN = {"from": "2026-03-19T06:50:00Z", "to": "2026-03-19T07:00:00Z"}


async def test_camera_shows_its_zones_and_never_its_address(centre: Centre) -> None:
    async with centre.database.transaction() as session:
        zone = centre.office.queue_zone
        for minutes, people in ((5, 2), (1, 7)):
            at = NOON - timedelta(minutes=minutes)
            await session.execute(
                insert(ZoneObservationRow).values(
                    zone_id=zone, at=at, since=at, state="occupied", people=people
                )
            )
    client = await centre.signed_in("operator")
    answer = await client.get(f"/api/v1/cameras/{centre.office.cameras[0]}")
    assert answer.status_code == 200
    assert "rtsp" not in answer.text
    camera = answer.json()
    assert {stream["kind"] for stream in camera["streams"]} == {"main", "sub"}
    seen = {zone["kind"]: zone["observation"] for zone in camera["zones"]}
    assert seen["queue"]["people"] == 7
    assert seen["operator"] is None
    assert sorted(z["window_number"] for z in camera["zones"] if z["kind"] == "operator") == [
        1,
        2,
        3,
        4,
    ]


@pytest.mark.parametrize(
    ("role", "body", "status"),
    [
        ("operator", {"purpose": "live"}, 200),
        ("operator", {"purpose": "replay", "reason": "шағым 17", **SPAN}, 200),
        ("auditor", {"purpose": "replay", **SPAN}, 200),
        ("auditor", {"purpose": "live"}, 403),
        ("admin", {"purpose": "live"}, 403),
        ("agent", {"purpose": "replay", **SPAN}, 403),
        ("operator", {"purpose": "replay"}, 422),
        ("operator", {"purpose": "replay", "from": SPAN["to"], "to": SPAN["from"]}, 422),
        ("operator", {"purpose": "segment"}, 422),
        ("operator", {"purpose": "talk"}, 200),
        ("supervisor", {"purpose": "talk"}, 200),
        ("auditor", {"purpose": "talk"}, 403),
        ("dispatcher", {"purpose": "talk"}, 403),
    ],
)
async def test_ticket_is_for_those_who_may_watch(
    centre: Centre, role: str, body: dict[str, Any], status: int
) -> None:
    client = await centre.signed_in(role)
    camera_id = centre.office.cameras[0]
    answer = await client.post(f"/api/v1/cameras/{camera_id}/ticket", json=body)
    assert answer.status_code == status, answer.text
    async with centre.database.read() as session:
        entries = list(await session.scalars(select(AuditEntry)))
    if status != 200:
        assert entries == []
        return
    ticket = verify(answer.json()["ticket"], KEY, centre.clock.now())
    assert (ticket.camera, ticket.purpose, ticket.user) == (camera_id, body["purpose"], role)
    assert ticket.expires_at == NOON + timedelta(seconds=60)
    assert ticket.session_ends_at == NOON + timedelta(hours=14)  # the node ends with the session
    assert answer.json()["media_url"] == "http://localhost:8090"
    assert [(e.action, e.subject) for e in entries] == [
        (f"camera.{body['purpose']}", str(camera_id))
    ]
    assert entries[0].details["reason"] == body.get("reason", "")


@pytest.mark.parametrize(
    ("public_url", "expected"),
    [(None, "http://localhost:9100"), ("https://media-7.gov4c.kz/", "https://media-7.gov4c.kz")],
)
async def test_media_address_is_the_node_s_own(
    centre: Centre, public_url: str | None, expected: str
) -> None:
    async with centre.database.transaction() as session:
        session.add(
            MediaNode(
                name="node-1", port=9100, public_url=public_url, started_at=NOON, seen_at=NOON
            )
        )
    client = await centre.signed_in("operator")
    answer = await client.post(
        f"/api/v1/cameras/{centre.office.cameras[0]}/ticket", json={"purpose": "live"}
    )
    assert answer.json()["media_url"] == expected


async def test_media_address_is_that_of_the_camera_s_worker(centre: Centre) -> None:
    camera_id = centre.office.cameras[0]
    async with centre.database.transaction() as session:
        for worker in range(3):
            session.add(
                MediaNode(
                    name="node-1",
                    worker=worker,
                    workers=3,
                    port=9100 + worker,
                    started_at=NOON,
                    seen_at=NOON,
                )
            )
    client = await centre.signed_in("operator")
    answer = await client.post(f"/api/v1/cameras/{camera_id}/ticket", json={"purpose": "live"})
    assert answer.json()["media_url"] == f"http://localhost:{9100 + camera_id.int % 3}"


async def test_a_worker_that_never_reported_is_named(centre: Centre) -> None:
    camera_id = centre.office.cameras[0]
    silent = camera_id.int % 2
    async with centre.database.transaction() as session:
        camera = await session.get_one(Camera, camera_id)
        camera.node_name = "node-7"
        session.add(
            MediaNode(
                name="node-7",
                worker=1 - silent,
                workers=2,
                port=1,
                started_at=NOON,
                seen_at=NOON,
            )
        )
    client = await centre.signed_in("operator")
    answer = await client.post(f"/api/v1/cameras/{camera_id}/ticket", json={"purpose": "live"})
    assert answer.status_code == 503
    assert f"Worker {silent} of media node node-7" in answer.json()["detail"]


async def test_camera_of_another_region_does_not_exist(centre: Centre) -> None:
    async with centre.database.transaction() as session:
        far = await build_office(session, code="astana-1", region_code="KZ-71")
    client = await centre.signed_in("operator", region_id=far.region_id)
    near = centre.office.cameras[0]
    assert (await client.get(f"/api/v1/cameras/{near}")).status_code == 404
    ticket = await client.post(f"/api/v1/cameras/{near}/ticket", json={"purpose": "live"})
    assert ticket.status_code == 404
    listed = (await client.get("/api/v1/cameras")).json()["items"]
    assert [camera["id"] for camera in listed] == [str(far.cameras[0])]


async def test_pages_of_cameras_miss_none_and_repeat_none(centre: Centre) -> None:
    async with centre.database.transaction() as session:
        for number in range(5):
            await build_office(session, code=f"office-{number}")
    client = await centre.signed_in("operator")
    codes: list[str] = []
    cursor: str | None = None
    while True:
        query = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = (await client.get("/api/v1/cameras", params=query)).json()
        codes += [camera["code"] for camera in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert codes == sorted(codes)
    assert len(codes) == len(set(codes)) == 6


async def test_zones_keep_their_id_and_their_history(centre: Centre) -> None:
    client = await centre.signed_in("admin")
    url = f"/api/v1/cameras/{centre.office.cameras[0]}/zones"
    zone = str(centre.office.queue_zone)
    kept = {"id": zone, "kind": "queue", "name": "кезек", "polygon": SQUARE, "queue_limit": 9}
    kept |= {"anchor": "head", "zoom": True}
    new = {
        "kind": "operator",
        "name": "3",
        "polygon": SQUARE,
        "window_id": str(centre.office.windows[3]),
    }
    answer = await client.put(url, json={"zones": [kept, new]})
    assert answer.status_code == 200, answer.text
    shown = {zone["kind"]: zone for zone in answer.json()["zones"]}
    assert shown["queue"]["id"] == zone
    assert shown["queue"]["queue_limit"] == 9
    assert (shown["queue"]["anchor"], shown["queue"]["zoom"]) == ("head", True)
    assert (shown["operator"]["anchor"], shown["operator"]["zoom"]) == ("foot", False)
    assert shown["operator"]["window_number"] == 3
    bad = [
        [kept, kept],
        [kept | {"id": "01890000-0000-7000-8000-000000000000"}],
        [new | {"window_id": zone}],
        [new | {"window_id": None}],
        [kept | {"polygon": [[0, 0], [1, 1]]}],
        [kept | {"polygon": [[0, 0], [1, 1], [1.1, 0]]}],
    ]
    for zones in bad:
        assert (await client.put(url, json={"zones": zones})).status_code == 422, zones


async def test_what_a_camera_noticed_by_itself(centre: Centre) -> None:
    camera = centre.office.cameras[0]
    async with centre.database.transaction() as session:
        for minute, kind in enumerate(("motion", "tamper", "motion")):
            began = NOON + timedelta(minutes=minute)
            ended = None if kind == "tamper" else began + timedelta(seconds=5)
            told = {"camera_id": camera, "kind": kind, "source": "1", "ended_at": ended}
            session.add(CameraNotice(started_at=began, **told))
    client = await centre.signed_in("operator")
    path = f"/api/v1/cameras/{camera}/notices"
    first = (await client.get(path, params={"limit": 2})).json()
    assert [(each["kind"], each["ended_at"] is None) for each in first["items"]] == [
        ("motion", False),
        ("tamper", True),
    ]
    rest = (await client.get(path, params={"cursor": first["next_cursor"]})).json()
    assert [each["started_at"] for each in rest["items"]] == [
        NOON.isoformat().replace("+00:00", "Z")
    ]
    (tampered,) = (await client.get(path, params={"kind": "tamper"})).json()["items"]
    assert tampered["source"] == "1"
    assert (await client.get(f"/api/v1/cameras/{new_id()}/notices")).status_code == 404
