"""Every screen under axe-core: nothing serious for people who see, hear or point differently."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.e2e.conftest import guarded_page, register, sign_in
from tests.house import CLOCK, House, Visit

pytestmark = [pytest.mark.e2e, pytest.mark.flow]

AXE = Path(__file__).resolve().parents[2] / "web/node_modules/axe-core/axe.min.js"
LOOK = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations
  .filter(({impact}) => impact === "serious" || impact === "critical")
  .map(({id, nodes}) => `${id}: ${nodes.map(({html}) => html.slice(0, 200)).join(" | ")}`)"""


@pytest.fixture
async def page(browser: Browser, request: pytest.FixtureRequest) -> AsyncIterator[Page]:
    """A page that lets axe-core in: the product's own policy forbids a foreign script."""
    async with guarded_page(browser, request.node.name, bypass_csp=True) as opened:
        yield opened


async def _serious(page: Page) -> list[str]:
    await page.evaluate(AXE.read_text())
    found: list[str] = await page.evaluate(LOOK)
    return found


@pytest.mark.parametrize("width", [1920, 390])
async def test_no_screen_has_a_serious_fault(
    page: Page, house: House, visit: Visit, width: int
) -> None:
    card = await register(await visit.signed_in("agent"), "astana-2", CLOCK.now())
    await page.set_viewport_size({"width": width, "height": 1080})
    await page.goto(house.api + "/")
    await expect(page.get_by_test_id("sign-in-form")).to_be_visible()
    faults = {"sign-in": await _serious(page)}
    await sign_in(page, house, "supervisor", "kk")
    screens = {
        "/wall": "wall",
        "/alerts": "alert-list",
        "/map": "map",
        "/complaints": "complaint-row",
        "/intake": "complaint-form",
        "/cameras": "camera-row",
        f"/complaints/{card['id']}": "card",
    }
    for path, test_id in screens.items():
        await page.goto(house.api + path)
        await expect(page.get_by_test_id(test_id).first).to_be_visible()
        await page.wait_for_load_state("load")
        faults[path] = await _serious(page)
    await page.get_by_test_id("move-investigating").click()
    await expect(page.get_by_test_id("move-note")).to_be_visible()
    faults["dialog"] = await _serious(page)
    await page.context.clear_cookies()
    await sign_in(page, house, "admin", "kk")
    await page.goto(house.api + "/users")
    await expect(page.get_by_test_id("user-row").first).to_be_visible()
    faults["/users"] = await _serious(page)
    assert {path: found for path, found in faults.items() if found} == {}
