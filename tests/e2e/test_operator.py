"""An operator's quarter of an hour in Chromium: wall, dead camera, alert, 1414 call, map."""

import asyncio
from uuid import UUID

import pytest
from playwright.async_api import Page, expect
from sqlalchemy import select

from models.camera import Stream
from models.kit.database import Database
from models.observations import StreamState
from models.recording import RecordingGap
from tests.e2e.conftest import sign_in
from tests.house import House, until

pytestmark = [pytest.mark.e2e, pytest.mark.flow]

PATIENCE_MS = 30_000
expect.set_options(timeout=PATIENCE_MS)


async def _frames(page: Page, tile: int) -> int:
    canvas = page.get_by_test_id(f"tile-{tile}").get_by_test_id("tile-canvas")
    return int(await canvas.get_attribute("data-frames") or 0)


async def _plays(page: Page, tile: int) -> bool:
    before = await _frames(page, tile)
    await asyncio.sleep(1.5)
    return await _frames(page, tile) > before


async def _stalled_after_s(house: House, camera: UUID) -> float:
    """Wait for the stall and its gap; return the seconds from the last picture to the stall."""
    found: list[float] = []
    database = Database(house.database_url)
    query = (
        select(Stream.state_since, RecordingGap.started_at)
        .join(RecordingGap, RecordingGap.camera_id == Stream.camera_id)
        .where(Stream.camera_id == camera, Stream.state == StreamState.STALLED)
        .where(RecordingGap.stream_kind == Stream.kind, RecordingGap.reason == "stalled")
        .where(RecordingGap.ended_at.is_(None))
    )

    async def told() -> bool:
        async with database.read() as session:
            rows = await session.execute(query)
            found[:] = [(since - begun).total_seconds() for since, begun in rows]
        return bool(found)

    try:
        await until(told, within_s=30, what="the stall has a state and a gap")
    finally:
        await database.close()
    return max(found)


async def _tab_to(page: Page, test_id: str) -> None:
    """Press Tab until the focus is inside the element, as a person without a mouse does."""
    inside = f"""() => !!document.activeElement.closest('[data-testid="{test_id}"]')"""
    for _ in range(25):
        if await page.evaluate(inside):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reaches {test_id}")


async def test_a_wrong_password_is_told_and_a_right_one_opens_the_wall(
    page: Page, house: House
) -> None:
    await page.goto(house.api + "/")
    form = page.get_by_test_id("sign-in-form")
    await form.locator("input[name=login]").fill("operator")
    await form.locator("input[name=password]").fill("wrong")
    await form.locator("button[type=submit]").click()
    await expect(page.get_by_test_id("sign-in-problem")).to_be_visible()
    await sign_in(page, house, "operator")
    await expect(page.get_by_test_id("wall")).to_be_visible()


async def test_the_wall_plays_and_a_killed_camera_shows_as_dead(page: Page, house: House) -> None:
    from ingest.simulated.scenes import SCENES

    await sign_in(page, house, "operator")
    for tile in (1, 2, 3, 4):
        await expect(page.get_by_test_id(f"tile-{tile}")).to_be_visible()

        async def plays(tile: int = tile) -> bool:
            return await _plays(page, tile)

        await until(plays, within_s=30, what=f"tile {tile} plays")
    ages = page.locator("[data-testid^=tile-age-]")
    await expect(page.locator("[data-testid^=tile-age-][data-state=live]")).to_have_count(4)
    scene = SCENES[0]  # the first tile's; an alert may have changed what the last one shows
    await house.sim(f"stall {scene.name}")
    await expect(page.get_by_test_id("tile-age-1")).to_have_attribute("data-state", "stale")
    assert await ages.count() == 4
    first = page.get_by_test_id("tile-1")
    await expect(first.get_by_role("img")).to_have_attribute("data-stale", "true")
    camera = await first.get_attribute("data-camera")
    assert camera
    unseen_s = await _stalled_after_s(house, UUID(camera))
    assert 0 < unseen_s <= 8, "the gap begins with the last picture, and is told within 8 s of it"
    await house.sim(f"resume {scene.name}")
    await expect(page.locator("[data-testid^=tile-age-][data-state=live]")).to_have_count(4)


async def test_a_call_is_registered_by_keyboard_and_its_camera_replays(
    page: Page, house: House
) -> None:
    await sign_in(page, house, "supervisor")
    await page.goto(house.api + "/intake")
    form = page.get_by_test_id("complaint-form")
    await form.wait_for()
    await _tab_to(page, "complaint-office")
    await page.keyboard.type("алматы")
    await page.keyboard.press("Enter")
    await _tab_to(page, "complaint-window")
    await page.keyboard.press("ArrowRight")
    await _tab_to(page, "complaint-category")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await _tab_to(page, "complaint-description")
    await page.keyboard.type("Терезеде ешкім жоқ, 20 минут күттім.")
    await page.keyboard.press("Control+Enter")
    await expect(page.get_by_test_id("talon")).to_be_visible()

    await page.goto(house.api + "/complaints")
    await page.get_by_test_id("complaint-row").first.click()
    await expect(page.get_by_test_id("card")).to_be_visible()
    player = page.get_by_test_id("card-player")

    async def replays() -> bool:
        return bool(await player.evaluate("v => v.getVideoPlaybackQuality().totalVideoFrames > 5"))

    await until(replays, within_s=60, every_s=0.5, what="the card's player decodes pictures")


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
async def test_every_screen_speaks_the_language(page: Page, house: House, language: str) -> None:
    await sign_in(page, house, "supervisor", language)
    for path in ("/", "/alerts", "/map", "/complaints", "/intake"):
        await page.goto(house.api + path)
        await page.locator("main").wait_for()
        assert await page.locator("html").get_attribute("lang") == language
        text = await page.locator("main").inner_text()
        assert "undefined" not in text
        assert "{{" not in text


async def test_vans_are_on_the_map_with_their_age(page: Page, house: House) -> None:
    await sign_in(page, house, "dispatcher")
    await page.goto(house.api + "/map")
    await expect(page.get_by_test_id("map")).to_be_visible()
    await expect(page.locator("[data-testid^=van-]").first).to_be_visible()
