"""Takes a picture of every screen of a running demo: ``python -m tests.e2e.screens OUT``.

Sizes: 1920×1080 and a phone's 360×740; languages kk, ru, en (or those named by ``--language``).
Camera hall-1 of the demo is stalled for one picture. With ``--readme`` only the four pictures of
the README (1600×900, en) are taken, into web/screenshots.
"""

import argparse
import asyncio
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright

from dashboard_api.cli import sim
from tests.e2e.conftest import ARGUMENTS

ROOT = Path(__file__).resolve().parents[2]
SIZES = {"desktop": (1920, 1080), "phone": (360, 740)}
README_SIZE = (1600, 900)
LANGUAGES = ("kk", "ru", "en")
SCREENS = {"wall": "/wall", "alerts": "/alerts", "map": "/map"}
MORE_SCREENS = {"complaints": "/complaints", "call": "/intake", "cameras": "/cameras"}
VAN_SCREENS = {
    "plans": "/plans",
    "routes": "/plans/routes",
    "timetables": "/plans/timetables",
    "crew": "/plans/crew",
    "fences": "/plans/fences",
    "rules": "/plans/rules",
    "devices": "/devices",
    "reports": "/reports",
}
VILLAGE = "/vans/esik"  # a stop of the demo's first van
SETTLE_S = 4  # pictures arrive, map tiles are drawn, the replay starts
STALE_S = 7


@dataclass(frozen=True)
class Demo:
    """Where a running demo answers, and who may enter it."""

    api: str
    control_port: int
    passwords: dict[str, str]

    async def visitor(self, browser: Browser, size: tuple[int, int], language: str) -> Page:
        context = await browser.new_context(viewport={"width": size[0], "height": size[1]})
        page = await context.new_page()
        await page.add_init_script(f"localStorage.setItem('ahual.language', '{language}')")
        await page.goto(self.api)
        await page.get_by_test_id("sign-in-form").wait_for()
        return page

    async def sign_in(self, page: Page, login: str) -> None:
        await page.locator("input[name=login]").fill(login)
        await page.locator("input[name=password]").fill(self.passwords[login])
        await page.locator("button[type=submit]").click()
        await page.get_by_test_id("sign-in-form").wait_for(state="detached")

    async def open(self, page: Page, path: str) -> None:
        await page.goto(self.api + path)
        await page.locator("main").wait_for()
        await asyncio.sleep(SETTLE_S)

    async def open_card(self, page: Page) -> None:
        await page.goto(self.api + "/complaints")
        await page.get_by_test_id("complaint-row").last.click()
        await page.get_by_test_id("card").wait_for()
        await asyncio.sleep(SETTLE_S)


async def _readme(demo: Demo, browser: Browser, out: Path) -> None:
    page = await demo.visitor(browser, README_SIZE, "en")
    await demo.sign_in(page, "supervisor")
    for name, path in SCREENS.items():
        await demo.open(page, path)
        await page.screenshot(path=out / f"{name}.png")
    await demo.open_card(page)
    await page.screenshot(path=out / "complaint.png")


async def _supervisor(demo: Demo, page: Page, out: Path, suffix: str) -> None:
    async def shoot(name: str, *, full_page: bool = False) -> None:
        await page.screenshot(path=out / f"{name}-{suffix}.png", full_page=full_page)

    await shoot("sign-in")
    await demo.sign_in(page, "supervisor")
    for name, path in {**SCREENS, **MORE_SCREENS}.items():
        await demo.open(page, path)
        await shoot(name)
        if name == "alerts" and await page.get_by_test_id("alert-row").count() > 0:
            await page.get_by_test_id("alert-row").last.click()
            await asyncio.sleep(SETTLE_S)
            await shoot("alert")
        if name == "map":
            await page.locator("[data-testid^=van-]").first.click()
            await asyncio.sleep(SETTLE_S)
            await shoot("van")
    await demo.open_card(page)
    await shoot("complaint", full_page=True)
    steps = page.locator("[data-testid^=move-]")
    if await steps.count() > 0:
        await steps.first.click()
        await page.get_by_test_id("move-submit").click()  # says what is missing
        await asyncio.sleep(1)
        await shoot("step")


async def _plans(demo: Demo, page: Page, out: Path, suffix: str, language: str) -> None:
    """What a dispatcher plans with, and what a village sees of it."""
    await demo.sign_in(page, "dispatcher")
    for name, path in VAN_SCREENS.items():
        await demo.open(page, path)
        await page.screenshot(path=out / f"{name}-{suffix}.png")
        if name == "routes":
            await page.get_by_test_id("route-change").first.click()
            await asyncio.sleep(SETTLE_S)
            await page.screenshot(path=out / f"route-{suffix}.png")
        if name == "reports":
            await page.locator("[data-testid=report-totals] tbody button").first.click()
            await asyncio.sleep(1)
            await page.screenshot(path=out / f"report-rows-{suffix}.png")
    await page.goto(f"{demo.api}{VILLAGE}?lang={language}")
    await page.screenshot(path=out / f"village-{suffix}.png")


async def _wall_states(demo: Demo, page: Page, out: Path, suffix: str) -> None:
    await demo.open(page, "/wall")
    await page.keyboard.press("2")
    await asyncio.sleep(SETTLE_S)
    await page.screenshot(path=out / f"focused-{suffix}.png")
    await page.keyboard.press("Escape")
    await sim.send(demo.control_port, "stall hall-1")
    await asyncio.sleep(STALE_S)
    await page.screenshot(path=out / f"stalled-{suffix}.png")
    await sim.send(demo.control_port, "resume hall-1")


async def take(demo: Demo, out: Path, languages: list[str], *, readme: bool) -> None:
    """Write one PNG a screen, size and language into ``out``."""
    out.mkdir(parents=True, exist_ok=True)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=ARGUMENTS
        )
        if readme:
            await _readme(demo, browser, out)
            await browser.close()
            return
        for label, size in SIZES.items():
            for language in languages:
                suffix = f"{label}-{language}"
                page = await demo.visitor(browser, size, language)
                await _supervisor(demo, page, out, suffix)
                await _wall_states(demo, page, out, suffix)
                await page.context.close()
                page = await demo.visitor(browser, size, language)
                await _plans(demo, page, out, suffix, language)
                await page.context.close()
                for login in ("admin", "auditor"):
                    page = await demo.visitor(browser, size, language)
                    await demo.sign_in(page, login)
                    await demo.open(page, "/")
                    await page.screenshot(path=out / f"{login}-{suffix}.png")
                    if login == "admin":
                        await demo.open(page, "/users")
                        await page.screenshot(path=out / f"users-{suffix}.png")
                    await page.context.close()
        await browser.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, nargs="?", default=ROOT / "web" / "screenshots")
    parser.add_argument("--api", default="http://127.0.0.1:8080")
    parser.add_argument("--control-port", type=int, default=8555)
    parser.add_argument("--logins", type=Path, default=ROOT / "var" / "demo-logins.txt")
    parser.add_argument("--language", action="append", choices=LANGUAGES)
    parser.add_argument("--readme", action="store_true")
    arguments = parser.parse_args()
    passwords = dict(line.split() for line in arguments.logins.read_text().splitlines()[1:])
    demo = Demo(arguments.api, arguments.control_port, passwords)
    languages = arguments.language or list(LANGUAGES)
    asyncio.run(take(demo, arguments.out, languages, readme=arguments.readme))


if __name__ == "__main__":
    main()
