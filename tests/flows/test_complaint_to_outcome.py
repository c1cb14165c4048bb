"""Flow 3: a 1414 call finds camera and minute; it is followed until the service is provided."""

import asyncio
import hashlib
from datetime import datetime, timedelta
from typing import Any

import av
import httpx
import pytest

from tests.house import CLOCK, House, Visit, next_change, until

pytestmark = pytest.mark.flow
ONE_PICTURE_S = 0.1


async def _office(client: httpx.AsyncClient) -> dict[str, Any]:
    offices = (await client.get("/api/v1/offices")).raise_for_status().json()["items"]
    office: dict[str, Any] = next(o for o in offices if o["code"] == "astana-2")
    return office


def _body(office: dict[str, Any], happened_at: datetime) -> dict[str, Any]:
    return {
        "channel": "call_1414",
        "service_code": "rudeness",
        "description": "Қызметкер құжатты қабылдамай, дөрекі сөйледі.",
        "office_id": office["id"],
        "window_number": office["windows"][0]["number"],
        "happened_at": happened_at.isoformat(),
        "caller_phone": "+77010000000",
    }


async def _recorded_since(house: House, camera_id: str) -> datetime:
    async def first() -> datetime | None:
        rows = await house.execute(
            "SELECT min(started_at) FROM recording WHERE camera_id = %s AND stream_kind = 'main' "
            "AND ended_at > started_at + interval '2 seconds'",
            camera_id,
        )
        found: datetime | None = rows[0][0]
        return found if found and CLOCK.now() - found > timedelta(seconds=10) else None

    return await until(first, within_s=60, what="ten seconds are recorded")


async def test_a_call_is_followed_until_the_service_is_provided(house: House, visit: Visit) -> None:
    agent = await visit.signed_in("agent")
    operator = await visit.signed_in("operator")
    supervisor = await visit.signed_in("supervisor")
    live = await visit.live(operator)
    office = await _office(agent)
    camera_id = office["cameras"][0]["id"]
    since = await _recorded_since(house, camera_id)
    happened_at = max(since + timedelta(seconds=2), CLOCK.now() - timedelta(minutes=10))

    made = await agent.post("/api/v1/complaints", json=_body(office, happened_at))
    assert made.status_code == 201, made.text
    complaint_id = made.json()["id"]
    pushed = await next_change(
        live,
        lambda m: m["topic"] == "alert" and m["data"]["complaint_id"] == complaint_id,
        within_s=15,
    )
    assert pushed["data"]["rule"] == "complaint_received"
    assert pushed["data"]["camera"]["id"] == camera_id

    card = (await operator.get(f"/api/v1/complaints/{complaint_id}")).raise_for_status()
    body = card.json()
    best = body["cameras"][0]
    assert best["camera"]["id"] == camera_id
    replay_from = datetime.fromisoformat(best["replay_from"])
    assert replay_from == happened_at - timedelta(minutes=2)
    assert {c["kind"] for c in body["clocks"]} == {"short_answer", "full_answer"}
    assert any(camera_id in hold["camera_ids"] for hold in body["holds"])
    assert body["findings"], "what vision saw of that window around that time is on the card"

    await _replay_shows_the_minute(operator, camera_id, happened_at)
    await _clip_is_what_it_says(supervisor, complaint_id, camera_id, happened_at)
    await _close_needs_an_outcome(supervisor, complaint_id)


async def _replay_shows_the_minute(
    operator: httpx.AsyncClient, camera_id: str, happened_at: datetime
) -> None:
    start, end = happened_at - timedelta(seconds=2), happened_at + timedelta(seconds=4)
    ticket = (
        (
            await operator.post(
                f"/api/v1/cameras/{camera_id}/ticket",
                json={"purpose": "replay", "from": start.isoformat(), "to": end.isoformat()},
            )
        )
        .raise_for_status()
        .json()
    )
    playlist_url = httpx.URL(
        f"{ticket['media_url']}/media/v1/cameras/{camera_id}/replay.m3u8",
        params={"from": start.isoformat(), "to": end.isoformat(), "ticket": ticket["ticket"]},
    )

    def decode_first_picture() -> tuple[int, int]:
        with av.open(str(playlist_url), options={"allowed_extensions": "ALL"}) as container:
            frame = next(container.decode(video=0))
            return frame.width, frame.height

    assert await asyncio.to_thread(decode_first_picture) == (1280, 720)


async def _clip_is_what_it_says(
    supervisor: httpx.AsyncClient, complaint_id: str, camera_id: str, happened_at: datetime
) -> None:
    asked = await supervisor.post(
        f"/api/v1/complaints/{complaint_id}/clips",
        json={
            "camera_id": camera_id,
            "from": (happened_at - timedelta(seconds=1)).isoformat(),
            "to": (happened_at + timedelta(seconds=3)).isoformat(),
            "reason": "1414",
        },
    )
    assert asked.status_code == 201, asked.text

    async def ready() -> dict[str, Any] | None:
        card = (await supervisor.get(f"/api/v1/complaints/{complaint_id}")).json()
        clip: dict[str, Any] = card["clips"][0]
        assert clip["state"] != "failed", clip["detail"]
        return clip if clip["state"] == "ready" else None

    clip = await until(ready, within_s=60, what="the clip is made")
    grant = (
        (await supervisor.post(f"/api/v1/evidence/{clip['id']}/ticket")).raise_for_status().json()
    )
    address = f"{grant['media_url']}/media/v1/clips/{clip['id']}"
    async with httpx.AsyncClient(trust_env=False) as browser:
        video = await browser.get(f"{address}.mp4", params={"ticket": grant["ticket"]})
        manifest = await browser.get(f"{address}.json", params={"ticket": grant["ticket"]})
        forged = await browser.get(f"{address}.mp4", params={"ticket": grant["ticket"] + "x"})
    assert hashlib.sha256(video.content).hexdigest() == clip["sha256"]
    assert clip["delivered_s"] >= clip["requested_s"] - ONE_PICTURE_S
    assert manifest.raise_for_status().json()
    assert forged.status_code == 401


async def _close_needs_an_outcome(supervisor: httpx.AsyncClient, complaint_id: str) -> None:
    url = f"/api/v1/complaints/{complaint_id}"

    async def move(to: str, **extra: object) -> httpx.Response:
        etag = (await supervisor.get(url)).headers["ETag"]
        return await supervisor.post(
            f"{url}/moves",
            json={"to": to, "note": "тексерілді", **extra},
            headers={"If-Match": etag},
        )

    path = ("investigating", "acting", "short_answer_sent", "full_answer_sent")
    for state in path:
        answer = await move(state)
        assert answer.status_code == 200, f"{state}: {answer.text}"
    refused = await move("closed")
    assert refused.status_code in {409, 422}
    assert refused.headers["content-type"].startswith("application/problem+json")
    stale = await supervisor.post(
        f"{url}/moves", json={"to": "closed", "note": "x"}, headers={"If-Match": '"1"'}
    )
    assert stale.status_code == 412
    closed = await move("closed", outcome={"kind": "provided", "note": "Қызмет көрсетілді"})
    assert closed.status_code == 200, closed.text
    card = (await supervisor.get(url)).json()
    assert card["state"] == "closed"
    assert card["outcome"]["kind"] == "provided"
    assert all(clock["met_at"] for clock in card["clocks"])
