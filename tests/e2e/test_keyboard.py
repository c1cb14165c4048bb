"""A supervisor's work without a mouse: in, through the alerts, and a card moved on."""

import pytest
from playwright.async_api import Page, expect

from tests.e2e.conftest import alert_of, register
from tests.house import CLOCK, House, Visit

pytestmark = [pytest.mark.e2e, pytest.mark.flow]

PATIENCE_MS = 30_000
expect.set_options(timeout=PATIENCE_MS)
TABS_MAX = 40


async def _tab_to(page: Page, test_id: str) -> None:
    """Press Tab until the element has the focus."""
    for _ in range(TABS_MAX):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.dataset.testid") == test_id:
            return
    pytest.fail(f"{test_id} cannot be reached by {TABS_MAX} tabs")


async def test_the_keyboard_is_enough(page: Page, house: House, visit: Visit) -> None:
    card = await register(await visit.signed_in("agent"), "astana-2", CLOCK.now())
    alert = await alert_of(await visit.signed_in("supervisor"), card["id"])
    keys = page.keyboard

    await page.goto(house.api + "/")
    await expect(page.locator("input[name=login]")).to_be_focused()
    await keys.type("supervisor")
    await keys.press("Tab")
    await keys.type("not the password")
    await keys.press("Enter")
    await expect(page.get_by_test_id("sign-in-problem")).to_be_visible()
    await expect(page.locator("input[name=password]")).to_be_focused()
    await keys.type(house.passwords["supervisor"])  # replaces what was selected
    await keys.press("Enter")
    await expect(page.get_by_test_id("sign-in-form")).to_have_count(0)

    await page.goto(f"{house.api}/alerts?id={alert['id']}")
    row = page.locator(f"[data-alert='{alert['id']}']")
    await expect(row).to_be_visible()
    await keys.press("a")
    await expect(row).to_have_attribute("data-state", "acknowledged")

    await page.goto(f"{house.api}/complaints/{card['id']}")
    state = page.get_by_test_id("complaint-state")
    await expect(state).to_be_visible()
    await _tab_to(page, "move-investigating")
    await keys.press("Enter")
    await expect(page.get_by_test_id("move-note")).to_be_focused()
    await keys.type("Жазба қаралды.")
    await _tab_to(page, "move-submit")
    await keys.press("Enter")
    await expect(state).to_have_attribute("data-state", "investigating")
