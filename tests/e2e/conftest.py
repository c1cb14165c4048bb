"""Headless Chromium from the system; screenshots of a failed test's page stay in test-results/."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
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


@asynccontextmanager
async def guarded_page(
    browser: Browser, name: str, *, bypass_csp: bool = False
) -> AsyncIterator[Page]:
    """A 1920×1080 page that fails its test on a page error or a request to another host."""
    context = await browser.new_context(
        viewport={"width": 1920, "height": 1080}, locale="en-US", bypass_csp=bypass_csp
    )
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
    await opened.screenshot(path=RESULTS / f"{name}.png")
    await context.close()
    assert troubles == []


@pytest.fixture
async def page(browser: Browser, request: pytest.FixtureRequest) -> AsyncIterator[Page]:
    async with guarded_page(browser, request.node.name) as opened:
        yield opened


async def sign_in(page: Page, house: House, login: str, language: str = "en") -> None:
    """Sign in as a demo account, with the screen in ``language``."""
    await page.add_init_script(f"localStorage.setItem('ahual.language', '{language}')")
    await page.goto(house.api + "/")
    form = page.get_by_test_id("sign-in-form")
    await form.locator("input[name=login]").fill(login)
    await form.locator("input[name=password]").fill(house.passwords[login])
    await form.locator("button[type=submit]").click()
    await form.wait_for(state="detached")


async def register(agent: httpx.AsyncClient, office_code: str, happened_at: datetime) -> Any:
    """Register a 1414 call about an office's first window; return its card."""
    offices = (await agent.get("/api/v1/offices")).raise_for_status().json()["items"]
    office = next(office for office in offices if office["code"] == office_code)
    made = await agent.post(
        "/api/v1/complaints",
        json={
            "channel": "call_1414",
            "service_code": "rudeness",
            "description": "Қызметкер құжатты қабылдамай, дөрекі сөйледі.",
            "office_id": office["id"],
            "window_number": office["windows"][0]["number"],
            "happened_at": happened_at.isoformat(),
        },
    )
    assert made.status_code == 201, made.text
    return made.json()


async def alert_of(client: httpx.AsyncClient, complaint_id: str) -> Any:
    """Return the alert that a new complaint raised."""
    alerts = (await client.get("/api/v1/alerts")).raise_for_status().json()["items"]
    return next(alert for alert in alerts if alert["complaint_id"] == complaint_id)
