"""Replay in Chromium: the exact picture, steps of one picture, a drag, cameras side by side."""

import asyncio
import base64
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from statistics import median
from typing import Any

import cv2
import httpx
import numpy as np
import pytest
from playwright.async_api import Page
from sqlalchemy import update

from ingest.simulated.burned import Mark, read_mark
from ingest.simulated.scenes import SCENES
from models.camera import Camera
from models.kit.bus import announce
from models.kit.database import Database
from tests.e2e.conftest import register, sign_in
from tests.house import CLOCK, House, Visit, until

pytestmark = [pytest.mark.e2e, pytest.mark.flow]

OFFICE = "taldyqorghan-1"
PICTURE_S = 0.1  # of the simulated cameras
FOOTAGE_S = 12  # each is to have, the two that begin with the test too
STILL, FILM = "[data-testid=replay-still]", "[data-testid=card-player]"
BESIDE = "[data-testid=beside-picture]"
PIXELS = """selector => {
  const source = document.querySelector(selector);
  const canvas = document.createElement('canvas');
  canvas.width = source.videoWidth || source.width;
  canvas.height = source.videoHeight || source.height;
  canvas.getContext('2d').drawImage(source, 0, 0);
  return canvas.toDataURL('image/png');
}"""
SKEWS = """async ([film, beside, ms]) => {
  const found = [], until = performance.now() + ms;
  while (performance.now() < until) {
    await new Promise(requestAnimationFrame);
    const main = Number(document.querySelector(film).dataset.at);
    for (const one of document.querySelectorAll(beside)) {
      found.push(Math.abs(Number(one.dataset.at) - main));
    }
  }
  return found;
}"""


@pytest.fixture
async def office(house: House, visit: Visit) -> AsyncIterator[dict[str, Any]]:
    """An office with two more cameras, which show other halls; they are off again afterwards."""
    admin, agent = await visit.signed_in("admin"), await visit.signed_in("agent")
    offices = (await agent.get("/api/v1/offices")).json()["items"]
    found = next(one for one in offices if one["code"] == OFFICE)
    made = [
        await _add_camera(admin, house, found["id"], number, scene.name)
        for number, scene in enumerate(SCENES[1:3], 2)
    ]
    yield found
    database = Database(house.database_url)
    async with database.transaction() as session:
        await session.execute(update(Camera).where(Camera.id.in_(made)).values(enabled=False))
        for camera in made:
            announce(session, "config", camera, {"camera_id": camera})
    await database.close()


async def _add_camera(
    admin: httpx.AsyncClient, house: House, office_id: str, number: int, scene: str
) -> str:
    """Add a simulated hall to the office; return the camera's id."""
    url = f"rtsp://127.0.0.1:{house.ports['rtsp']}/{scene}"
    camera = {
        "office_id": office_id,
        "code": f"{OFFICE}-{number}",
        "name": {"kk": f"Камера {number}", "ru": f"Камера {number}", "en": f"Camera {number}"},
        "view": "hall",
        "streams": [
            {"kind": kind, "url": f"{url}/{kind}", "recorded": True} for kind in ("main", "sub")
        ],
    }
    made = await admin.post("/api/v1/cameras", json=camera)
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


async def recorded_from(client: httpx.AsyncClient, camera_id: str, seconds: float) -> Any:
    """Return since when a camera has that much footage without a break, or None."""
    now = CLOCK.now()
    span = {"from": (now - timedelta(minutes=10)).isoformat(), "to": now.isoformat()}
    answer = await client.get("/api/v1/recordings", params={"camera_id": camera_id, **span})
    for one in answer.raise_for_status().json()["recordings"]:
        begin, end = (datetime.fromisoformat(one[name]) for name in ("started_at", "ended_at"))
        if (end - begin).total_seconds() >= seconds:
            return begin
    return None


async def shown_at(page: Page, selector: str) -> float:
    """Return the Unix seconds of a picture on the page."""
    return float(await page.locator(selector).first.get_attribute("data-at") or "nan") / 1000


async def mark(page: Page, selector: str) -> Mark:
    """Read what is burned into a picture on the page."""
    url: str = await page.evaluate(PIXELS, selector)
    content = np.frombuffer(base64.b64decode(url.partition(",")[2]), np.uint8)
    picture = cv2.imdecode(content, cv2.IMREAD_COLOR)
    assert picture is not None
    found = read_mark(picture.astype(np.uint8, copy=False))
    assert found is not None
    return found


async def settled(page: Page) -> float:
    """Wait until the film underneath shows the still picture; return its instant."""

    async def same() -> float | None:
        still, film = await shown_at(page, STILL), await shown_at(page, FILM)
        return still if abs(still - film) < 0.02 else None

    return await until(same, within_s=30, what="the film reaches the still picture")


async def place_of(page: Page, at: float) -> tuple[int, float, float]:
    """Return the pixel of the timeline where a Unix instant is, and that pixel's own instant."""
    timeline = page.get_by_test_id("timeline")
    box = await timeline.bounding_box()  # anew each time: the page around it still fills
    assert box is not None
    begin, end = [
        float(await timeline.get_attribute(f"data-{side}") or 0) / 1000 for side in ("from", "to")
    ]
    second_px = box["width"] / (end - begin)
    x = round(box["x"] + (at - begin) * second_px)
    return x, box["y"] + box["height"] / 2, begin + (x - box["x"]) / second_px


async def test_any_picture_of_any_camera(
    page: Page, house: House, visit: Visit, office: dict[str, Any]
) -> None:
    agent, supervisor = await visit.signed_in("agent"), await visit.signed_in("supervisor")
    cameras = (await supervisor.get(f"/api/v1/offices/{office['id']}")).json()["cameras"]
    assert len(cameras) >= 3

    begins = [
        await until(
            lambda c=camera: recorded_from(supervisor, c["id"], FOOTAGE_S),  # type: ignore[misc]
            within_s=120,
            every_s=1,
            what=f"{camera['code']} is recorded",
        )
        for camera in cameras
    ]
    card = await register(agent, OFFICE, CLOCK.now())
    await sign_in(page, house, "supervisor")
    await page.goto(f"{house.api}/complaints/{card['id']}")
    film = page.get_by_test_id("card-player")

    async def plays() -> bool:
        return bool(await film.evaluate("v => v.getVideoPlaybackQuality().totalVideoFrames > 3"))

    await until(plays, within_s=60, what="the film plays")
    await page.locator("body").press("Space")

    # a place on the timeline: the first picture at it or after it, also in the film underneath
    for seconds in (3, 7):
        x, y, wanted = await place_of(page, max(begins).timestamp() + seconds)
        await page.mouse.click(x, y)

        async def there(at: float = wanted) -> bool:
            return -0.01 <= await shown_at(page, STILL) - at <= PICTURE_S + 0.01

        await until(there, within_s=20, what=f"the picture {seconds} s into the recording")
        await settled(page)
        assert await mark(page, FILM) == await mark(page, STILL)

    # steps are one picture each, forth and back
    for key, by in (("Period", 1), ("Period", 1), ("Comma", -1), ("Comma", -1), ("Comma", -1)):
        before_s, before = await settled(page), await mark(page, STILL)
        await page.locator("body").press(key)

        async def moved(since: float = before_s) -> bool:
            return await shown_at(page, STILL) != since

        await until(moved, within_s=20, what=f"a step by {key}")
        assert (await settled(page) - before_s) * by == pytest.approx(PICTURE_S, abs=0.05)
        after = await mark(page, STILL)
        if after.variant == before.variant and before.number + by > 0:
            assert after.number in (before.number + by, 0)

    # a drag shows what is under the hand, wherever it stops
    await page.mouse.down()
    for seconds in (2, 9, 4):
        x, y, hand = await place_of(page, max(begins).timestamp() + seconds)
        await page.mouse.move(x, y)

        async def under_hand(at: float = hand) -> bool:
            return abs(await shown_at(page, STILL) - at) <= 2  # the key picture before will do

        await until(under_hand, within_s=20, what="the picture under the hand")
    await page.mouse.up()
    await settled(page)

    # the office's other cameras play on the same clock
    await page.get_by_test_id("replay-beside").click()
    await until(
        lambda: page.locator(f"{BESIDE}[data-at]").count(), within_s=30, what="cameras beside"
    )
    await page.get_by_test_id("replay-toggle").click()
    await asyncio.sleep(1)
    skews: list[float] = await page.evaluate(SKEWS, [FILM, BESIDE, 4000])
    assert len(skews) > 50
    assert median(skews) <= 100  # on a busy machine some come late; the bench tells how many
