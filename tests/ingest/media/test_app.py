"""What every door of the node has in common: health, metrics, CORS, problems, tickets."""

import json

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from ingest.cameras.feed import Feed
from models.kit.clock import SystemClock
from models.kit.database import Database
from models.kit.settings import Settings
from tests.ingest.media.conftest import CAMERA, KnownFeeds, RunningNode, running

DOORS = [
    ("GET", f"/media/v1/cameras/{CAMERA}/snapshot.jpg"),
    ("GET", f"/media/v1/cameras/{CAMERA}/live.mp4"),
    ("GET", f"/media/v1/cameras/{CAMERA}/replay.m3u8?from=1&to=2"),
    ("POST", f"/media/v1/cameras/{CAMERA}/whep"),
    ("GET", "/media/v1/segments/1.mp4"),
    ("GET", f"/media/v1/clips/{CAMERA}.mp4"),
    ("GET", f"/media/v1/clips/{CAMERA}.json"),
]


async def test_health_and_metrics(node: RunningNode) -> None:
    assert (await node.http.get("/healthz")).status_code == 200
    ready = await node.http.get("/readyz")
    assert ready.status_code == 503
    database, cameras, disk = ready.text.splitlines()
    assert database.startswith("database: no - ")
    assert "tickets are verified offline" in database
    assert cameras == "cameras: ok"
    assert disk.startswith("disk: no - "), "there is no recordings folder yet"
    metrics = (await node.http.get("/metrics")).text
    assert "ahual_media_wall_sockets 0.0" in metrics
    for name in ("ahual_node_tasks", "ahual_node_threads", "ahual_node_sockets"):
        assert f"\n{name} " in metrics


@pytest.mark.postgis
async def test_a_whole_node_is_ready(feed: Feed, settings: Settings, database: Database) -> None:
    settings.recordings_path.mkdir(parents=True)
    async with running(KnownFeeds(feed), database, settings, SystemClock()) as node:
        ready = await node.http.get("/readyz")
        assert (ready.status_code, ready.text.count(": ok")) == (200, 3), ready.text


async def test_a_socket_too_many_is_told_when_to_come_again(
    feed: Feed, settings: Settings, no_database: Database
) -> None:
    few = settings.model_copy(update={"media_sockets_max": 1})
    async with running(KnownFeeds(feed), no_database, few, SystemClock()) as node:
        url = f"ws://{node.host}/media/v1/live"
        async with connect(url, proxy=None):
            with pytest.raises(InvalidStatus) as refused:
                async with connect(url, proxy=None):
                    pass
        answer = refused.value.response
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
        assert "AHUAL_MEDIA_SOCKETS_MAX" in json.loads(answer.body or b"")["detail"]
        async with connect(url, proxy=None) as again:
            await again.send(json.dumps({"type": "focus", "tile": None}))


@pytest.mark.parametrize(("method", "path"), DOORS)
async def test_no_door_opens_without_a_ticket(node: RunningNode, method: str, path: str) -> None:
    for ticket in ("", "noise", "a.b", "🎫"):
        answer = await node.http.request(method, path, params={"ticket": ticket})
        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["type"] == "urn:ahual:problem:unauthenticated"


@pytest.mark.parametrize(("method", "path"), DOORS)
async def test_no_door_opens_with_another_doors_ticket(
    node: RunningNode, method: str, path: str
) -> None:
    wrong = node.ticket("clip" if "cameras" in path else "live", clip=None)
    headers = {"Authorization": f"Bearer {wrong}"}
    answer = await node.http.request(method, path, headers=headers)
    assert answer.status_code in (403, 503)  # 503: the recording's camera cannot be looked up
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/media/v1/cameras/noise/snapshot.jpg", 422),
        ("/media/v1/segments/noise.mp4", 422),
        ("/media/v1/clips/noise.mp4", 422),
        (f"/media/v1/cameras/{CAMERA}/snapshot.jpg?stream=third", 422),
        ("/media/v1/nowhere", 404),
    ],
)
async def test_noise_in_an_address_is_a_problem(node: RunningNode, path: str, status: int) -> None:
    answer = await node.http.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status


async def test_any_page_may_ask_because_the_ticket_is_the_authority(node: RunningNode) -> None:
    origin = {"Origin": "https://ahual.example"}
    answer = await node.http.get("/healthz", headers=origin)
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "Location" in answer.headers["access-control-expose-headers"]
