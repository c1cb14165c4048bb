"""Finding, inspecting and turning cameras, against simulated ones over real sockets."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from ingest.cameras.address import Credentials
from ingest.simulated.onvif_device import SimulatedOnvifDevice, SimulatedProfile
from models.camera import Camera, Stream
from models.kit.bus import Change
from models.kit.secret import seal
from models.operator import AuditEntry
from tests.dashboard_api.conftest import KEY, Centre

pytestmark = pytest.mark.postgis
BOB = Credentials("bob", "secret")


@pytest.fixture
async def device(centre: Centre) -> AsyncIterator[SimulatedOnvifDevice]:
    made = SimulatedOnvifDevice(
        BOB.user,
        BOB.password,
        [SimulatedProfile("main", "H264", 1280, 720, "rtsp://127.0.0.1:9/main")],
        presets={"1": "Терезе 1"},
        clock=centre.clock,
    )
    await made.start()
    yield made
    await made.close()


async def test_a_device_is_inspected_by_onvif(centre: Centre, device: SimulatedOnvifDevice) -> None:
    device.clock_offset_s = 90.0
    client = await centre.signed_in("admin")
    wanted = {"onvif_url": device.url, "credentials": {"user": "bob", "password": "secret"}}
    answer = await client.post("/api/v1/cameras/inspect", json=wanted)
    assert answer.status_code == 200, answer.text
    assert "secret" not in answer.text
    told = answer.json()["device"]
    assert (told["maker"], told["turns"], told["clock_offset_s"]) == ("Ahual", True, 90.0)
    (stream,) = answer.json()["streams"]  # its RTSP port is closed: that is a verdict, no failure
    assert (stream["kind"], stream["url"]) == ("main", "rtsp://127.0.0.1:9/main")
    assert (stream["usable"], stream["verdicts"][0]["code"]) == (False, "unreachable")
    wanted["credentials"] = {"user": "bob", "password": "wrong"}
    refused = await client.post("/api/v1/cameras/inspect", json=wanted)
    assert (refused.status_code, refused.json()["detail"]) == (
        409,
        "The camera refuses this user and password.",
    )


async def test_a_camera_is_inspected_with_its_own_password(centre: Centre) -> None:
    async with centre.database.transaction() as session:
        await session.execute(update(Camera).values(credentials=seal(KEY, BOB.to_json())))
        await session.execute(update(Stream).values(url="rtsp://127.0.0.1:9/1"))
    client = await centre.signed_in("admin")
    camera_id = str(centre.office.cameras[0])
    answer = await client.post("/api/v1/cameras/inspect", json={"camera_id": camera_id})
    assert answer.status_code == 200, answer.text
    assert [stream["kind"] for stream in answer.json()["streams"]] == ["main", "sub"]
    assert "secret" not in answer.text
    assert "bob" not in answer.text
    async with centre.database.read() as session:
        (entry,) = await session.scalars(select(AuditEntry))
    assert (entry.action, entry.subject) == ("camera.inspect", camera_id)


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"url": "rtsp://8.8.8.8/1"},
        {"url": "http://10.0.0.5/"},
        {"onvif_url": "http://169.254.169.254/latest/meta-data"},
        {"onvif_url": "http://[::ffff:169.254.169.254]/"},
        {"url": "rtsp://10.0.0.5/1", "onvif_url": "http://10.0.0.5/"},
    ],
)
async def test_what_may_not_be_looked_at(centre: Centre, wanted: dict[str, Any]) -> None:
    client = await centre.signed_in("admin")
    answer = await client.post("/api/v1/cameras/inspect", json=wanted)
    assert answer.status_code == 422, answer.text


async def test_nobody_is_asked_outside_our_networks(centre: Centre) -> None:
    client = await centre.signed_in("admin")
    answer = await client.post("/api/v1/cameras/discover", json={"addresses": ["8.8.8.8"]})
    assert answer.status_code == 422


async def test_an_operator_turns_a_camera(centre: Centre, device: SimulatedOnvifDevice) -> None:
    url = f"/api/v1/cameras/{centre.office.cameras[0]}/presets"
    client = await centre.signed_in("operator")
    assert (await client.get(url)).json() == {"items": [], "turn": None}
    assert (await client.post(f"{url}/1/go")).status_code == 409
    async with centre.database.transaction() as session:
        await session.execute(
            update(Camera).values(onvif_url=device.url, credentials=seal(KEY, BOB.to_json()))
        )
    known = [{"token": "1", "name": "Терезе 1"}]
    assert (await client.get(url)).json() == {"items": known, "turn": None}
    assert (await client.post(f"{url}/1/go")).status_code == 204
    assert device.moves == ["1"]
    turn = (await client.get(url)).json()["turn"]
    async with centre.database.read() as session:
        told = await session.scalar(select(Change).where(Change.topic == "turn"))
    assert told is not None
    assert {**turn, "camera_id": told.subject_id, "left_s": 30.0} == told.data | {
        "until": turn["until"]
    }
    other = await centre.signed_in("supervisor")
    refused = await other.post(f"{url}/1/go")
    assert refused.status_code == 423
    assert f"{turn['full_name']} turns this camera; it is free in 30 s" in refused.json()["detail"]
    assert (await client.post(f"{url}/1/go")).status_code == 204
    centre.clock.advance(timedelta(seconds=31))
    assert (await other.post(f"{url}/1/go")).status_code == 204
    assert device.moves == ["1", "1", "1"]
    unknown = await other.post(f"{url}/9/go")
    assert (unknown.status_code, "No such preset" in unknown.json()["detail"]) == (409, True)
