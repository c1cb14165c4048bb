"""Headless Chromium from the system; screenshots of a failed test's page stay in test-results/."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright

from tests.house import House

RESULTS = Path(__file__).resolve().parents[2] / "test-results"
ARGUMENTS = [
    "--no-sandbox",
    "--autoplay-policy=no-user-gesture-required",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--no-first-run",
]


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=ARGUMENTS
        )
        yield opened
        await opened.close()


@pytest.fixture
async def page(browser: Browser, request: pytest.FixtureRequest) -> AsyncIterator[Page]:
    """A 1920×1080 page that fails its test on a page error or a request to another host."""
    context = await browser.new_context(viewport={"width": 1920, "height": 1080}, locale="en-US")
    opened = await context.new_page()
    troubles: list[str] = []
    opened.on("pageerror", lambda error: troubles.append(f"page error: {error}"))
    opened.on(
        "request",
        lambda r: (
            None
            if re.match(r"(https?|wss?)://(127\.0\.0\.1|localhost)[:/]|data:|blob:", r.url)
            else troubles.append(f"request to a stranger: {r.url}")
        ),
    )
    yield opened
    RESULTS.mkdir(exist_ok=True)
    await opened.screenshot(path=RESULTS / f"{request.node.name}.png")
    await context.close()
    assert troubles == []


async def sign_in(page: Page, house: House, login: str, language: str = "en") -> None:
    """Sign in as a demo account, with the screen in ``language``."""
    await page.add_init_script(f"localStorage.setItem('ahual.language', '{language}')")
    await page.goto(house.api + "/")
    form = page.get_by_test_id("sign-in-form")
    await form.locator("input[name=login]").fill(login)
    await form.locator("input[name=password]").fill(house.passwords[login])
    await form.locator("button[type=submit]").click()
    await form.wait_for(state="detached")
