"""Every screen of the menu is entered and left by a link, and none takes the page along."""

import pytest
from playwright.async_api import Page, expect

from tests.e2e.conftest import sign_in
from tests.house import House

pytestmark = [pytest.mark.e2e, pytest.mark.flow]
expect.set_options(timeout=30_000)


async def test_every_screen_can_be_left(page: Page, house: House) -> None:
    await sign_in(page, house, "supervisor")
    ways = page.locator("header a:visible")
    await expect(ways.first).to_be_visible()
    count = await ways.count()
    assert count > 8
    # There and back, so that each is left for two others.
    for way in (*range(count), *reversed(range(count - 1))):
        to_map = await ways.nth(way).get_attribute("href") == "/map"
        await ways.nth(way).click()
        drawing = page.get_by_test_id("map-canvas")
        if to_map:
            await expect(drawing).to_have_attribute("data-drawn", "true")
        else:
            await expect(drawing).to_have_count(0)
            await page.wait_for_load_state("networkidle")
        await expect(page.locator("main")).to_be_visible()
        await expect(page.get_by_role("button", name="Reload the page")).to_have_count(0)
