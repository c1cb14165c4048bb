"""The enlarged camera in Chromium: by WebRTC, on to the next one, and speaking through it."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, async_playwright, expect

from tests.e2e.conftest import ARGUMENTS, guarded_page, sign_in
from tests.house import House, until

pytestmark = [pytest.mark.e2e, pytest.mark.flow]
PATIENCE_MS = 30_000


@pytest.fixture
async def page(request: pytest.FixtureRequest) -> AsyncIterator[Page]:
    """A page with a microphone that beeps, in a browser that may reach a node on its own machine.

    Loopback needs the microphone's permission too: without it Chromium asks only the default
    route for addresses, and a machine without a network has none.
    """
    fake = [
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        "--allow-loopback-in-peer-connection",
    ]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=[*ARGUMENTS, *fake]
        )
        async with guarded_page(browser, request.node.name) as opened:
            await opened.context.grant_permissions(["microphone"])
            yield opened
        await browser.close()


async def test_an_enlarged_camera_comes_by_webrtc_and_so_does_the_next(
    page: Page, house: House
) -> None:
    await sign_in(page, house, "operator")
    await expect(page.get_by_test_id("wall")).to_be_visible(timeout=PATIENCE_MS)
    for number in (1, 2):
        await page.keyboard.press(str(number))
        tile = page.get_by_test_id(f"tile-{number}")
        await expect(tile).to_have_attribute("data-focused", "true")
        transport = tile.get_by_test_id("transport")
        await expect(transport).to_have_attribute("data-transport", "webrtc", timeout=PATIENCE_MS)
        width = tile.get_by_test_id("tile-canvas")
        await expect(width).to_have_attribute("data-width", "1280", timeout=PATIENCE_MS)
        places = await tile.locator("video").evaluate_all(
            "all => all.map(one => JSON.stringify(one.getBoundingClientRect()))"
        )
        assert len(places) == 2  # above the tile's own picture, not below where nobody sees it
        assert len(set(places)) == 1, places
        await expect(tile.locator("[data-covered]")).to_have_count(0)
    await page.keyboard.press("Escape")
    await expect(page.get_by_test_id("transport")).to_have_count(0)
    canvas = page.get_by_test_id("tile-2").get_by_test_id("tile-canvas")
    await expect(canvas).to_have_attribute("data-width", "640", timeout=PATIENCE_MS)


async def test_a_held_key_speaks_through_the_camera_until_it_is_let_go(
    page: Page, house: House
) -> None:
    async def heard() -> int:
        halls = (await house.sim("list")).removeprefix("ok ").split()
        cameras = [hall.partition("=")[0] for hall in halls]
        answers = [await house.sim(f"heard {camera}") for camera in cameras]
        return sum(int(answer.split()[1]) for answer in answers)

    async def something() -> bool:
        return await heard() > 10

    await sign_in(page, house, "operator")
    await expect(page.get_by_test_id("wall")).to_be_visible(timeout=PATIENCE_MS)
    await page.keyboard.press("1")
    await expect(page.get_by_test_id("talk")).to_be_visible(timeout=PATIENCE_MS)
    await page.keyboard.down("t")
    talk = page.get_by_test_id("talk")
    await expect(talk).to_have_attribute("data-state", "talking", timeout=PATIENCE_MS)
    await until(something, within_s=30, what="the loudspeaker hears the microphone")
    await page.keyboard.up("t")
    await expect(talk).to_have_attribute("data-state", "idle")
    rows = await house.execute("SELECT count(*) FROM audit_entry WHERE action = 'camera.talk'")
    assert rows[0][0] >= 1
