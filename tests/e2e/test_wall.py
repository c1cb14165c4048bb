"""The wall in Chromium: driven by keys alone, and turning to a new complaint by itself."""

import pytest
from playwright.async_api import Locator, Page, expect

from tests.e2e.conftest import alert_of, register, sign_in
from tests.house import CLOCK, House, Visit, until

pytestmark = [pytest.mark.e2e, pytest.mark.flow]

PATIENCE_MS = 30_000
expect.set_options(timeout=PATIENCE_MS)


def _holding(page: Page, alert_id: str) -> Locator:
    return page.locator(f"section[data-attention-alert='{alert_id}']")


async def test_keys_change_the_grid_and_enlarge_a_tile_in_full_resolution(
    page: Page, house: House
) -> None:
    await sign_in(page, house, "operator")
    wall = page.get_by_test_id("wall")
    await expect(wall).to_have_attribute("data-side", "2")
    for side in ("3", "4", "2"):
        await page.keyboard.press("g")
        await expect(wall).to_have_attribute("data-side", side)

    tile = page.get_by_test_id("tile-1")
    canvas = tile.get_by_test_id("tile-canvas")
    await expect(canvas).to_have_attribute("data-width", "640")
    await page.keyboard.press("1")
    await expect(tile).to_have_attribute("data-focused", "true")
    await expect(canvas).to_have_attribute("data-width", "1280")
    await page.keyboard.press("Escape")
    await expect(tile).to_have_attribute("data-focused", "false")
    await expect(canvas).to_have_attribute("data-width", "640")


async def test_a_new_complaint_takes_the_attention_of_another_persons_wall(
    page: Page, house: House, visit: Visit
) -> None:
    agent, operator = await visit.signed_in("agent"), await visit.signed_in("operator")
    await sign_in(page, house, "operator")
    await expect(page.locator("section[data-camera]")).to_have_count(4)

    card = await register(agent, "astana-2", CLOCK.now())
    alert = await alert_of(operator, card["id"])
    tile = _holding(page, alert["id"])
    await expect(tile).to_be_visible()
    await expect(tile).to_have_attribute("data-camera", alert["camera"]["id"])
    cameras = await page.locator("section[data-camera]").evaluate_all(
        "tiles => tiles.map(tile => tile.dataset.camera)"
    )
    assert len(set(cameras)) == 4, "no office leaves the wall for a camera that is on it"


async def test_alerts_are_walked_acknowledged_and_resolved_by_keys(
    page: Page, house: House, visit: Visit
) -> None:
    agent, operator = await visit.signed_in("agent"), await visit.signed_in("operator")
    await register(agent, "almaty-1", CLOCK.now())
    await sign_in(page, house, "operator")
    await expect(page.locator("section[data-attention-alert]")).to_be_visible()
    newest = await alert_of(operator, (await register(agent, "astana-2", CLOCK.now()))["id"])
    await expect(_holding(page, newest["id"])).to_be_visible()

    async def state_of(alert_id: str) -> str:
        alert = (await operator.get(f"/api/v1/alerts/{alert_id}")).raise_for_status().json()
        return str(alert["state"])

    await page.keyboard.press("n")
    await expect(_holding(page, newest["id"])).to_have_count(0)
    await page.keyboard.press("p")
    await expect(_holding(page, newest["id"])).to_be_visible()
    await page.keyboard.press("a")
    await expect(_holding(page, newest["id"])).to_have_count(0)
    assert await state_of(newest["id"]) == "acknowledged"

    held = await page.locator("section[data-attention-alert]").get_attribute("data-attention-alert")
    assert held
    await page.keyboard.press("r")

    async def resolved() -> bool:
        return await state_of(held) == "resolved"

    await until(resolved, within_s=30, what="R resolves the alert that holds the tile")
    await expect(_holding(page, held)).to_have_count(0)
